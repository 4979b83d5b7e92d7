/** What applying a DaemonSet comes to once admission has had its say. */
import { startOf } from '../simulate/start.ts'
import { type AskedAdmission, admittingOf } from './admitting.ts'
import { makesPod } from './node-change.ts'
import { countOutcomes } from './outcome.ts'
import { admittedSpec, isRefusedOutright, type PlanAdmission } from './plan-admission.ts'
import { type ChangePlan, type PlanChangesInput, planChanges, sameName } from './plan-changes.ts'

export interface AdmittedPlan {
  readonly present: ChangePlan
  readonly admission: PlanAdmission
}

/** What is left to find out before admission is asked. */
export type SceneOfPlan = Omit<PlanChangesInput, 'admittedSpec' | 'refused'>

/**
 * The plan by admission's word on a new pod of the DaemonSet. Nodes whose pods are refused are told so, and nothing of them
 * comes to the scheduler; of those that compete for a quota nobody knows which get theirs.
 */
export function planAdmitted(scene: SceneOfPlan, admission: AskedAdmission): AdmittedPlan {
  const { asked, objects } = admission
  const refused = isRefusedOutright(asked, objects)
  const known = { ...scene, admittedSpec: admittedSpec(asked) }
  const present = planChanges({ ...known, refused })
  const told = admissionOfPlan(present, scene, admission)
  if (refused || told.letIn === told.wanted) return { present, admission: told }
  if (told.letIn === 0) return { present: planChanges({ ...known, refused: true }), admission: told }
  return { present: withChance(present), admission: told }
}

function withChance(plan: ChangePlan): ChangePlan {
  const changes = plan.changes.map((change) =>
    makesPod(change) ? { ...change, outcome: 'maybe-refused' as const } : change,
  )
  return { ...plan, changes, outcomes: countOutcomes(changes) }
}

/**
 * One pod's answer for all that the plan makes. Where not all of them are let in without more ado, the roll-out is played: what
 * an update frees and what it deletes depends on its budget, and a controller that is refused a pod goes no further.
 */
function admissionOfPlan(plan: ChangePlan, scene: SceneOfPlan, admission: AskedAdmission): PlanAdmission {
  const { asked, objects } = admission
  const { answer, notAsked, source, unjudged } = asked
  const wanted = plan.changes.filter(makesPod).length
  const common = { source, notAsked, warnings: answer.warnings ?? [], wanted, unjudged }
  const outright = isRefusedOutright(asked, objects)
  const message = outright ? (answer.message ?? 'refused') : refusalOf(wanted, scene, admission)
  if (message === undefined) return { ...common, allowed: true, letIn: wanted }
  const told = { ...common, allowed: false, message }
  if (outright && plan.totals.replace === 0) return { ...told, letIn: 0 }
  const { refused, letIn, kept, lost } = played(plan, scene, admission)
  if (refused === undefined && !outright) return { ...common, allowed: true, letIn: wanted }
  const old = plan.totals.replace > 0 ? { lost, kept } : undefined
  return { ...told, message: refused ?? message, letIn, old }
}

/** Why not so many pods are let in beside those that are there; undefined: they are. */
function refusalOf(wanted: number, { daemonSet, now }: SceneOfPlan, admission: AskedAdmission) {
  const { admit } = admittingOf(daemonSet, admission, now)
  for (let pods = 0; pods < wanted; pods++) {
    const refused = admit()
    if (refused !== undefined) return refused
  }
  return undefined
}

/** What the roll-out has come to on the nodes that need a pod, when it is done or stuck. */
function played(plan: ChangePlan, scene: SceneOfPlan, admission: AskedAdmission) {
  const current = scene.daemonSets?.find((one) => sameName(one, scene.daemonSet))
  const { rollout } = startOf({ ...scene, current, admission })
  rollout.run()
  const nodes = new Map(rollout.nodes.map((node) => [node.name, node]))
  let [letIn, kept, lost] = [0, 0, 0]
  for (const change of plan.changes.filter(makesPod)) {
    const pods = nodes.get(change.node)?.pods ?? []
    if (pods.some((pod) => pod.source === undefined)) letIn++
    else if (pods.some((pod) => !pod.deleting)) kept++
    else if (change.pods.length > 0) lost++
  }
  const refused = rollout.nodes.find((node) => node.refused !== undefined)?.refused
  return { refused, letIn, kept, lost }
}
