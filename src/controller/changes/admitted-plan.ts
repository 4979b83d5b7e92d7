/** What applying a DaemonSet comes to once admission has had its say. */
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import { makesPod } from './node-change.ts'
import { countOutcomes } from './outcome.ts'
import type { AskedPod, PlanAdmission } from './plan-admission.ts'
import { admissionOfPlan, admittedSpec, isRefusedOutright } from './plan-admission.ts'
import { type ChangePlan, type PlanChangesInput, planChanges } from './plan-changes.ts'

export interface AdmittedPlan {
  readonly present: ChangePlan
  readonly admission: PlanAdmission
}

/**
 * The plan by admission's word on a new pod of the DaemonSet. Nodes whose pods are refused are told so, and nothing of them
 * comes to the scheduler; of those that compete for a quota nobody knows which get theirs.
 */
export function planAdmitted(
  input: Omit<PlanChangesInput, 'admittedSpec' | 'refused'>,
  { asked, objects }: { readonly asked: AskedPod; readonly objects: AdmissionObjects },
): AdmittedPlan {
  const { daemonSet, pods, now } = input
  const refused = isRefusedOutright(asked, objects)
  const known = { ...input, admittedSpec: admittedSpec(asked) }
  const present = planChanges({ ...known, refused })
  const admission = admissionOfPlan({ asked, daemonSet, changes: present.changes, pods, objects, now })
  const { letIn, wanted } = admission
  if (refused || letIn === wanted) return { present, admission }
  if (letIn === 0) return { present: planChanges({ ...known, refused: true }), admission }
  return { present: withChance(present), admission }
}

function withChance(plan: ChangePlan): ChangePlan {
  const changes = plan.changes.map((change) =>
    makesPod(change) ? { ...change, outcome: 'maybe-refused' as const } : change,
  )
  return { ...plan, changes, outcomes: countOutcomes(changes) }
}
