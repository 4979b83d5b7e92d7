import { type Completion, matching, nothing } from './candidate.ts'
import type { NamesOf } from './sources.ts'
import type { TypedWords } from './typed.ts'

const typeWord = /^(ds|daemonsets?)(\.(v1\.)?apps)?$/i
const typePrefixes = ['daemonset/', 'ds/']

/** The names of DaemonSets among arguments: `agent`, `ds/agent`, `daemonset agent`. */
export function targetNames(args: readonly string[]): readonly string[] {
  const words = typeWord.test(args[0] ?? '') ? args.slice(1) : args
  return words.map((word) => word.slice(word.indexOf('/') + 1))
}

/** Names not typed yet, in the form that the user has begun: bare, or with the type before a slash. */
export async function completeTarget(
  current: string,
  typed: TypedWords,
  names: NamesOf,
): Promise<Completion> {
  const slash = current.indexOf('/') + 1
  const type = current.slice(0, slash)
  if (slash > 0 && !typeWord.test(type.slice(0, -1))) return nothing
  const given = new Set(targetNames(typed.args))
  const fresh = (await names('daemonset', typed)).filter(({ value }) => !given.has(value))
  const candidates = matching(
    fresh.map((one) => ({ ...one, value: type + one.value })),
    current,
  )
  if (candidates.length > 0 || slash > 0 || current === '' || typed.args.length > 0)
    return { ...nothing, candidates }
  const types = typePrefixes.filter((prefix) => prefix.startsWith(current)).slice(0, current === 'd' ? 2 : 1)
  return { ...nothing, candidates: types.map((value) => ({ value })), open: true }
}
