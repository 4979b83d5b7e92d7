import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { literal, paragraphs, prose, synopsis } from '#cli/man/mdoc.ts'
import { registry } from '#commands/registry.ts'
import { environmentTerms } from '#commands/topics/environment.ts'
import { kds } from '../../helpers/run.ts'

const pages = readdirSync('man').map((name) => `man/${name}`)
const hasMandoc = spawnSync('mandoc', ['-Tascii'], { input: '' }).error === undefined
const hasMan = spawnSync('man', ['--version']).error === undefined

describe('mdoc source', () => {
  it.each([
    ['a line that begins with a dot', '.Sh is no macro here', '\\&.Sh is no macro here'],
    ['a line that begins with a quote', "'tis text", "\\&'tis text"],
    ['a backslash', 'a\\fBb', 'a\\efBb'],
    ['sentences', 'One. Two! three', 'One.\nTwo!\nthree'],
    ['a flag', 'Use --force, or -f.', 'Use \\fB\\-\\-force\\fR, or \\fB\\-f\\fR.'],
    ['a hyphen', 'roll-out', 'roll\\-out'],
  ])('%s', (_, text, source) => {
    expect(prose(text)).toBe(source)
  })

  it('fills lines, so that none is longer than lint allows', () => {
    const lines = prose('word '.repeat(60)).split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.length).toBeGreaterThan(3)
  })

  it('keeps a part that begins with a space as it is', () => {
    expect(paragraphs('Text.\n\n  a command |\n    another')).toBe(
      `Text.\n${literal('  a command |\n    another')}`,
    )
  })

  it('marks flags and placeholders of a usage line', () => {
    expect(synopsis('kds plan (-f FILE)')).toBe('kds plan (\\fB\\-f\\fR \\fIFILE\\fR)')
  })
})

describe('man pages', () => {
  it('there is one for each command', () => {
    const wanted = registry.commands.map(({ path }) => `man/kds-${path.join('-')}.1`)
    expect(pages).toEqual(expect.arrayContaining([...wanted, 'man/kds.1']))
  })

  it.each(pages)('%s has every section', (page) => {
    const text = readFileSync(page, 'utf8')
    const command = registry.commands.some(({ path }) => page === `man/kds-${path.join('-')}.1`)
    const sections = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'SEE ALSO']
    if (command) sections.push('ENVIRONMENT', 'FILES', 'EXIT STATUS', 'EXAMPLES')
    expect(sections.filter((section) => !text.includes(`\n.Sh ${section}\n`))).toEqual([])
  })

  it.skipIf(!hasMandoc).each(pages)('%s passes mandoc -Tlint (skipped: mandoc is not installed)', (page) => {
    const { stdout, stderr, status } = spawnSync('mandoc', ['-Tlint', page], { encoding: 'utf8' })
    expect({ lint: stdout + stderr, status }).toEqual({ lint: '', status: 0 })
  })

  it.skipIf(!hasMan).each(pages)(
    '%s is shown by man without a warning (skipped: there is no man)',
    (page) => {
      const { stdout, stderr } = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', page], {
        encoding: 'utf8',
      })
      expect(stderr).toBe('')
      expect(stdout).toContain('DESCRIPTION')
    },
  )
})

describe('kds help TOPIC', () => {
  it.each(['environment', 'output', 'exit-codes', 'filtering'])('%s', async (topic) => {
    const { out, err, exit } = await kds(['help', topic])
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
    expect(out.split('\n').length).toBeGreaterThan(8)
    expect(out.split('\n').filter((line) => line.length > 80 && !line.startsWith(' '))).toEqual([])
  })

  it('is listed by kds help', async () => {
    expect((await kds(['help'])).out).toContain('filtering')
  })

  it('environment names every variable that the code reads', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )
    const read = sources.flatMap((file) =>
      [...readFileSync(`src/${file}`, 'utf8').matchAll(/\benv\.([A-Z_]+)\b/g)].map((match) => match[1] ?? ''),
    )
    const told = environmentTerms.terms.flatMap(([term]) => term.split(', '))
    expect(new Set(read).size).toBeGreaterThan(5)
    expect([...new Set(read)].filter((name) => !told.includes(name))).toEqual([])
  })
})
