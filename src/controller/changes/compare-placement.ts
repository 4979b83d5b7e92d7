import type { DaemonSet, Node } from '#kube/types.ts'
import type { Places } from '#placement/columns.ts'
import { type Decision, decideAll, prepareDaemonSet } from '#placement/placement.ts'

/** `not-recreated`: removed, too; but a pod that is there already is not deleted. `neither`: neither manifest makes a pod there. */
type Compared = 'added' | 'removed' | 'not-recreated' | 'as-before' | 'neither'

/** Nodes by their places in the list given, in order. */
export type PlacementComparison = Readonly<Record<Compared, Places>>

function comparedOf(before: Decision, after: Decision): Compared {
  if (after.shouldRun) return before.shouldRun ? 'as-before' : 'added'
  if (!before.shouldRun) return 'neither'
  return after.shouldContinueRunning ? 'not-recreated' : 'removed'
}

/** On which nodes a changed manifest would and would no longer make pods, without looking at any pods. */
export function comparePlacement(
  before: DaemonSet,
  after: DaemonSet,
  nodes: readonly Node[],
  options: { readonly comparisonOperators?: boolean } = {},
): PlacementComparison {
  const decisions = (one: DaemonSet) => decideAll(prepareDaemonSet(one, options), nodes)
  const places = decisions(before)
    .with(decisions(after), comparedOf)
    .groups((compared) => compared)
  const of = (compared: Compared) => places.get(compared) ?? []
  return {
    added: of('added'),
    removed: of('removed'),
    'not-recreated': of('not-recreated'),
    'as-before': of('as-before'),
    neither: of('neither'),
  }
}
