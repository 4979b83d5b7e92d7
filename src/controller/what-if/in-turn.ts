/** The plans of several DaemonSets, each made with what those before it have started. */
import { checkQuotas, releaseUsage } from '#apiserver/admission/resource-quota.ts'
import { nodeNamed } from '#kube/named-nodes.ts'
import { podsOf, podsToClaim } from '#kube/owned-pods.ts'
import type { DaemonSet, JsonObject, Pod } from '#kube/types.ts'
import { decide, prepareDaemonSet } from '#placement/placement.ts'
import { starts } from '#scheduler/fit.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import { Rooms } from '#scheduler/rooms.ts'
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
  readonly #quotas = new Map<unknown, Quotas>()
  readonly #rooms: Rooms
  /** Those of DaemonSets that have had their turn, and whom they started, are in `#rooms` alone. */
  #pods: readonly Pod[]

  /** @param departures Pods that are gone from the start. */
  constructor(around: Surroundings, departures: Departures) {
    this.#around = around
    this.#departures = departures
    this.#pods = around.pods.filter((pod) => !departures.has(pod))
    // Of all pods: what is reckoned of them serves whoever asks about the same list.
    this.#rooms = Rooms.of(around.pods, around.priorityClasses)
    this.#clear([...departures.keys()])
  }

  /** The plan of the next one. */
  plan(daemonSet: DaemonSet, admission: AskedAdmission): AdmittedPlan {
    const queued = this.#queuedOf(daemonSet)
    this.#clear(queued)
    const resourceQuotas = this.#released(this.#quotasOf(daemonSet, admission), queued)
    const known = { ...admission, objects: { ...admission.objects, resourceQuotas } }
    const pods =
      queued.length === 0
        ? this.#pods
        : podsToClaim(daemonSet, this.#pods).filter((pod) => !queued.includes(pod))
    const scene = { ...this.#around, daemonSet, pods, rooms: this.#rooms }
    const planned = planAdmitted(scene, known)
    this.#take(daemonSet, known, planned)
    return planned
  }

  /**
   * Its pods for which there was no room yet: the scheduler looks at them anew, as if they were made again. Not those of an old
   * template that wait for somebody to delete them.
   */
  #queuedOf(daemonSet: DaemonSet): readonly Pod[] {
    const prepared = prepareDaemonSet(daemonSet)
    const replaced = daemonSet.spec?.updateStrategy?.type !== 'OnDelete'
    const generation = templateGeneration(daemonSet)
    return podsOf(daemonSet, this.#pods).filter((pod) => {
      if (!replaced && pod.metadata?.labels?.[generationLabel] !== generation) return false
      if (pod.spec?.nodeName || pod.metadata?.deletionTimestamp) return false
      const node = nodeNamed(this.#around.nodes, targetNodeOf(pod))
      return node !== undefined && decide(prepared, node).shouldRun
    })
  }

  /** These pods take no room any more. */
  #clear(gone: readonly Pod[]): void {
    const lost = new Set(gone)
    for (const { spec, status } of gone) {
      const node = spec?.nodeName || status?.nominatedNodeName || ''
      const staying = this.#rooms.on(node).filter(({ pod }) => !lost.has(pod))
      this.#rooms.set(node, staying)
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
    const evicted = this.#evictedBy(present)
    const gone = [...this.#deletedBy(daemonSet, present), ...evicted]
    const pattern = (asked.answer.pod as Pod | undefined) ?? podToAskAbout(daemonSet, '')
    let quotas = this.#released(objects.resourceQuotas, gone)
    for (let pods = 0; quotas && quotas.length > 0 && pods < admission.letIn; pods++) {
      const counted = checkQuotas(pattern as unknown as JsonObject, quotas)
      if ('refused' in counted) break
      quotas = counted.quotas
    }
    this.#quotas.set(home, quotas)
    this.#clear(gone)
    if (evicted.length > 0) this.#pods = this.#pods.filter((pod) => !evicted.includes(pod))
    // To the scheduler they are all the same, whichever node they are on.
    const started = new PodInfo(pattern, this.#around.priorityClasses ?? [])
    for (const change of present.changes)
      if (makesPod(change) && change.fit && starts(change.fit))
        this.#rooms.set(change.node, [...this.#rooms.on(change.node), started])
  }

  /** Its pods that the controller deletes. */
  #deletedBy(daemonSet: DaemonSet, { changes }: ChangePlan): readonly Pod[] {
    const names = new Set(
      changes.flatMap(({ change, pods }) => (change === 'lose' || change === 'replace' ? pods : [])),
    )
    if (names.size === 0) return []
    return podsOf(daemonSet, this.#pods).filter(({ metadata }) => names.has(metadata?.name ?? ''))
  }

  /** Those who make room for its pods. */
  #evictedBy({ changes }: ChangePlan): readonly Pod[] {
    return changes.flatMap(({ fit, node }) =>
      (fit?.evicts ?? []).flatMap(
        (one) =>
          this.#rooms.on(node).find(({ namespace, name }) => name === one.name && namespace === one.namespace)
            ?.pod ?? [],
      ),
    )
  }
}
