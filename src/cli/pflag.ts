import { UsageError } from '#base/errors.ts'
import type { FlagSpec } from './spec.ts'

const truths = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const falsehoods = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

/** Reads a boolean as Go's `strconv.ParseBool`, which kubectl's flags use; anything else is a usage error in its words. */
export function parseBoolean(flag: Pick<FlagSpec, 'name' | 'short'>, text: string): boolean {
  if (truths.has(text)) return true
  if (falsehoods.has(text)) return false
  const label = `${flag.short ? `-${flag.short}, ` : ''}--${flag.name}`
  const quoted = JSON.stringify(text)
  throw new UsageError(
    `invalid argument ${quoted} for "${label}" flag: strconv.ParseBool: parsing ${quoted}: invalid syntax`,
  )
}

/** The value that a flag has when it is written bare, or undefined when it needs one. */
const bareValue = (flag: FlagSpec) => (flag.value === undefined ? 'true' : flag.bare)

/**
 * Rewrites arguments from pflag's grammar, which kubectl users have in their fingers, to `--name=value` throughout:
 * `-w=false`, `-Rf dir`, `-ndev`, `--dry-run` and `--watch=false` all work. Unknown flags and everything after `--`
 * pass through for the parser to judge.
 */
export function normalizeFlags(argv: readonly string[], flags: readonly FlagSpec[]): string[] {
  const long = new Map(flags.map((flag) => [flag.name, flag]))
  const short = new Map(flags.flatMap((flag) => (flag.short ? [[flag.short, flag] as const] : [])))
  const out: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--') return [...out, ...argv.slice(i)]
    const next = () => argv[++i]
    if (word.startsWith('--')) out.push(...longFlag(word, long, next))
    else if (word.startsWith('-') && word.length > 1) out.push(...shortFlags(word, short, next))
    else out.push(word)
  }
  return out
}

/** How many of the first words are known flags with their values, before a word that is none. */
export function leadingFlags(argv: readonly string[], flags: readonly FlagSpec[]): number {
  const named = (word: string) =>
    flags.find((flag) =>
      word.startsWith('--') ? word.slice(2).split('=')[0] === flag.name : flag.short === word.charAt(1),
    )
  let count = 0
  for (let word = argv[0]; word?.startsWith('-'); word = argv[count]) {
    const flag = named(word)
    if (!flag || flag.name === 'help') return 0
    const complete = word.startsWith('--') ? word.includes('=') : word.length > 2
    count += complete || bareValue(flag) !== undefined ? 1 : 2
  }
  return count
}

function longFlag(
  word: string,
  known: ReadonlyMap<string, FlagSpec>,
  next: () => string | undefined,
): string[] {
  const equals = word.indexOf('=')
  const flag = known.get(word.slice(2, equals < 0 ? undefined : equals))
  if (!flag || equals >= 0) return [word]
  return [withValue(flag, word, bareValue(flag) ?? next())]
}

function shortFlags(
  word: string,
  known: ReadonlyMap<string, FlagSpec>,
  next: () => string | undefined,
): string[] {
  const out: string[] = []
  for (let at = 1; at < word.length; at++) {
    const flag = known.get(word.charAt(at))
    if (!flag) return [...out, `-${word.slice(at)}`]
    const rest = word.slice(at + 1)
    if (rest.startsWith('=')) return [...out, withValue(flag, word, rest.slice(1))]
    const bare = bareValue(flag)
    if (bare === undefined)
      return [...out, withValue(flag, `'${flag.short}' in -${flag.short}`, rest === '' ? next() : rest)]
    out.push(withValue(flag, word, bare))
  }
  return out
}

function withValue(flag: FlagSpec, word: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`flag needs an argument: ${word}`)
  return `--${flag.name}=${value}`
}
