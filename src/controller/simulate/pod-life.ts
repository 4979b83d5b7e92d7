import type { Evicted } from '#scheduler/fit.ts'
import { isFinished } from '../daemon-pod.ts'
import { blockedBy } from './blocked.ts'
import type { SimulatedNode, SimulatedPod } from './simulated-node.ts'
import { Timeline } from './timeline.ts'

export interface Pace {
  /** Milliseconds. */
  readonly readyAfter: number
  readonly terminateAfter: number
}

interface PodEvent {
  /** `due`: nothing happens to the pod, but the controller may have something to do about it from now on. */
  readonly kind: 'ready' | 'gone' | 'due'
  readonly node: SimulatedNode
  readonly pod: SimulatedPod
}

/** How long a pod outlives its node before the pod garbage collector takes it. */
const quarantine = 40_000

/** What the scheduler, the kubelets and the pod garbage collector do to pods, on a virtual clock. */
export class PodLife {
  /** In the order in which they happened; `at` in milliseconds on the virtual clock. */
  readonly evictions: { readonly node: string; readonly at: number; readonly pods: readonly Evicted[] }[] = []
  readonly #timeline = new Timeline<PodEvent>()
  readonly #pace: Pace
  readonly #minReady: number

  constructor(pace: Pace, minReady: number) {
    this.#pace = pace
    this.#minReady = minReady
  }

  /** Every event of the next moment at which anything happens. */
  takeNext(): ReturnType<Timeline<PodEvent>['takeNext']> {
    return this.#timeline.takeNext()
  }

  addDue(at: number, node: SimulatedNode, pod: SimulatedPod): void {
    this.#timeline.add(at, { kind: 'due', node, pod })
  }

  /** What becomes of a pod that was there before the start. */
  goOnWith(node: SimulatedNode, pod: SimulatedPod, now: number): void {
    if (!node.exists) {
      if (pod.bound) this.#timeline.add(now + quarantine, { kind: 'gone', node, pod })
    } else if (pod.deleting) this.#terminate(node, pod, now)
    else if (pod.ready) this.#awaitAvailable(node, pod, now)
    else if (!pod.blocked) {
      const made = Number.isNaN(pod.createdAt) ? now : pod.createdAt
      this.#timeline.add(Math.max(now, made + this.#pace.readyAfter), { kind: 'ready', node, pod })
    }
  }

  /** The scheduler's part: a pod that finds no room stays without a node; one that evicts others waits until they are gone. */
  schedule(node: SimulatedNode, pod: SimulatedPod, ownPodsStay: boolean, now: number): void {
    const { obstacle, evicts } = node.start(ownPodsStay)
    if (obstacle !== undefined) {
      pod.blocked = { cause: 'unplaceable', text: obstacle }
      return
    }
    if (evicts.length > 0) this.evictions.push({ node: node.name, at: now, pods: evicts })
    const bound = evicts.length > 0 ? now + this.#pace.terminateAfter : now
    pod.bound = true
    pod.blocked = undefined
    if (node.notReady !== undefined) pod.blocked = { cause: 'node-not-ready', text: node.notReady }
    else if (node.failure) pod.blocked = blockedBy(node.failure)
    else this.#timeline.add(bound + this.#pace.readyAfter, { kind: 'ready', node, pod })
  }

  /** The API server ends at once what no kubelet has to end: a pod without a node, or one that has finished. */
  delete(node: SimulatedNode, pod: SimulatedPod, now: number): void {
    pod.deleting = true
    if (!pod.bound || isFinished(pod)) this.#remove(node, pod, now)
    else if (node.exists) this.#terminate(node, pod, now)
  }

  /** Lets the event happen; false if its pod is there no more. */
  apply({ kind, node, pod }: PodEvent, now: number): boolean {
    if (!node.pods.includes(pod)) return false
    if (kind === 'gone') this.#remove(node, pod, now)
    else if (kind === 'ready' && !pod.deleting) {
      pod.phase = 'Running'
      pod.ready = true
      pod.readyAt = now
      this.#awaitAvailable(node, pod, now)
    }
    return true
  }

  #terminate(node: SimulatedNode, pod: SimulatedPod, now: number): void {
    if (node.notReady !== undefined)
      pod.blocked = { cause: 'terminating-on-unreachable-node', text: `terminating, ${node.notReady}` }
    else if (pod.blocked?.cause !== 'terminating')
      this.#timeline.add(now + this.#pace.terminateAfter, { kind: 'gone', node, pod })
  }

  #remove(node: SimulatedNode, pod: SimulatedPod, now: number): void {
    node.pods = node.pods.filter((one) => one !== pod)
    node.end(pod)
    for (const left of node.pods)
      if (left.blocked?.cause === 'unplaceable' && !left.source)
        this.schedule(node, left, node.pods.length > 1, now)
  }

  #awaitAvailable(node: SimulatedNode, pod: SimulatedPod, now: number): void {
    const at = pod.readyAt + this.#minReady
    if (this.#minReady > 0 && at > now) this.addDue(at, node, pod)
  }
}
