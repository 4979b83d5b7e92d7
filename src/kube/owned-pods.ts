import { addTo } from '#base/grouped.ts'
import { oncePer } from '#base/once.ts'
import { controllerOf } from './owners.ts'
import type { KubeObject, Pod } from './types.ts'

interface Owned {
  /** Places in the list, by namespace and the controller's uid; '' stands for none. */
  readonly places: ReadonlyMap<string, readonly number[]>
  /** The uid of a DaemonSet as its first pod tells it, by its namespace and name. */
  readonly uids: ReadonlyMap<string, string | undefined>
}

const keyOf = (namespace: string | null | undefined, of: string | null | undefined) =>
  `${namespace ?? ''}/${of ?? ''}`

const ownedOf = oncePer((pods: readonly Pod[]): Owned => {
  const places = new Map<string, number[]>()
  const uids = new Map<string, string | undefined>()
  for (const [at, pod] of pods.entries()) {
    const owner = controllerOf(pod)
    const namespace = pod.metadata?.namespace
    if (owner?.kind === 'DaemonSet' && owner.name) {
      const name = keyOf(namespace, owner.name)
      if (!uids.has(name)) uids.set(name, owner.uid ?? undefined)
    }
    if (owner && !owner.uid) continue
    addTo(places, keyOf(namespace, owner?.uid), at)
  }
  return { places, uids }
})

const placesOf = ({ metadata }: KubeObject, pods: readonly Pod[], uid: string | null | undefined) =>
  ownedOf(pods).places.get(keyOf(metadata?.namespace, uid)) ?? []

/** Those that the owner controls, in the list's order. */
export const podsOf = (owner: KubeObject, pods: readonly Pod[]): readonly Pod[] =>
  owner.metadata?.uid ? placesOf(owner, pods, owner.metadata.uid).flatMap((at) => pods[at] ?? []) : []

/** Those that a controller looks at when it looks for its own: `podsOf`, and those of its namespace that nobody controls. */
export function podsToClaim(owner: KubeObject, pods: readonly Pod[]): readonly Pod[] {
  const orphans = placesOf(owner, pods, '')
  if (orphans.length === 0) return podsOf(owner, pods)
  const own = owner.metadata?.uid ? placesOf(owner, pods, owner.metadata.uid) : []
  return [...own, ...orphans].sort((a, b) => a - b).flatMap((at) => pods[at] ?? [])
}

/** The uid of a DaemonSet that a dump may lack, as its pods tell it: that of the first one. */
export const uidByPods = ({ metadata }: KubeObject, pods: readonly Pod[]): string | undefined =>
  ownedOf(pods).uids.get(keyOf(metadata?.namespace, metadata?.name))
