import { podToCreate } from '#controller/new-pod.ts'
import type { StepResult } from '#controller/step.ts'
import { step } from '#controller/step.ts'
import type { StepInput } from '#controller/step-input.ts'
import { stepMemory } from '#controller/step-memory.ts'
import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'

export const isoTime = (ms: number): string => new Date(ms).toISOString()

/**
 * A cluster in memory in which one DaemonSet lives: it carries out the controller's actions as an API server would, and
 * nothing else moves by itself. Objects are replaced, never changed.
 */
export class Cluster {
  daemonSet: DaemonSet
  nodes: readonly Node[]
  pods: Pod[] = []
  revisions: ControllerRevision[] = []
  now: number
  readonly #memory = stepMemory()
  #made = 0

  constructor(daemonSet: DaemonSet, nodes: readonly Node[], now: number) {
    this.daemonSet = daemonSet
    this.nodes = nodes
    this.now = now
  }

  /** One sync; with `deleteAtOnce` a deleted pod is gone, else it is left terminating. */
  sync(options: Partial<StepInput> & { readonly deleteAtOnce?: boolean } = {}): StepResult {
    const { daemonSet, nodes, pods, revisions, now } = this
    const result = step({ daemonSet, nodes, pods, revisions, now, memory: this.#memory, ...options })
    for (const action of result.actions) this.#carryOut(action, options.deleteAtOnce ?? true)
    this.daemonSet = { ...this.daemonSet, status: result.status }
    return result
  }

  podsOn(node: string): Pod[] {
    return this.pods.filter((pod) => pod.spec?.nodeName === node)
  }

  addPod(node: string, hash: string, daemonSet = this.daemonSet): Pod {
    const made = podToCreate(daemonSet, node, hash)
    const pod: Pod = {
      ...made,
      metadata: {
        ...made.metadata,
        name: `${made.metadata?.generateName}${String(++this.#made).padStart(5, '0')}`,
        uid: `pod-${this.#made}`,
        creationTimestamp: isoTime(this.now),
      },
      spec: { ...made.spec, nodeName: node },
      status: { phase: 'Pending' },
    }
    this.pods.push(pod)
    return pod
  }

  replacePod(pod: Pod, by: Pod): void {
    this.pods = this.pods.map((one) => (one === pod ? by : one))
  }

  removePod(pod: Pod): void {
    this.pods = this.pods.filter((one) => one !== pod)
  }

  setReady(pod: Pod, ready: boolean, at = this.now): void {
    const condition = { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: isoTime(at) }
    this.replacePod(pod, { ...pod, status: { phase: 'Running', conditions: [condition] } })
  }

  #carryOut(action: StepResult['actions'][number], deleteAtOnce: boolean): void {
    switch (action.kind) {
      case 'CreatePod':
        this.addPod(action.node, action.hash)
        break
      case 'DeletePod':
        if (deleteAtOnce) this.removePod(action.pod)
        else this.#terminate(action.pod)
        break
      case 'CreateRevision':
        this.revisions.push(action.revision)
        break
      case 'RenumberRevision':
        this.#reviseOne(action.revision, { ...action.revision, revision: action.number })
        break
      case 'DeleteRevision':
        this.revisions = this.revisions.filter((revision) => revision !== action.revision)
        break
      default:
        throw new Error(`not expected in this test: ${action.message}`)
    }
  }

  #terminate(pod: Pod): void {
    this.replacePod(pod, { ...pod, metadata: { ...pod.metadata, deletionTimestamp: isoTime(this.now) } })
  }

  #reviseOne(revision: ControllerRevision, by: ControllerRevision): void {
    this.revisions = this.revisions.map((one) => (one === revision ? by : one))
  }
}
