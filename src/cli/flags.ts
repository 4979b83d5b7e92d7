import type { FlagSpec } from './spec.ts'
import { colorModes } from './style.ts'

/** A flag that is off unless it is given. */
export const toggle = (name: string, summary: string, short?: string): FlagSpec => ({
  name,
  ...(short && { short }),
  default: 'false',
  summary,
})

/** `-o`, of a command that prints nothing but these. */
export const formatFlag = (choices: readonly string[], summary: string): FlagSpec => ({
  name: 'output',
  short: 'o',
  value: 'FORMAT',
  choices,
  summary,
})

/** Flags that every command takes. */
export const globalFlags: readonly FlagSpec[] = [
  {
    name: 'color',
    value: 'WHEN',
    choices: colorModes,
    default: 'auto',
    summary: 'Colour the output. auto: on a terminal, unless NO_COLOR is set or TERM is dumb',
  },
  {
    name: 'v',
    short: 'v',
    value: 'LEVEL',
    default: '0',
    summary: 'Verbosity; 6 and above shows stack traces',
  },
  { name: 'help', short: 'h', summary: 'Show this help' },
]

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
