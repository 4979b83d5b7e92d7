import type { DaemonSet, Node } from '#kube/types.ts'
import type { Answers } from './answers.ts'
import { explain, explainAll, explainKinds } from './explain.ts'
import type { NearestMiss } from './nearest-miss.ts'
import { nearestMiss, prepareDaemonSet } from './placement.ts'
import { type PlanGroup, PlannedNodes, type Result, type Verdict, verdictOf } from './planned-nodes.ts'
import type { PrepareOptions } from './prepared.ts'
import type { PlacementWarning } from './warnings.ts'

export type { PlanGroup, PlannedNode, PlannedNodes, Result } from './planned-nodes.ts'

export interface PlacementPlan {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  readonly source: DaemonSet
  readonly nodes: PlannedNodes
  readonly count: Readonly<Record<Result, number>>
  /** `run` first, then `stay`, then `no`; the larger group first. */
  readonly groups: readonly PlanGroup[]
  readonly warnings: readonly PlacementWarning[]
  /** Why there is no match, when no node runs the DaemonSet. */
  readonly nearestMiss: NearestMiss | null
}

/** Where one DaemonSet lands on these nodes, and every reason where it does not. `namespace` is for one that names none. */
export function planPlacement(
  daemonSet: DaemonSet,
  nodes: readonly Node[],
  namespace: string,
  options?: PrepareOptions,
): PlacementPlan {
  const prepared = prepareDaemonSet(daemonSet, options)
  let verdicts: Answers<Verdict> | undefined
  const planned = new PlannedNodes({
    nodes,
    kinds: explainKinds(prepared, nodes).map(verdictOf),
    verdicts: () => {
      verdicts ??= explainAll(prepared, nodes).map(verdictOf)
      return verdicts
    },
    verdict: (node) => verdictOf(explain(prepared, node)),
  })
  const groups = planned.groups()
  const count = { run: 0, stay: 0, no: 0 }
  for (const group of groups) count[group.result] += group.nodes.length
  return {
    daemonSet: {
      namespace: daemonSet.metadata?.namespace || namespace,
      name: daemonSet.metadata?.name ?? daemonSet.metadata?.generateName ?? '',
    },
    source: daemonSet,
    nodes: planned,
    count,
    groups,
    warnings: prepared.warnings,
    nearestMiss: count.run === 0 ? nearestMiss(prepared, nodes) : null,
  }
}
