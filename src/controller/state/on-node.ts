import type { Node } from '#kube/types.ts'
import type { Explanation } from '#placement/decision.ts'
import { explain, prepareDaemonSet } from '#placement/placement.ts'
import { type Remedies, remediesFor } from '../what-if/remedies.ts'
import type { DaemonSetState, Hold, StateRow } from './types.ts'

/** What comes of a DaemonSet on one node, in the order in which it needs a look. */
export const standings = ['missing', 'failing', 'leftover', 'not-targeted', 'underway', 'ready'] as const
export type Standing = (typeof standings)[number]

/** Everything that is known of one DaemonSet on one node. */
export interface OnNode {
  readonly state: DaemonSetState
  readonly node: Node
  readonly decision: Explanation
  /** Undefined: it has no pod there, and none is due. */
  readonly row: StateRow | undefined
  /** Those that the node has a part in. */
  readonly holds: readonly Hold[]
  readonly standing: Standing
  /** Undefined where a pod is wanted already. */
  readonly remedies: Remedies | undefined
}

/** What a state says of one node, with the rules that decide and what would change their answer. */
export function onNode(state: DaemonSetState, node: Node, comparisonOperators = false): OnNode {
  const options = { comparisonOperators }
  const decision = explain(prepareDaemonSet(state.daemonSet, options), node)
  const row = state.rows.find(({ node: name }) => name === node.metadata?.name)
  const holds = state.holds.filter(({ nodes }) => nodes.includes(node.metadata?.name ?? ''))
  return {
    state,
    node,
    decision,
    row,
    holds,
    standing: standingOf(decision, row, holds),
    remedies: remediesFor(state.daemonSet, node, options),
  }
}

function standingOf({ shouldRun }: Explanation, row: StateRow | undefined, holds: readonly Hold[]): Standing {
  const hasPod = row !== undefined && row.pods.length > 0
  if (!shouldRun) return hasPod ? 'leftover' : 'not-targeted'
  if (!hasPod) return 'missing'
  if (row.phase === 'ready') return 'ready'
  return row.phase === 'failing' || holds.some(({ stuck }) => stuck) ? 'failing' : 'underway'
}
