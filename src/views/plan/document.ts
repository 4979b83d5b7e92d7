import type { Diagnostic } from '#base/errors.ts'
import type { PlacementComparison } from '#controller/changes/compare-placement.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { PodState } from '#controller/pod-state.ts'
import { formatTime } from '#kube/duration.ts'
import type { PlacementPlan, PlannedNode } from '#placement/plan.ts'
import { admissionDocument } from './admission.ts'
import type { Change, Plan, Warning } from './plan-types.ts'

export function warningDocument(finding: Diagnostic): Warning {
  const { code, message, field, location } = finding
  return {
    code,
    message,
    ...(field === undefined || field === '' ? {} : { field }),
    ...(location ? { file: location.file, line: location.line, column: location.column } : {}),
  }
}

interface DocumentExtras {
  /** Say also what held. */
  readonly passes?: boolean
  readonly changes?: ChangePlan | undefined
  readonly compared?: PlacementComparison | undefined
  readonly admission?: PlanAdmission | undefined
}

const timeOf = (ms: number | undefined) => (ms === undefined ? undefined : formatTime(ms, 0))

/** How a pod is. Times are RFC 3339; what is not known is absent. */
function stateDocument({ pod, trouble, restarts, since, deleted, lastExit }: PodState): object {
  return {
    pod,
    available: trouble === undefined,
    ...trouble,
    restarts,
    since: timeOf(since),
    deleted: timeOf(deleted?.at),
    lastExit,
  }
}

export function changeDocument(change: NodeChange): Change {
  const { outcome, reason, pods, state, usesBudget, fit } = change
  return {
    kind: change.change,
    outcome,
    reason,
    pods,
    ...(state ? { state: stateDocument(state) } : {}),
    ...(usesBudget ? { usesBudget } : {}),
    ...(fit ? { fit: { node: change.node, ...fit } } : {}),
  }
}

function nodeDocument(
  { name, decision }: PlannedNode,
  change: NodeChange | undefined,
  withPasses: boolean,
): Plan['nodes'][number] {
  const { shouldRun, shouldContinueRunning, reasons, passes } = decision
  return {
    name,
    shouldRun,
    shouldContinueRunning,
    reasons,
    ...(withPasses ? { passes } : {}),
    ...(change ? { change: changeDocument(change) } : {}),
  }
}

function comparedDocument(compared: PlacementComparison) {
  return {
    won: compared.added.length,
    lost: compared.removed.length,
    leftOver: compared['not-recreated'].length,
    kept: compared['as-before'].length,
  }
}

/** A plan as the `Plan` item of a `kds/v1` document: `docs/plan.schema.json` describes it. */
export function planDocument(
  plan: PlacementPlan,
  warnings: readonly Diagnostic[],
  { passes = false, changes, compared, admission }: DocumentExtras = {},
): Plan {
  const left = new Map(changes?.changes.map((change) => [change.node, change]))
  // Of several nodes of one name the first counts.
  const changeOn = (node: string) => {
    const change = left.get(node)
    left.delete(node)
    return change
  }
  return {
    kind: 'Plan',
    daemonSet: plan.daemonSet,
    summary: {
      nodes: plan.count.run + plan.count.stay + plan.count.no,
      shouldRun: plan.count.run,
      shouldContinueOnly: plan.count.stay,
      shouldNotRun: plan.count.no,
      ...(changes ? { changes: changes.totals, outcomes: changes.outcomes } : {}),
      ...(changes?.budget ? { budget: changes.budget } : {}),
      ...(compared ? { compared: comparedDocument(compared) } : {}),
    },
    nodes: Array.from(plan.nodes, (node) => nodeDocument(node, changeOn(node.name), passes)),
    warnings: warnings.map(warningDocument),
    admission: admissionDocument(admission),
  }
}

/** What the plans of a `kds/v1` document stand under. */
export const planListHead = { apiVersion: 'kds/v1', kind: 'PlanList' } as const
