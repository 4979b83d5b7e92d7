import type { DaemonSet, Node } from '#kube/types.ts'
import { decideAll, prepareDaemonSet } from '#placement/placement.ts'

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
  const both = [prepareDaemonSet(before, options), prepareDaemonSet(after, options)]
  const [old = [], now = []] = decideAll(both, nodes)
  const result = {
    added: [] as string[],
    removed: [] as string[],
    notRecreated: [] as string[],
    unchanged: [] as string[],
  }
  for (const [at, node] of nodes.entries()) {
    const name = node.metadata?.name ?? ''
    const ran = old[at]?.shouldRun
    if (now[at]?.shouldRun) (ran ? result.unchanged : result.added).push(name)
    else if (ran) (now[at]?.shouldContinueRunning ? result.notRecreated : result.removed).push(name)
  }
  return result
}
