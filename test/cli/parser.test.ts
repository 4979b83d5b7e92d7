import { describe, expect, it } from 'vitest'
import { KdsError } from '#base/errors.ts'
import { parseInvocation } from '#cli/parser.ts'
import { normalizeFlags } from '#cli/pflag.ts'
import type { CommandSpec, FlagSpec } from '#cli/spec.ts'

const flags: readonly FlagSpec[] = [
  { name: 'filename', short: 'f', value: 'FILE', repeatable: true, commaSeparated: true, summary: '' },
  { name: 'recursive', short: 'R', summary: '' },
  { name: 'watch', short: 'w', default: 'true', summary: '' },
  { name: 'dry-run', value: 'MODE', bare: 'client', choices: ['none', 'client', 'server'], summary: '' },
  { name: 'namespace', short: 'n', value: 'NAME', summary: '' },
]

const spec: CommandSpec = {
  path: ['try'],
  summary: '',
  description: '',
  usage: 'kds try',
  examples: {},
  args: [{ name: 'NAME', summary: '' }],
  flags,
  exitCodes: {},
  load: () => Promise.reject(new Error('not loaded in this test')),
}

const failure = (argv: string[]): string => {
  try {
    parseInvocation(spec, argv)
  } catch (error) {
    if (error instanceof KdsError) return error.message
    throw error
  }
  return 'no error'
}

describe("flags in kubectl's grammar", () => {
  it.each([
    [['-f', 'a.yaml'], ['--filename=a.yaml']],
    [['-fa.yaml'], ['--filename=a.yaml']],
    [['-f=a.yaml'], ['--filename=a.yaml']],
    [
      ['-Rf', 'dir'],
      ['--recursive=true', '--filename=dir'],
    ],
    [['-f', '-'], ['--filename=-']],
    [['-w=false'], ['--watch=false']],
    [['--watch'], ['--watch=true']],
    [
      ['--dry-run', 'name'],
      ['--dry-run=client', 'name'],
    ],
    [
      ['--namespace', 'a', 'b'],
      ['--namespace=a', 'b'],
    ],
    [
      ['--', '-f'],
      ['--', '-f'],
    ],
    [
      ['--unknown', 'x'],
      ['--unknown', 'x'],
    ],
  ])('%j becomes %j', (argv, expected) => {
    expect(normalizeFlags(argv, flags)).toEqual(expected)
  })

  it('reads repeated and comma-separated values', () => {
    expect(parseInvocation(spec, ['-f', 'a,b', '-f', 'c']).list('filename')).toEqual(['a', 'b', 'c'])
  })

  it('knows what was given and what is a default', () => {
    const invocation = parseInvocation(spec, ['name'])
    expect(invocation.on('watch')).toBe(true)
    expect(invocation.given('watch')).toBe(false)
    expect(invocation.args).toEqual(['name'])
    expect(parseInvocation(spec, ['--watch=F']).on('watch')).toBe(false)
  })

  it.each([
    [['-f'], "flag needs an argument: 'f' in -f"],
    [['-wf'], "flag needs an argument: 'f' in -f"],
    [['-zw'], "unknown shorthand flag: 'z' in -zw"],
    [['-wz'], "unknown shorthand flag: 'z' in -z"],
    [['---x'], 'bad flag syntax: ---x'],
    [['--namespace'], 'flag needs an argument: --namespace'],
    [['--nope'], 'unknown flag: --nope'],
    [
      ['--dry-run=maybe'],
      'invalid argument "maybe" for "--dry-run" flag: allowed are "none", "client", "server"',
    ],
    [
      ['--watch=perhaps'],
      'invalid argument "perhaps" for "-w, --watch" flag: strconv.ParseBool: parsing "perhaps": invalid syntax',
    ],
  ])('refuses %j', (argv, message) => {
    expect(failure(argv)).toBe(message)
  })

  it('names the nearest flag and the unexpected argument', () => {
    expect(failure(['--namespac=x'])).toBe('unknown flag: --namespac')
    expect(failure(['a', 'b'])).toBe('unexpected argument: b')
  })
})
