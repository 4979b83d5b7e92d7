import { addTo } from '#base/grouped.ts'
import { oncePer } from '#base/once.ts'
import { nameOf } from '#kube/names.ts'
import type { Node, Pod, PriorityClass } from '#kube/types.ts'
import { PodInfo } from './pod-info.ts'

/** Who is on the nodes. */
interface Present {
  readonly on: (node: string) => readonly PodInfo[]
  /** Nodes with pods that have a required anti-affinity. */
  readonly antiAffine: ReadonlySet<string>
}

const nobody: readonly PodInfo[] = []
const noClasses: readonly PriorityClass[] = []

/** Pods by their nodes, each reckoned once for all that are planned beside them. Those that are over are not on a node. */
const presentOf = oncePer((pods: readonly Pod[]) =>
  oncePer((classes: readonly PriorityClass[]): Present => {
    const infos = new Map<string, PodInfo[]>()
    const antiAffine = new Set<string>()
    for (const pod of pods) {
      const name = pod.spec?.nodeName || pod.status?.nominatedNodeName
      const phase = pod.status?.phase
      if (!name || phase === 'Succeeded' || phase === 'Failed') continue
      const info = new PodInfo(pod, classes)
      if (info.isAntiAffine) antiAffine.add(name)
      addTo(infos, name, info)
    }
    return { on: (node) => infos.get(node) ?? nobody, antiAffine }
  }),
)

/** The same, reckoned when it is asked first. */
function lazily(pods: readonly Pod[], classes: readonly PriorityClass[]): Present {
  let made: Present | undefined
  const present = () => {
    made ??= presentOf(pods)(classes)
    return made
  }
  return {
    on: (node) => present().on(node),
    get antiAffine() {
      return present().antiAffine
    },
  }
}

/** The pods on each node, as the scheduler's snapshot of a cluster has them, and what becomes of them from there on. */
export class Rooms {
  readonly #before: Present | Rooms
  /** Where others are than before. */
  readonly #changed = new Map<string, readonly PodInfo[]>()
  readonly #antiAffine = new Set<string>()

  /** @param before What is changed here changes nothing there. */
  constructor(before: Present | Rooms) {
    this.#before = before
  }

  static of(pods: readonly Pod[], classes: readonly PriorityClass[] = noClasses): Rooms {
    return new Rooms(lazily(pods, classes))
  }

  get antiAffine(): ReadonlySet<string> {
    const { antiAffine } = this.#before
    return this.#antiAffine.size === 0 ? antiAffine : new Set([...antiAffine, ...this.#antiAffine])
  }

  /** Those of the nodes on which pods have a required anti-affinity. */
  antiAffineAmong(nodes: readonly Node[]): readonly Node[] {
    const names = this.antiAffine
    return names.size === 0 ? [] : nodes.filter((node) => names.has(nameOf(node)))
  }

  /** All on the node; pods that are nominated to it, for whom room is being made, are among them. */
  on(node: string): readonly PodInfo[] {
    return this.#changed.get(node) ?? this.#before.on(node)
  }

  /** These are on the node from now on. */
  set(node: string, pods: readonly PodInfo[]): void {
    this.#changed.set(node, pods)
    if (pods.some(({ isAntiAffine }) => isAntiAffine)) this.#antiAffine.add(node)
  }
}
