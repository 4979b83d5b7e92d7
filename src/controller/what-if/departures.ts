import { nodeNamed } from '#kube/named-nodes.ts'
import type { Node, Pod } from '#kube/types.ts'
import { secondsToStay } from '#placement/eviction.ts'
import { targetNodeOf } from '../daemon-pod.ts'

/** Why a pod goes, whatever the controller thinks of it: its node is gone (0 s), or it may stay there for so long only. */
export interface Departure {
  readonly seconds: number
}
export type Departures = ReadonlyMap<Pod, Departure>

/** The pods that have no node there, or are evicted from it by its taints. */
export function departuresFrom(pods: readonly Pod[], nodes: readonly Node[]): Departures {
  // Few nodes evict pods: of the others it is known that theirs may stay.
  const evicting = new Set(
    nodes.filter(({ spec }) => spec?.taints?.some((one) => one?.effect === 'NoExecute')),
  )
  const departures = new Map<Pod, Departure>()
  for (const pod of pods) {
    const name = targetNodeOf(pod)
    if (name === undefined || isOver(pod)) continue
    const node = nodeNamed(nodes, name)
    const isEvicted = node !== undefined && evicting.has(node) && Boolean(pod.spec?.nodeName)
    const seconds = !node ? 0 : isEvicted ? secondsToStay(pod, node) : Number.POSITIVE_INFINITY
    if (Number.isFinite(seconds)) departures.set(pod, { seconds })
  }
  return departures
}

const isOver = ({ status }: Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed'
