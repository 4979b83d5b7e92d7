import { KdsError } from '#base/errors.ts'
import type { Style } from '#base/style.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import type { DaemonSet } from '#kube/types.ts'
import { type Revision, revisionNumbered } from '#rollout/history.ts'
import { templateDiff } from './template-diff.ts'

/** `--diff 1..2` is read as kubectl reads no flag, but as everybody writes it: no DaemonSet can have such a name. */
const rangePattern = /^(\d*)(?:(\.\.)(\d*))?$/

/**
 * What `--diff` asks for, as it was written (`A..B`, `A`, or empty), undefined where it is not given; and the arguments that are
 * left when a range behind a bare `--diff` is taken for its value.
 *
 * @throws UsageError for a value that is no range.
 */
export function diffRange(invocation: Invocation): { range: string | undefined; args: readonly string[] } {
  const given = invocation.given('diff') ? (invocation.text('diff') ?? '') : undefined
  const { args } = invocation
  const stray = given === '' ? args.find((word) => word.includes('..') && rangePattern.test(word)) : undefined
  const range = stray ?? given
  if (range !== undefined && !rangePattern.test(range))
    throw invalidArgument('diff', range, 'write A..B, as 3..5')
  return { range, args: stray === undefined ? args : args.filter((word) => word !== stray) }
}

/** The two revisions of `A..B`: an end that is left out is the current one, a start the one before the end. */
function pairOf(range: string, history: readonly Revision[]): readonly [Revision, Revision] {
  const [, from = '', , to = ''] = rangePattern.exec(range) ?? []
  const current = history.find((one) => one.current) ?? history.at(-1)
  const end = to === '' ? current : revisionNumbered(history, Number(to))
  const before = end && history[history.indexOf(end) - 1]
  const start = from === '' ? before : revisionNumbered(history, Number(from))
  if (!start || !end) throw new KdsError('not-found', 'there is no earlier revision to compare with')
  return [start, end]
}

/**
 * What changed between two revisions of a DaemonSet, with a line that names them.
 *
 * @param range As {@link diffRange} answers it.
 * @throws KdsError for a revision that there is not.
 */
export function revisionDiff(
  daemonSet: DaemonSet,
  history: readonly Revision[],
  { range, style }: { readonly range: string; readonly style: Style },
): string {
  const [start, end] = pairOf(range, history)
  const head = `daemonset.apps/${daemonSet.metadata?.name} revision ${start.revision} -> revision ${end.revision}`
  const side = (one: Revision) => ({ label: `revision ${one.revision}`, template: one.template })
  const text = templateDiff(side(start), side(end), { style })
  return `${style.bold(head)}\n${text || 'The pod templates are the same.\n'}`
}
