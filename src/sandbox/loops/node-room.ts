import type { Node } from '#kube/types.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import type { StoredPod } from '../store/store.ts'
import { hasEnded } from './pod-conditions.ts'

/** What the scheduler reckons of pods; those of one template share their containers, and so what those need. */
const infos = new WeakMap<StoredPod, PodInfo>()
const byContainers = new WeakMap<object, PodInfo>()

export function infoOf(pod: StoredPod): PodInfo {
  const known = infos.get(pod)
  if (known) return known
  const containers = pod.spec?.containers ?? []
  const info = new PodInfo(pod, [], byContainers.get(containers))
  infos.set(pod, info)
  byContainers.set(containers, info)
  return info
}

type PodsByNode = Map<string, Map<string, StoredPod>>

function move(
  all: PodsByNode,
  uid: string,
  from: string | null | undefined,
  to: string | null | undefined,
  pod: StoredPod,
) {
  if (from) all.get(from)?.delete(uid)
  if (!to) return
  const there = all.get(to) ?? new Map<string, StoredPod>()
  there.set(uid, pod)
  all.set(to, there)
}

/** The pods on each node, kept up to date. */
export class NodeRoom {
  readonly #pods: PodsByNode = new Map()
  /** Those for which room is being made. */
  readonly #nominated: PodsByNode = new Map()
  /** Pods on nodes with a required anti-affinity to others. */
  readonly #antiAffine: PodsByNode = new Map()

  on(node: string): ReadonlyMap<string, StoredPod> {
    return this.#pods.get(node) ?? new Map()
  }

  /** What the scheduler sees on the node when it looks for a place for a pod: those nominated count if they are as important. */
  around(node: string, pod: PodInfo): PodInfo[] {
    const nominated = [...(this.#nominated.get(node)?.values() ?? [])].map(infoOf)
    return [
      ...[...this.on(node).values()].map(infoOf),
      ...nominated.filter(
        (one) => one.pod.metadata?.uid !== pod.pod.metadata?.uid && one.priority >= pod.priority,
      ),
    ]
  }

  antiAffineNodes(nodes: () => readonly Node[]): Node[] {
    if (this.#antiAffine.size === 0) return []
    return nodes().filter(({ metadata }) => this.#antiAffine.get(metadata?.name ?? '')?.size)
  }

  /** Notes a pod's new state; undefined: it is gone. */
  note(previous: StoredPod | undefined, next: StoredPod | undefined): void {
    const pod = next ?? previous
    if (!pod) return
    const { uid } = pod.metadata
    const present = next && !hasEnded(next) ? next : undefined
    const [before, now] = [previous?.spec?.nodeName, present?.spec?.nodeName]
    move(this.#pods, uid, before, now, pod)
    if (pod.spec?.affinity?.podAntiAffinity) move(this.#antiAffine, uid, before, now, pod)
    const nominated = (one: StoredPod | undefined) =>
      one && !one.spec?.nodeName ? one.status?.nominatedNodeName : undefined
    move(this.#nominated, uid, nominated(previous), nominated(present), pod)
  }
}
