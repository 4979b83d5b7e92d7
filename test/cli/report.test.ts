import { describe, expect, it } from 'vitest'
import { KdsError, UsageError } from '#base/errors.ts'
import { plain } from '#base/style.ts'
import { diagnosticText, errorText } from '#cli/report.ts'

describe('a finding with its line', () => {
  const shown = (text: string, column: number) =>
    diagnosticText(
      { severity: 'error', message: 'wrong', location: { file: 'a.yaml', line: 7, column, text } },
      plain,
    )
  it.each([
    ['name: x', 7, '  7 | name: x\n    |       ^'],
    ['\tname: x', 2, '  7 | \\tname: x\n    |   ^'],
    ['名前: x', 5, '  7 | 名前: x\n    |       ^'],
    ['e\u0301e\u0301: x', 7, '  7 | e\u0301e\u0301: x\n    |     ^'],
    ['🚀: x', 5, '  7 | 🚀: x\n    |     ^'],
  ])('%j has its caret under column %i', (text, column, frame) => {
    expect(shown(text, column)).toBe(`error: a.yaml:7:${column}: wrong\n${frame}\n`)
  })

  it('cuts a long line around its column', () => {
    const [, line = '', caret = ''] = shown(`${'a'.repeat(300)}X${'b'.repeat(300)}`, 301).split('\n')
    expect(line).toHaveLength('  7 | …'.length + 160)
    expect(line.startsWith('  7 | …a')).toBe(true)
    expect(line.indexOf('X')).toBe(caret.indexOf('^'))
  })
})

describe('a failure', () => {
  const text = (error: unknown, verbosity = 0) => errorText(error, 'kds plan', verbosity, plain)
  const finding = { severity: 'error', code: 'c', message: 'first' } as const
  it.each<[string, unknown, string]>([
    ['in its own words', new KdsError('c', 'no \u001b[1m', { hint: 'do' }), 'error: no \\x1b[1m\nhint: do\n'],
    [
      'in those of kubectl',
      new KdsError('c', 'Error from server', { verbatim: true }),
      'Error from server\n',
    ],
    ['of usage', new UsageError('bad flag'), "error: bad flag\nSee 'kds plan --help' for usage.\n"],
    [
      'that sums findings up',
      new KdsError('c', 'refused', { diagnostics: [finding] }),
      'error: first\nerror: refused\n',
    ],
    ['that has nothing to add', new KdsError('c', '', { diagnostics: [finding] }), 'error: first\n'],
    [
      'with a place comes first',
      new KdsError('c', 'here', { diagnostics: [finding], location: { file: 'f', line: 1, column: 2 } }),
      'error: f:1:2: here\nerror: first\n',
    ],
    [
      'that nobody foresaw',
      new TypeError('x is undefined'),
      'error: internal error: x is undefined\nhint: this is a defect of kds: run it again with -v=6 and report what it prints\n',
    ],
  ])('%s', (_, error, expected) => {
    expect(text(error)).toBe(expected)
  })

  it('has a stack trace from -v=6 on', () => {
    const error = new Error('boom')
    expect(text(error, 5)).not.toContain('\n    at ')
    expect(text(error, 6)).toContain(error.stack)
  })
})
