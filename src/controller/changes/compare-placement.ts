import type { DaemonSet, Node } from '#kube/types.ts'
import { decide, prepareDaemonSet } from '#placement/placement.ts'

/** Names of nodes, in the order given. */
export interface PlacementComparison {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Removed, too; but a pod that is there already is not deleted. */
  readonly notRecreated: readonly string[]
  readonly unchanged: readonly string[]
}

/** On which nodes a changed manifest would and would no longer make pods, without looking at any pods. */
export function comparePlacement(
  before: DaemonSet,
  after: DaemonSet,
  nodes: readonly Node[],
  options: { readonly comparisonOperators?: boolean } = {},
): PlacementComparison {
  const [old, now] = [prepareDaemonSet(before, options), prepareDaemonSet(after, options)]
  const result = {
    added: [] as string[],
    removed: [] as string[],
    notRecreated: [] as string[],
    unchanged: [] as string[],
  }
  for (const node of nodes) {
    const name = node.metadata?.name ?? ''
    const ran = decide(old, node).shouldRun
    const { shouldRun, shouldContinueRunning } = decide(now, node)
    if (shouldRun) (ran ? result.unchanged : result.added).push(name)
    else if (ran) (shouldContinueRunning ? result.notRecreated : result.removed).push(name)
  }
  return result
}
