import { compareText } from '#base/compare.ts'
import { daemonPodOf, hashLabel } from '#controller/daemon-pod.ts'
import { type RevisionStanding, revisionStandings } from '#controller/revision-standing.ts'
import { controllerOf, ownerText } from '#kube/owners.ts'
import type { Pod, PodTemplate } from '#kube/types.ts'
import { changeCauseAnnotation } from '#rollout/own.ts'
import type { RevisionRow } from '#views/revisions/row.ts'
import type { Inventory } from './inventory.ts'

/** `daemonset.apps/agent`, as kubectl's column says it. */
/** Pods by their owner and the hash that they carry. */
function podCounts(pods: readonly Pod[]): Map<string, { ready: number; total: number }> {
  const counts = new Map<string, { ready: number; total: number }>()
  for (const pod of pods) {
    const { hash, ready } = daemonPodOf(pod)
    const key = `${controllerOf(pod)?.uid} ${hash}`
    const { ready: before, total } = counts.get(key) ?? { ready: 0, total: 0 }
    counts.set(key, { ready: before + (ready ? 1 : 0), total: total + 1 })
  }
  return counts
}

const byteLength = (text: string) => new TextEncoder().encode(text).length

/** All revisions of the inventory as rows, by namespace, controller and number. */
export function rowsOf(inventory: Inventory): readonly RevisionRow[] {
  const { revisions, daemonSets, pods } = inventory
  const counts = pods && podCounts(pods)
  const standings: readonly RevisionStanding[] = daemonSets
    ? revisionStandings({ revisions, daemonSets, pods })
    : revisions.map((object) => ({
        object,
        standing: controllerOf(object) ? ('foreign' as const) : ('orphan' as const),
        owner: controllerOf(object),
        daemonSet: undefined,
      }))
  const rows = standings.map(({ daemonSet, object, owner, standing }): RevisionRow => {
    const { annotations, creationTimestamp, labels, name, namespace } = object.metadata ?? {}
    const data = object.data as { readonly spec?: { readonly template?: PodTemplate } } | null | undefined
    const { $patch: _, ...template } = (data?.spec?.template ?? {}) as PodTemplate & {
      readonly $patch?: string
    }
    const hash = labels?.[hashLabel] ?? ''
    // A StatefulSet's pods carry the name of the revision.
    const found = counts?.get(`${owner?.uid} ${hash}`) ?? counts?.get(`${owner?.uid} ${name}`)
    return {
      namespace: namespace ?? '',
      name: name ?? '',
      controller: ownerText(owner),
      revision: object.revision ?? 0,
      createdAt: creationTimestamp ?? '',
      hash,
      images: (template.spec?.containers ?? []).map(({ image }) => image ?? ''),
      changeCause: annotations?.[changeCauseAnnotation] ?? '',
      size: byteLength(JSON.stringify(object.data ?? null)),
      pods: counts && (found ?? { ready: 0, total: 0 }),
      standing,
      daemonSet: daemonSet?.metadata?.name ?? undefined,
      labels: labels ?? {},
      annotations: annotations ?? {},
      template,
    }
  })
  return rows.toSorted(
    (a, b) =>
      compareText(a.namespace, b.namespace) ||
      compareText(a.daemonSet ?? a.controller, b.daemonSet ?? b.controller) ||
      a.revision - b.revision ||
      compareText(a.name, b.name),
  )
}
