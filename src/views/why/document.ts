import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { OnNode } from '#controller/state/on-node.ts'
import type { Remedies } from '#controller/what-if/remedies.ts'
import { formatTime } from '#kube/duration.ts'
import type { Explanation } from '#placement/decision.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { admissionDocument } from '../plan/admission.ts'
import { changeDocument } from '../plan/document.ts'
import { holdDocument } from '../state/document.ts'
import { remediesDocument } from './remedies.ts'
import { causeOf } from './text.ts'

const timeOf = (ms: number | undefined) => (ms === undefined ? undefined : formatTime(ms, 0))

const rulesOf = ({ passes, reasons, shouldContinueRunning, shouldRun }: Explanation): object => ({
  shouldRun,
  shouldContinueRunning,
  reasons: reasons.map(({ code, message }) => ({ code, message })),
  passes: passes.map(({ code, message }) => ({ code, message })),
})

function itemOf(one: OnNode): object {
  const { decision, holds, node, remedies, row, standing, state } = one
  const subject = {
    namespace: state.daemonSet.metadata?.namespace ?? '',
    name: state.daemonSet.metadata?.name ?? '',
  }
  return {
    daemonSet: subject,
    standing,
    cause: causeOf(one),
    ...rulesOf(decision),
    pods: (row?.pods ?? []).map(
      ({ pod, phase, since, revision, updated, state: { restarts, lastExit } }) => ({
        name: pod.metadata?.name ?? '',
        phase,
        since: timeOf(since),
        revision,
        updated,
        restarts,
        lastExit,
      }),
    ),
    holds: holds.map((hold) => holdDocument(hold, subject)),
    ...(remedies && { remedies: remediesDocument(remedies, node.metadata?.name ?? '') }),
  }
}

/** A DaemonSet of a file, planned for one node. */
export interface PlannedOnNode {
  /** Of that node alone. */
  readonly plan: PlacementPlan
  /** Of all nodes. */
  readonly present: ChangePlan
  readonly admission: PlanAdmission
  /** Undefined: a pod is wanted there already. */
  readonly remedies: Remedies | undefined
}

/** The same document of files: what becomes of the node once they are applied, instead of what is there. */
export const plannedWhyDocument = (name: string, all: readonly PlannedOnNode[]): object => ({
  apiVersion: 'kds/v1',
  kind: 'Why',
  node: name,
  items: all.flatMap(({ admission, plan, present, remedies }) => {
    const change = present.changes.find(({ node }) => node === name)
    return Array.from(plan.nodes, ({ decision }) => ({
      daemonSet: plan.daemonSet,
      ...rulesOf(decision),
      ...(change && { change: changeDocument(change) }),
      admission: admissionDocument(admission),
      ...(remedies && { remedies: remediesDocument(remedies, name) }),
    }))
  }),
})

/** A `kds/v1` document: `docs/why.schema.json` describes it. */
export const whyDocument = (node: string, all: readonly OnNode[]): object => ({
  apiVersion: 'kds/v1',
  kind: 'Why',
  node,
  items: all.map(itemOf),
})
