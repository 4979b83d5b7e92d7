import { secondsToStay } from '#placement/eviction.ts'
import { types } from '../api/resources.ts'
import type { Cancel } from '../clock.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { type LoopContext, podsOf } from './context.ts'

const source = { component: 'taint-eviction-controller' }

/** Takes pods off nodes whose NoExecute taints they do not tolerate, or not for ever (`pkg/controller/tainteviction`). */
export class TaintEviction {
  readonly #context: LoopContext
  readonly #evictions = new Map<string, Cancel>()

  constructor(context: LoopContext) {
    this.#context = context
  }

  /** Plans, or calls off, the eviction of a pod by its node's NoExecute taints. */
  judge(node: StoredNode, pod: StoredPod): void {
    const { uid } = pod.metadata
    const seconds = pod.metadata.deletionTimestamp ? Number.POSITIVE_INFINITY : secondsToStay(pod, node)
    if (seconds === Number.POSITIVE_INFINITY) this.cancel(uid)
    else if (!this.#evictions.has(uid))
      this.#evictions.set(
        uid,
        this.#context.clock.schedule(seconds * 1000, () => this.#evict(pod)),
      )
  }

  /** The pod is gone, or has nothing to fear. */
  cancel(uid: string): void {
    this.#evictions.get(uid)?.()
    this.#evictions.delete(uid)
  }

  #evict({ metadata }: StoredPod): void {
    this.#evictions.delete(metadata.uid)
    const { registry, store, recorder } = this.#context
    const pod = podsOf(store).get(keyOf(metadata.namespace, metadata.name))
    if (pod?.metadata.uid !== metadata.uid || pod.metadata.deletionTimestamp) return
    const message = `Marking for deletion Pod ${metadata.namespace}/${metadata.name}`
    recorder.record(pod, { type: 'Normal', reason: 'TaintManagerEviction', message, source })
    registry.delete(types.pods, metadata.namespace, metadata.name, {})
  }
}
