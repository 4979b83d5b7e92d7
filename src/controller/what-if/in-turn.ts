/** The plans of several DaemonSets, each made with what those before it have started. */
import { checkQuotas, releaseUsage } from '#apiserver/admission/resource-quota.ts'
import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import { decide, prepareDaemonSet } from '#placement/placement.ts'
import { starts } from '#scheduler/fit.ts'
import { type AdmittedPlan, planAdmitted, type SceneOfPlan } from '../changes/admitted-plan.ts'
import type { AskedAdmission } from '../changes/admitting.ts'
import { makesPod } from '../changes/node-change.ts'
import { podToAskAbout } from '../changes/plan-admission.ts'
import type { ChangePlan } from '../changes/plan-changes.ts'
import { generationLabel, targetNodeOf } from '../daemon-pod.ts'
import { templateGeneration } from '../update-strategy.ts'
import type { Departures } from './departures.ts'

type Quotas = AskedAdmission['objects']['resourceQuotas']
/** All that a plan is made from but for the DaemonSet. */
export type Surroundings = Omit<SceneOfPlan, 'daemonSet'>

/** A cluster in which one DaemonSet after the other comes to its end: pods that are started take their room and their quota. */
export class InTurn {
  readonly #around: Surroundings
  readonly #departures: Departures
  readonly #nodes: ReadonlyMap<unknown, Node>
  readonly #quotas = new Map<unknown, Quotas>()
  #pods: readonly Pod[]

  /** @param departures Pods that are gone from the start. */
  constructor(around: Surroundings, departures: Departures) {
    this.#around = around
    this.#departures = departures
    this.#nodes = new Map(around.nodes.map((node) => [node.metadata?.name, node]))
    this.#pods = around.pods.filter((pod) => !departures.has(pod))
  }

  /** The plan of the next one. */
  plan(daemonSet: DaemonSet, admission: AskedAdmission): AdmittedPlan {
    const queued = this.#pods.filter(this.#waits(daemonSet))
    const pods = queued.length === 0 ? this.#pods : this.#pods.filter((pod) => !queued.includes(pod))
    const resourceQuotas = this.#released(this.#quotasOf(daemonSet, admission), queued)
    const known = { ...admission, objects: { ...admission.objects, resourceQuotas } }
    const planned = planAdmitted({ ...this.#around, daemonSet, pods }, known)
    this.#take(daemonSet, known, planned)
    return planned
  }

  /**
   * Pods for which there was no room yet: the scheduler looks at them anew, as if they were made again. Not those of an old
   * template that wait for somebody to delete them.
   */
  #waits(daemonSet: DaemonSet): (pod: Pod) => boolean {
    const { uid } = daemonSet.metadata ?? {}
    const prepared = prepareDaemonSet(daemonSet)
    const replaced = daemonSet.spec?.updateStrategy?.type !== 'OnDelete'
    const generation = templateGeneration(daemonSet)
    return (pod) => {
      if (!replaced && pod.metadata?.labels?.[generationLabel] !== generation) return false
      if (pod.spec?.nodeName || pod.metadata?.deletionTimestamp || controllerOf(pod)?.uid !== uid)
        return false
      const node = this.#nodes.get(targetNodeOf(pod))
      return node !== undefined && decide(prepared, node).shouldRun
    }
  }

  /** Without those that have left by now. */
  #quotasOf({ metadata }: DaemonSet, { objects }: AskedAdmission): Quotas {
    const home = metadata?.namespace
    if (this.#quotas.has(home)) return this.#quotas.get(home)
    const gone = [...this.#departures.keys()].filter((pod) => pod.metadata?.namespace === home)
    return this.#released(objects.resourceQuotas, gone)
  }

  #released(quotas: Quotas, pods: readonly Pod[]): Quotas {
    if (!quotas || quotas.length === 0) return quotas
    const { now } = this.#around
    return pods.reduce((left, pod) => releaseUsage(pod as unknown as JsonObject, left, now), quotas)
  }

  /** Makes the plan come true: who is evicted or deleted is gone, who is started is there. */
  #take(
    daemonSet: DaemonSet,
    { asked, objects }: AskedAdmission,
    { admission, present }: AdmittedPlan,
  ): void {
    const home = daemonSet.metadata?.namespace
    const started = startedBy(present)
    const gone = goneBy(present, home)
    const leaves = ({ metadata }: Pod) => gone.has(`${metadata?.namespace}/${metadata?.name}`)
    const pattern = (asked.answer.pod as Pod | undefined) ?? podToAskAbout(daemonSet, '')
    let quotas = this.#released(objects.resourceQuotas, gone.size === 0 ? [] : this.#pods.filter(leaves))
    for (let pods = 0; quotas && quotas.length > 0 && pods < admission.letIn; pods++) {
      const counted = checkQuotas(pattern as unknown as JsonObject, quotas)
      if ('refused' in counted) break
      quotas = counted.quotas
    }
    this.#quotas.set(home, quotas)
    if (started.length + gone.size === 0) return
    const made = started.map(
      (node): Pod => ({
        ...pattern,
        spec: { ...pattern.spec, nodeName: node },
        status: { phase: 'Running' },
      }),
    )
    this.#pods = [...this.#pods.filter((pod) => !leaves(pod)), ...made]
  }
}

const startedBy = ({ changes }: ChangePlan) =>
  changes.flatMap((change) => (makesPod(change) && change.fit && starts(change.fit) ? [change.node] : []))

/** The pods that the controller deletes, and those that are evicted for others. */
function goneBy({ changes }: ChangePlan, namespace: string | null | undefined): ReadonlySet<string> {
  const gone = new Set<string>()
  for (const { change, fit, pods } of changes) {
    if (change === 'lose' || change === 'replace') for (const name of pods) gone.add(`${namespace}/${name}`)
    for (const evicted of fit?.evicts ?? []) gone.add(`${evicted.namespace}/${evicted.name}`)
  }
  return gone
}
