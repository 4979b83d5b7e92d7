import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commandLines, printed, tooWide, updating } from '../helpers/golden.ts'
import { kds, type RunOptions, words } from '../helpers/run.ts'

/*
 * test/golden/NAME.txt holds command lines. Beside it lie the answers: NAME.pipe.txt as a pipe sees them, NAME.terminal.txt
 * as a terminal of 80 columns with colour (escape shown as ␛). UPDATE_GOLDEN=1 rewrites them; read the difference then.
 */
const folder = 'test/golden'
const forms: Record<string, RunOptions> = { pipe: {}, terminal: { terminal: 80 } }

async function transcript(commands: readonly string[], options: RunOptions): Promise<string> {
  const blocks: string[] = []
  for (const command of commands) {
    const [line = '', input] = command.split(' < ')
    const stdin = input === undefined ? {} : { stdin: readFileSync(input.trim(), 'utf8') }
    const result = await kds(words(line).slice(1), { ...options, ...stdin })
    blocks.push([`$ ${command}`, printed(result), ''].join('\n'))
  }
  return blocks.join('\n')
}

const cases = readdirSync(folder).filter((file) => /^[^.]+\.txt$/.test(file))

describe.each(cases)('%s', (file) => {
  const commands = commandLines(readFileSync(`${folder}/${file}`, 'utf8'))

  it.each(Object.entries(forms))('as a %s', async (form, options) => {
    const golden = `${folder}/${file.replace(/\.txt$/, `.${form}.txt`)}`
    const actual = await transcript(commands, options)
    if (updating) writeFileSync(golden, actual)
    expect(actual).toBe(readFileSync(golden, 'utf8'))
  })

  it('never breaks a row of 80 columns', async () => {
    const shown = await transcript(
      commands.filter((line) => !/-o[= ]?(json|yaml|markdown|name|github)/.test(line)),
      { terminal: 80 },
    )
    expect(tooWide(shown)).toEqual([])
  })
})
