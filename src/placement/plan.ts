import type { DaemonSet, Node } from '#kube/types.ts'
import { explainAll, groupKey, nearestMiss, prepareDaemonSet } from './placement.ts'
import type {
  Decision,
  NearestMiss,
  NodeDecision,
  PlacementWarning,
  PrepareOptions,
  Reason,
} from './types.ts'

/** The controller's two answers in one word: create a pod; only leave one that is there; neither. */
export type Result = 'run' | 'stay' | 'no'

export const results: readonly Result[] = ['run', 'stay', 'no']

export interface PlannedNode {
  readonly name: string
  readonly node: Node
  readonly result: Result
  readonly decision: NodeDecision
}

/** Nodes with the same result for the same reasons, in the input's order. */
export interface PlanGroup {
  readonly result: Result
  /** The reasons of the group's first node; those of the others differ in values only, if at all. */
  readonly reasons: readonly Reason[]
  readonly nodes: readonly PlannedNode[]
}

export interface PlacementPlan {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  readonly source: DaemonSet
  /** In the input's order. */
  readonly nodes: readonly PlannedNode[]
  readonly count: Readonly<Record<Result, number>>
  /** `run` first, then `stay`, then `no`; the larger group first. */
  readonly groups: readonly PlanGroup[]
  readonly warnings: readonly PlacementWarning[]
  /** Why there is no match, when no node runs the DaemonSet. */
  readonly nearestMiss: NearestMiss | null
}

export function resultOf(decision: Decision): Result {
  if (decision.shouldRun) return 'run'
  return decision.shouldContinueRunning ? 'stay' : 'no'
}

function groupNodes(nodes: readonly PlannedNode[]): PlanGroup[] {
  const groups = new Map<string, PlannedNode[]>()
  for (const node of nodes) {
    const key = [node.result, ...node.decision.reasons.map(groupKey)].join('\n')
    const group = groups.get(key)
    if (group) group.push(node)
    else groups.set(key, [node])
  }
  return [...groups.values()]
    .map((members) => ({
      result: members[0]?.result ?? 'no',
      reasons: members[0]?.decision.reasons ?? [],
      nodes: members,
    }))
    .sort((a, b) => results.indexOf(a.result) - results.indexOf(b.result) || b.nodes.length - a.nodes.length)
}

/** Where one DaemonSet lands on these nodes, and every reason where it does not. `namespace` is for one that names none. */
export function planPlacement(
  daemonSet: DaemonSet,
  nodes: readonly Node[],
  namespace: string,
  options?: PrepareOptions,
): PlacementPlan {
  const prepared = prepareDaemonSet(daemonSet, options)
  const planned = explainAll(prepared, nodes).map((decision, i): PlannedNode => {
    const node = nodes[i] ?? {}
    return { name: node.metadata?.name ?? '', node, result: resultOf(decision), decision }
  })
  const count = { run: 0, stay: 0, no: 0 }
  for (const node of planned) count[node.result]++
  return {
    daemonSet: {
      namespace: daemonSet.metadata?.namespace || namespace,
      name: daemonSet.metadata?.name ?? daemonSet.metadata?.generateName ?? '',
    },
    source: daemonSet,
    nodes: planned,
    count,
    groups: groupNodes(planned),
    warnings: prepared.warnings,
    nearestMiss: count.run === 0 ? nearestMiss(prepared, nodes) : null,
  }
}
