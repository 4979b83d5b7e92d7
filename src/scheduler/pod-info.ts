import { nameOf, namespaceOf } from '#kube/names.ts'
import { controllerOf } from '#kube/owners.ts'
import { heldSpec } from '#kube/resized.ts'
import type { Pod, PriorityClass } from '#kube/types.ts'
import type { TolerationIndex } from '#placement/prepared.ts'
import { givenTolerations, indexTolerations } from '#placement/tolerations.ts'
import type { HostPort } from './host-ports.ts'
import { hostPorts } from './host-ports.ts'
import { podPriority } from './pod-priority.ts'
import type { Requests } from './pod-requests.ts'
import { podRequests } from './pod-requests.ts'

/** It is not being resized in place, so its spec tells what it takes. */
const isAsWished = (pod: Pod) => heldSpec(pod, 'requests') === pod.spec

/** A pod with what the scheduler reckons of it, worked out when it is first asked. */
export class PodInfo {
  readonly pod: Pod
  /** The uid of its controller; '' without one. */
  readonly owner: string
  /** It is not on the node yet: room is being made for it. */
  readonly isNominated: boolean
  /** It keeps others away from where it is. */
  readonly isAntiAffine: boolean
  readonly #classes: readonly PriorityClass[]
  #priority: number | undefined
  #requests: Requests | undefined
  #ports: readonly HostPort[] | undefined
  #tolerations: TolerationIndex | undefined

  /**
   * @param classes For a pod that has not been admitted and so carries no `spec.priority`.
   * @param twin A pod of the same template: what was reckoned of its containers holds for this one, and of its tolerations,
   *   where the two share their list.
   */
  constructor(pod: Pod, classes: readonly PriorityClass[], twin?: PodInfo) {
    this.pod = pod
    // Asked about on each node for each DaemonSet.
    this.owner = controllerOf(pod)?.uid ?? ''
    this.isNominated = !pod.spec?.nodeName && Boolean(pod.status?.nominatedNodeName)
    this.isAntiAffine = Boolean(pod.spec?.affinity?.podAntiAffinity)
    this.#classes = classes
    if (twin && isAsWished(pod) && isAsWished(twin.pod)) this.#requests = twin.requests
    this.#ports = twin?.ports
    if (twin && twin.pod.spec?.tolerations === pod.spec?.tolerations) this.#tolerations = twin.tolerations
  }

  get namespace(): string {
    return namespaceOf(this.pod)
  }

  get name(): string {
    return nameOf(this.pod)
  }

  /** `PodPriority` of component-helpers. */
  get priority(): number {
    this.#priority ??= podPriority(this.pod.spec, this.#classes).value
    return this.#priority
  }

  get requests(): Requests {
    this.#requests ??= podRequests(heldSpec(this.pod, 'requests'))
    return this.#requests
  }

  get ports(): readonly HostPort[] {
    this.#ports ??= hostPorts(this.pod.spec)
    return this.#ports
  }

  get tolerations(): TolerationIndex {
    this.#tolerations ??= indexTolerations(givenTolerations(this.pod.spec?.tolerations))
    return this.#tolerations
  }

  get isTerminating(): boolean {
    return Boolean(this.pod.metadata?.deletionTimestamp)
  }

  /** The scheduler has evicted it for another pod, and it is on its way out: `podTerminatingByPreemption`. */
  get isPreempted(): boolean {
    return (
      this.isTerminating &&
      (this.pod.status?.conditions ?? []).some(
        (one) =>
          one?.type === 'DisruptionTarget' && one.status === 'True' && one.reason === 'PreemptionByScheduler',
      )
    )
  }
}
