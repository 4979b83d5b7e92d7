import { ifReadable } from '#cluster/found.ts'
import type { Cluster } from '#cluster/port.ts'
import { events, nameOf } from '#cluster/resources.ts'
import { wordsOf } from '#controller/state/words.ts'
import type { DaemonSet } from '#kube/types.ts'

/** A node may be without a pod for so long before it is asked why, and again. Milliseconds. */
const patienceMs = 2_000

/** Finds out whether the API server lets new pods in: no pod tells of it, only Events about the DaemonSet. */
export class Refused {
  readonly #cluster: Cluster
  #since: number | undefined
  #asked = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** When it is to be looked at again; undefined: no node lacks a pod. Milliseconds since the epoch. */
  get nextAt(): number | undefined {
    return this.#since === undefined ? undefined : this.#asked + patienceMs
  }

  /** Why no pod is let in, by Events since nodes began to lack one; undefined: nothing tells of it. */
  async why(
    daemonSet: DaemonSet,
    lacks: boolean,
    now: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (!lacks) this.#since = undefined
    else if (this.#since === undefined) {
      this.#since = now
      this.#asked = now
    }
    if (this.#since === undefined || now < this.#asked + patienceMs) return undefined
    this.#asked = now
    const { name, namespace } = nameOf(daemonSet)
    const fieldSelector = `involvedObject.kind=DaemonSet,involvedObject.name=${name}`
    const told = await ifReadable(this.#cluster.list(events, { namespace, fieldSelector, signal }))
    const { refusals } = wordsOf(told?.items ?? [], daemonSet, new Set())
    // Events tell whole seconds.
    const since = Math.floor(this.#since / 1000) * 1000
    const refusal = refusals.find(({ last }) => last !== undefined && last >= since)
    return refusal && `the API server refuses new pods: ${refusal.message}`
  }
}
