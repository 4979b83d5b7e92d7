import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kds, type RunOptions, words } from '../helpers/run.ts'

/*
 * test/golden/NAME.txt holds command lines. Beside it lie the answers: NAME.pipe.txt as a pipe sees them, NAME.terminal.txt
 * as a terminal of 80 columns with colour (escape shown as ␛). UPDATE_GOLDEN=1 rewrites them; read the difference then.
 */
const folder = 'test/golden'
const update = process.env.UPDATE_GOLDEN === '1'
const forms: Record<string, RunOptions> = { pipe: {}, terminal: { terminal: 80 } }

const marked = (mark: string, text: string) =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .filter((_, i, all) => all.length > 1 || all[i] !== '')
    .map((line) => `[${mark}] ${line.replaceAll('\u001b', '␛')}`.trimEnd())

async function transcript(commands: readonly string[], options: RunOptions): Promise<string> {
  const blocks: string[] = []
  for (const command of commands) {
    const [line = '', input] = command.split(' < ')
    const stdin = input === undefined ? {} : { stdin: readFileSync(input.trim(), 'utf8') }
    const { out, err, exit } = await kds(words(line).slice(1), { ...options, ...stdin })
    blocks.push(
      [`$ ${command}`, ...marked('out', out), ...marked('err', err), `[exit] ${exit}`, ''].join('\n'),
    )
  }
  return blocks.join('\n')
}

const cases = readdirSync(folder).filter((file) => /^[^.]+\.txt$/.test(file))

describe.each(cases)('%s', (file) => {
  const commands = readFileSync(`${folder}/${file}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

  it.each(Object.entries(forms))('as a %s', async (form, options) => {
    const golden = `${folder}/${file.replace(/\.txt$/, `.${form}.txt`)}`
    const actual = await transcript(commands, options)
    if (update) writeFileSync(golden, actual)
    expect(actual).toBe(readFileSync(golden, 'utf8'))
  })

  it('never breaks a row of 80 columns', async () => {
    const shown = await transcript(
      commands.filter((line) => !/-o[= ]?(json|yaml|markdown|name|github)/.test(line)),
      { terminal: 80 },
    )
    const lines = shown.split('\n').filter((line) => line.startsWith('[out] '))
    // biome-ignore lint/complexity/useRegexLiterals: the escape is written as its stand-in
    const bare = lines.map((line) => line.slice(6).replace(new RegExp('␛\\[[0-9;]*m', 'g'), ''))
    // A command line to copy is never broken.
    expect(bare.filter((line) => line.length > 80 && !/^ {2}(kds|kubectl|helm) /.test(line))).toEqual([])
  })
})
