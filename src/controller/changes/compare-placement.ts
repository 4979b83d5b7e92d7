import type { DaemonSet, Node } from '#kube/types.ts'
import { decide, prepareDaemonSet } from '#placement/placement.ts'

export interface PlacementComparison {
  readonly won: readonly string[]
  readonly lost: readonly string[]
  /** The pod there stays, but would not be started again. */
  readonly leftOver: readonly string[]
  readonly kept: readonly string[]
}

/**
 * Which nodes a changed manifest wins and loses, without looking at any pods. A node that ran the old one and would keep but
 * not start the new one is left over. Nodes are named in the order given.
 */
export function comparePlacement(
  before: DaemonSet,
  after: DaemonSet,
  nodes: readonly Node[],
  options: { readonly comparisonOperators?: boolean } = {},
): PlacementComparison {
  const [old, now] = [prepareDaemonSet(before, options), prepareDaemonSet(after, options)]
  const result = { won: [] as string[], lost: [] as string[], leftOver: [] as string[], kept: [] as string[] }
  for (const node of nodes) {
    const name = node.metadata?.name ?? ''
    const ran = decide(old, node).shouldRun
    const { shouldRun, shouldContinueRunning } = decide(now, node)
    if (shouldRun) (ran ? result.kept : result.won).push(name)
    else if (ran) (shouldContinueRunning ? result.leftOver : result.lost).push(name)
  }
  return result
}
