import type { Node, Pod, PriorityClass } from '#kube/types.ts'
import { PodInfo } from './pod-info.ts'

/** The pods on each node, as the scheduler's snapshot of a cluster has them. Pods that are over are not on a node. */
export class Rooms {
  readonly nodes: readonly Node[]
  readonly #classes: readonly PriorityClass[]
  readonly #pods = new Map<string, Pod[]>()
  readonly #antiAffine = new Set<string>()
  /** Where others are than at the start. What is reckoned of the rest is not kept: 60,000 such would cost more than they save. */
  readonly #changed = new Map<string, readonly PodInfo[]>()

  /** @param nodes Those whose labels matter to pods on other nodes. */
  constructor(pods: readonly Pod[], nodes: readonly Node[], classes: readonly PriorityClass[]) {
    this.nodes = nodes
    this.#classes = classes
    for (const pod of pods) {
      const name = pod.spec?.nodeName || pod.status?.nominatedNodeName
      const phase = pod.status?.phase
      if (!name || phase === 'Succeeded' || phase === 'Failed') continue
      const there = this.#pods.get(name)
      if (pod.spec?.affinity?.podAntiAffinity) this.#antiAffine.add(name)
      if (there) there.push(pod)
      else this.#pods.set(name, [pod])
    }
  }

  get antiAffineNodes(): readonly Node[] {
    return this.#antiAffine.size === 0
      ? []
      : this.nodes.filter(({ metadata }) => this.#antiAffine.has(metadata?.name ?? ''))
  }

  /** All on the node; pods that are nominated to it, for whom room is being made, are among them. */
  on(node: string): readonly PodInfo[] {
    return (
      this.#changed.get(node) ?? (this.#pods.get(node) ?? []).map((pod) => new PodInfo(pod, this.#classes))
    )
  }

  /** These are on the node from now on. */
  set(node: string, pods: readonly PodInfo[]): void {
    this.#changed.set(node, pods)
  }
}
