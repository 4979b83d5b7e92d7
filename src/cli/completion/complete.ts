import { flagSections } from '../flags.ts'
import { commandNamed } from '../registry.ts'
import type { CommandSpec, FlagSpec } from '../spec.ts'
import { type Candidate, type Completion, matching, nothing } from './candidate.ts'
import type { NamesOf } from './sources.ts'
import { completeTarget } from './targets.ts'
import { readTyped, type TypedWords } from './typed.ts'
import { completeWords, type Tree } from './words.ts'

/**
 * What TAB offers for the last of the words, which may be empty. The words are those after the program's name. Values of
 * `--flag=value` are answered without the `--flag=`, as Cobra does and as kubectl's completion of plugins expects.
 */
export async function complete(words: readonly string[], tree: Tree, names: NamesOf): Promise<Completion> {
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ''
  const command = commandNamed(tree.commands, before)
  if (!command) return completeWords(before, current, tree)
  const typed = readTyped(command, before.slice(command.path.length))
  if (typed.pending) return completeValue(typed.pending, current, typed, names)
  if (typed.flagsEnded || !current.startsWith('-')) {
    const below = before.length === command.path.length ? completeWords(before, current, tree).candidates : []
    const found = await completeArgument(command, current, typed, names)
    return { ...found, candidates: [...below, ...found.candidates] }
  }
  const [, word = '', value] = /^(-[^=]+)=([\s\S]*)$/.exec(current) ?? []
  if (value === undefined) return completeFlag(command, current, typed)
  const flag = flagCalled(command, word)
  return flag ? completeValue(flag, value, typed, names) : nothing
}

function flagCalled({ flags }: CommandSpec, word: string): FlagSpec | undefined {
  return word.startsWith('--')
    ? flags.find(({ name }) => name === word.slice(2))
    : flags.find(({ short }) => short !== undefined && short === word.at(-1))
}

/** What connects a user to another cluster than usual is offered at once; the other connection flags are too many. */
const usualConnection = ['context', 'kubeconfig']

/**
 * Flags that may still be given, those in everyday use first. Before their first letter is typed the others are not offered,
 * before the whole name is typed no values, and short ones for a single dash only.
 */
function completeFlag({ flags }: CommandSpec, current: string, typed: TypedWords): Completion {
  const untyped = current === '-' || current === '--'
  const possible = flagSections(flags)
    .flatMap((section) => section.flags)
    .filter((flag) => flag.repeatable || !typed.given(flag.name))
    .filter(({ group, name }) => !untyped || group === undefined || usualConnection.includes(name))
  const long = possible.flatMap((flag): Candidate[] => {
    const description = flag.summary
    const whole = current === `--${flag.name}` && flag.bare !== undefined
    const values = whole ? (flag.choices ?? flag.suggests ?? []) : []
    return [
      { value: `--${flag.name}`, description },
      ...values.map((value) => ({ value: `--${flag.name}=${value}`, description })),
    ]
  })
  const short = possible.flatMap(({ short, summary }) =>
    short === undefined ? [] : [{ value: `-${short}`, description: summary }],
  )
  return { ...nothing, candidates: matching(current === '-' ? [...long, ...short] : long, current) }
}

async function completeValue(
  flag: FlagSpec,
  current: string,
  typed: TypedWords,
  names: NamesOf,
): Promise<Completion> {
  const start = lastPart(flag, current)
  const words = flag.choices ?? flag.suggests ?? (flag.value === undefined ? ['true', 'false'] : undefined)
  if (words)
    return listed(
      words.map((value) => ({ value })),
      current,
      start,
    )
  if (flag.completes === 'file') return { ...nothing, fallback: 'files' }
  if (flag.completes === 'folder') return { ...nothing, fallback: 'folders' }
  if (!flag.completes) return nothing
  const found = await names(flag.completes, typed)
  const given = new Set([
    ...(flag.repeatable ? typed.list(flag.name) : []),
    ...current.slice(0, start).split(','),
  ])
  const fresh = found.filter(({ value }) => !given.has(value))
  // A placeholder such as NODE=HOW: the name is only its first part.
  const more = flag.value?.includes('=') ?? false
  const candidates = more ? fresh.map((one) => ({ ...one, value: `${one.value}=` })) : fresh
  return { ...listed(candidates, current, start), ...(more ? { open: true } : {}) }
}

/** Where the last of several values in one word begins: after a comma, or after the dots of a range. */
function lastPart({ commaSeparated, value }: FlagSpec, current: string): number {
  if (commaSeparated) return current.lastIndexOf(',') + 1
  const dots = value?.includes('..') ? current.lastIndexOf('..') : -1
  return dots < 0 ? 0 : dots + 2
}

/** Candidates for what follows `start`. */
function listed(candidates: readonly Candidate[], current: string, start: number): Completion {
  const before = current.slice(0, start)
  return {
    ...nothing,
    candidates: matching(
      candidates.map((one) => ({ ...one, value: before + one.value })),
      current,
    ),
  }
}

async function completeArgument(
  { args }: CommandSpec,
  current: string,
  typed: TypedWords,
  names: NamesOf,
): Promise<Completion> {
  const last = args.at(-1)
  const arg = args[typed.args.length] ?? (last?.repeatable ? last : undefined)
  if (!arg) return nothing
  if (arg.choices)
    return {
      ...nothing,
      candidates: matching(
        arg.choices.map((value) => ({ value })),
        current,
      ),
    }
  if (arg.completes === 'daemonset') return completeTarget(current, typed, names)
  if (arg.completes === 'file') return { ...nothing, fallback: 'files' }
  if (arg.completes === 'folder') return { ...nothing, fallback: 'folders' }
  if (!arg.completes) return nothing
  return { ...nothing, candidates: matching(await names(arg.completes, typed), current) }
}
