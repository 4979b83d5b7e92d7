import type { Diagnostic } from '#base/errors.ts'
import type { PlacementComparison } from '#controller/changes/compare-placement.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { OutcomeCounts } from '#controller/changes/outcome.ts'
import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan, PlanTotals } from '#controller/changes/plan-changes.ts'
import type { PodState } from '#controller/pod-state.ts'
import { formatTime } from '#kube/duration.ts'
import type { Pass, Reason } from '#placement/decision.ts'
import type { PlacementPlan, PlannedNode } from '#placement/plan.ts'
import type { Fit } from '#scheduler/fit.ts'
import { admissionDocument } from './admission.ts'

/** What a finding or warning looks like in a document. */
interface WarningDocument {
  readonly code: string
  readonly message: string
  readonly field?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

interface ChangeDocument extends Pick<NodeChange, 'outcome' | 'reason' | 'pods' | 'usesBudget'> {
  readonly kind: NodeChange['change']
  readonly fit?: Fit & { readonly node: string }
  readonly state?: object
}

interface PlanDocument {
  readonly kind: 'Plan'
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  readonly summary: {
    readonly nodes: number
    readonly shouldRun: number
    readonly shouldContinueOnly: number
    readonly shouldNotRun: number
    readonly changes?: PlanTotals
    readonly outcomes?: OutcomeCounts
    readonly budget?: ChangePlan['budget']
    readonly compared?: {
      readonly won: number
      readonly lost: number
      readonly leftOver: number
      readonly kept: number
    }
  }
  readonly nodes: readonly {
    readonly name: string
    readonly shouldRun: boolean
    readonly shouldContinueRunning: boolean
    readonly reasons: readonly Reason[]
    readonly passes?: readonly Pass[]
    readonly change?: ChangeDocument
  }[]
  readonly warnings: readonly WarningDocument[]
  /** Whether the pods would be let in: `docs/plan.schema.json`. */
  readonly admission: object
}

export function warningDocument(finding: Diagnostic): WarningDocument {
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

export function changeDocument(change: NodeChange): ChangeDocument {
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
): PlanDocument['nodes'][number] {
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
): PlanDocument {
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
