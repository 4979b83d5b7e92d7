import { UsageError } from '#base/errors.ts'
import type { FlagSpec } from './spec.ts'
import { colorModes } from './style.ts'

/** What is thrown for a flag's value that is none, in pflag's words. @param why what would be one: `give a number` */
export const invalidArgument = (flag: string, value: string | undefined, why: string): UsageError =>
  new UsageError(`invalid argument ${JSON.stringify(value)} for "--${flag}" flag: ${why}`)

/** A flag with a value. */
export const flag = (
  name: string,
  value: string,
  summary: string,
  more: Omit<FlagSpec, 'name' | 'value' | 'summary'> = {},
): FlagSpec => ({ name, value, summary, ...more })

/** A flag that is off unless it is given. */
export const toggle = (name: string, summary: string, short?: string): FlagSpec => ({
  name,
  ...(short && { short }),
  default: 'false',
  summary,
})

/** `-o`, of a command that prints nothing but these. */
export const formatFlag = (choices: readonly string[], summary: string): FlagSpec =>
  flag('output', 'FORMAT', summary, { short: 'o', choices })

/** The same flags in a group, but for those that are in one. */
export const inGroup = (
  group: NonNullable<FlagSpec['group']>,
  flags: readonly FlagSpec[],
): readonly FlagSpec[] => flags.map((one) => ({ group, ...one }))

/** The same flags, as such that are seldom needed. */
export const rare = (...flags: readonly FlagSpec[]): readonly FlagSpec[] => inGroup('rare', flags)

/** Flags that every command takes. */
export const globalFlags: readonly FlagSpec[] = [
  flag('color', 'WHEN', 'Colour the output. auto: on a terminal, unless NO_COLOR is set or TERM is dumb', {
    group: 'rare',
    choices: colorModes,
    default: 'auto',
  }),
  ...rare(toggle('ascii', 'Draw with ASCII alone; without it, on terminals that seem to show nothing else')),
  flag('v', 'LEVEL', 'Verbosity; 6 and above shows stack traces', {
    group: 'rare',
    short: 'v',
    default: '0',
  }),
  flag('help', 'WHAT', 'Show help; all: of every flag', {
    group: 'rare',
    short: 'h',
    bare: '',
    suggests: ['all'],
  }),
]

/** Flags under their titles, as help, man pages and the reference show them: those in everyday use first. */
export const flagSections = (flags: readonly FlagSpec[]) =>
  flagTitles
    .map(([group, title]) => ({ group, title, flags: flags.filter((flag) => flag.group === group) }))
    .filter((section) => section.flags.length > 0)

const flagTitles = [
  [undefined, 'Flags'],
  ['rare', 'More flags'],
  ['connection', "Connection flags, as kubectl's"],
  ['ignored', 'Accepted for compatibility'],
] as const

/** Whether a toggle is given in raw arguments, and how; undefined: it is not. */
export function scanSwitch(argv: readonly string[], name: string): boolean | undefined {
  const end = argv.indexOf('--')
  const word = argv.slice(0, end < 0 ? argv.length : end).findLast((one) => one.split('=')[0] === name)
  return word === undefined ? undefined : !/=(false|f|0)$/i.test(word)
}

/** The last value of a flag in raw arguments, before any command has parsed them. */
export function scanFlag(argv: readonly string[], names: readonly string[]): string | undefined {
  let value: string | undefined
  for (const [i, word] of argv.entries()) {
    if (word === '--') break
    for (const name of names) {
      if (word === name) value = argv[i + 1]
      else if (word.startsWith(`${name}=`)) value = word.slice(name.length + 1)
    }
  }
  return value
}
