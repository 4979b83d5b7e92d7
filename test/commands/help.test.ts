import { describe, expect, it } from 'vitest'
import { registry } from '#commands/registry.ts'
import { kds } from '../helpers/run.ts'

/** Two screens of a terminal of 24 lines. */
const twoScreens = 48

const commands = registry.commands.map(({ path }) => [path.join(' ')] as const)
const specOf = (words: string) => registry.commands.find(({ path }) => path.join(' ') === words)

describe('the help of a command', () => {
  it.each(commands)('%s fits two screens of 80 columns, and names its way to the rest', async (words) => {
    const { out, exit } = await kds([...words.split(' '), '--help'], { terminal: 80, env: { NO_COLOR: '' } })
    const lines = out.trimEnd().split('\n')
    expect(exit).toBe(0)
    expect(lines.length).toBeLessThanOrEqual(twoScreens)
    expect(out.replace(/\s+/g, ' ')).toContain(`"kds ${words} --help=all"`)
    // What is typed, and nothing else, may be wider than the terminal.
    expect(lines.filter((line) => line.length > 80 && !/^ {2}\S/.test(line))).toEqual([])
  })

  it.each(commands)('%s --help=all tells every flag and exit code', async (words) => {
    const { out } = await kds([...words.split(' '), '--help=all'])
    const spec = specOf(words)
    for (const { name } of spec?.flags ?? []) expect(out).toMatch(new RegExp(`--${name}\\b`))
    for (const code of Object.keys(spec?.exitCodes ?? {}))
      expect(out).toMatch(new RegExp(`^ {2}${code} `, 'm'))
  })

  it.each(['-h=all', '--help=all'])('is whole with %s after kds help, too', async (flag) => {
    expect((await kds(['help', 'plan', flag])).out).toBe((await kds(['plan', '--help=all'])).out)
  })
})

describe('the list of commands', () => {
  it('gives each a line, those of everyday use first', async () => {
    const { out } = await kds(['--help'], { terminal: 80, env: { NO_COLOR: '' } })
    const listed = [...out.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, word]) => word)
    expect(listed.slice(0, 4)).toEqual(['plan', 'map', 'get', 'rollout'])
    expect(out.split('\n').filter((line) => /^ {4,}/.test(line))).toEqual([])
  })
})
