import { Command as Commander, CommanderError, Option } from 'commander'
import { UsageError } from '#base/errors.ts'
import { meant } from '#base/nearest.ts'
import { normalizeFlags, parseBoolean } from './pflag.ts'
import type { CommandSpec, FlagSpec, Invocation } from './spec.ts'

const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

function toOption(flag: FlagSpec): Option {
  const option = new Option(`--${flag.name} <${flag.value ?? 'bool'}>`, flag.summary)
  option.attributeName = () => camel(flag.name)
  // To pflag a name that begins with `no-` is one like any other.
  option.negate = false
  if (!flag.repeatable) return option
  return option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value])
}

/** Feeds commander from a spec, as far as these words need it. Commander is made to throw, never to print or exit. */
function toCommander(spec: CommandSpec, words: readonly string[]): Commander {
  const command = new Commander(spec.path.join(' '))
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false)
    .showSuggestionAfterError(false)
    .allowExcessArguments(true)
  for (const arg of spec.args) {
    const name = arg.repeatable ? `${arg.name}...` : arg.name
    command.argument(arg.required ? `<${name}>` : `[${name}]`, arg.summary)
  }
  for (const flag of spec.flags)
    if (words.some((word) => word.startsWith(`--${flag.name}=`))) command.addOption(toOption(flag))
  return command
}

function checkChoice(flag: FlagSpec, value: string): void {
  if (!flag.choices || flag.choices.includes(value)) return
  const allowed = flag.choices.map((choice) => `"${choice}"`).join(', ')
  throw new UsageError(
    `invalid argument "${value}" for "--${flag.name}" flag: allowed are ${allowed}`,
    meant(
      value,
      flag.choices,
      (choice) => `did you mean ${flag.short ? `-${flag.short} ` : `--${flag.name}=`}${choice}?`,
    ),
  )
}

/**
 * Parses the words after the command's path. Throws a {@link UsageError} in kubectl's manner for unknown flags (with the
 * nearest known one), missing values, values outside the choices and unexpected arguments.
 */
export function parseInvocation(spec: CommandSpec, argv: readonly string[]): Invocation {
  const words = normalizeFlags(argv, spec.flags)
  const command = toCommander(spec, words)
  try {
    command.parse(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const text = error.message.replace(/^error: /, '')
    const [, flag] = /^unknown option '(-[^'=]*)/.exec(text) ?? []
    throw flag === undefined ? new UsageError(text, { cause: error }) : unknownFlag(flag, spec.flags)
  }
  const file = takesFiles(spec) ? command.args.find(isFileName) : undefined
  if (file !== undefined)
    throw new UsageError(`"${file}" is a file: files are given with -f`, { hint: `did you mean -f ${file}?` })
  const most = spec.args.some(({ repeatable }) => repeatable) ? command.args.length : spec.args.length
  if (command.args.length > most) throw new UsageError(`unexpected argument: ${command.args[most]}`)
  return invocation(spec, command)
}

/** That there is no such flag, in pflag's words, with the one that was probably meant. */
export function unknownFlag(word: string, flags: readonly FlagSpec[]): UsageError {
  if (/^--($|[-=])/.test(word)) return new UsageError(`bad flag syntax: ${word}`)
  if (!word.startsWith('--')) return new UsageError(`unknown shorthand flag: '${word.charAt(1)}' in ${word}`)
  const names = flags.map(({ name }) => name)
  return new UsageError(
    `unknown flag: ${word}`,
    meant(word.slice(2), names, (name) => `did you mean --${name}?`),
  )
}

const takesFiles = ({ args, flags }: CommandSpec) =>
  flags.some(({ name }) => name === 'filename') && args.every(({ completes }) => completes === 'daemonset')

/** Whether an argument is no name but a file: standard input, a folder's path, or what ends as manifests do. */
const isFileName = (word: string) =>
  word === '-' ||
  (/^\.{0,2}\/|\/$|\.(ya?ml|json)$/i.test(word) && !/=|^(ds|daemonsets?)(\.(v1\.)?apps)?\//i.test(word))

function invocation(spec: CommandSpec, command: Commander): Invocation {
  const raw = command.opts<Record<string, string | string[] | undefined>>()
  const values = new Map<string, readonly string[]>()
  for (const flag of spec.flags) {
    const value = raw[camel(flag.name)]
    if (value === undefined) continue
    const list = typeof value === 'string' ? [value] : value
    const split = flag.commaSeparated ? list.flatMap((item) => item.split(',')) : list
    for (const item of split) checkChoice(flag, item)
    if (flag.value === undefined) parseBoolean(flag, split[0] ?? '')
    values.set(flag.name, split)
  }
  const defaults = new Map(spec.flags.map((flag) => [flag.name, flag.default]))
  const text = (name: string) => values.get(name)?.at(-1) ?? defaults.get(name)
  return {
    args: command.args,
    given: (name) => values.has(name),
    text,
    list: (name) => values.get(name) ?? [],
    on: (name) => parseBoolean({ name }, text(name) ?? 'false'),
  }
}
