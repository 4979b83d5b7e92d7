import type { DaemonSet, Node } from '#kube/types.ts'
import type { Decision, NodeDecision, Reason } from './decision.ts'
import type { NearestMiss } from './nearest-miss.ts'
import { explainAll, groupKey, nearestMiss, prepareDaemonSet } from './placement.ts'
import type { PrepareOptions } from './prepared.ts'
import type { PlacementWarning } from './warnings.ts'

/** The controller's two answers in one word: create a pod; only leave one that is there; neither. */
export type Result = 'run' | 'stay' | 'no'

const results: readonly Result[] = ['run', 'stay', 'no']

/** What nodes that look alike to the DaemonSet have in common. */
interface Outcome {
  readonly result: Result
  readonly decision: NodeDecision
  /** The reasons that made the result: a selector miss says `no`, whatever NoSchedule taints the node also has. */
  readonly deciding: readonly Reason[]
  /** The reasons that would not have mattered. */
  readonly incidental: readonly Reason[]
  /** Equal for nodes of one group. */
  readonly groupKey: string
}

export interface PlannedNode extends Outcome {
  readonly name: string
  readonly node: Node
}

/** Nodes with the same result for the same reasons, in the input's order. */
export interface PlanGroup {
  readonly result: Result
  /**
   * What made the result, as on the group's first node; on the others it differs in values only, if at all. For `no` these
   * are the reasons that also end a pod that is there.
   */
  readonly reasons: readonly Reason[]
  /** What some of the nodes have against the pod in addition, and would not have mattered. */
  readonly also: readonly { readonly reason: Reason; readonly nodes: number }[]
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

function resultOf(decision: Decision): Result {
  if (decision.shouldRun) return 'run'
  return decision.shouldContinueRunning ? 'stay' : 'no'
}

const onlyStopsNewPods = (reason: Reason) => reason.code === 'UntoleratedTaint' && !reason.evicts

function outcomeOf(decision: NodeDecision): Outcome {
  const result = resultOf(decision)
  const incidental = result === 'no' ? decision.reasons.filter(onlyStopsNewPods) : []
  const deciding = decision.reasons.filter((reason) => !incidental.includes(reason))
  return { result, decision, deciding, incidental, groupKey: [result, ...deciding.map(groupKey)].join('\n') }
}

function countIncidental(nodes: readonly PlannedNode[]): PlanGroup['also'] {
  // Nodes that look alike share their list.
  const lists = new Map<readonly Reason[], number>()
  for (const { incidental } of nodes)
    if (incidental.length > 0) lists.set(incidental, (lists.get(incidental) ?? 0) + 1)
  const found = new Map<string, { reason: Reason; nodes: number }>()
  for (const [reasons, count] of lists)
    for (const reason of reasons) {
      const key = groupKey(reason)
      const entry = found.get(key)
      if (entry) entry.nodes += count
      else found.set(key, { reason, nodes: count })
    }
  return [...found.values()].sort((a, b) => b.nodes - a.nodes)
}

/** Nodes by result and deciding reasons: `run` first, then `stay`, then `no`; the larger group first. */
export function groupNodes(nodes: readonly PlannedNode[]): PlanGroup[] {
  const groups = new Map<string, PlannedNode[]>()
  for (const node of nodes) {
    const group = groups.get(node.groupKey)
    if (group) group.push(node)
    else groups.set(node.groupKey, [node])
  }
  return [...groups.values()]
    .flatMap((members): PlanGroup[] => {
      const [first] = members
      if (!first) return []
      return [
        { result: first.result, reasons: first.deciding, also: countIncidental(members), nodes: members },
      ]
    })
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
  const outcomes = new Map<NodeDecision, Outcome>()
  const planned = explainAll(prepared, nodes).map((decision, i): PlannedNode => {
    const node = nodes[i] ?? {}
    const outcome = outcomes.get(decision) ?? outcomeOf(decision)
    outcomes.set(decision, outcome)
    const { deciding, groupKey, incidental, result } = outcome
    // Written out: of many nodes and DaemonSets there are millions.
    return { name: node.metadata?.name ?? '', node, result, decision, deciding, incidental, groupKey }
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
