import { nameOf, namespaceOf } from '#kube/names.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#kube/storage-types.ts'
import type { Node } from '#kube/types.ts'
import { nodeSelection, selectsNode } from '#placement/placement.ts'
import { parseAmount } from '../amounts.ts'
import type { NodeFilter, Refusal } from '../filter.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Surroundings } from '../surroundings.ts'
import { isBound, type PodClaim } from './storage.ts'

type NodeTest = (node: Node) => Refusal | undefined

const refused = (reason: string, because = reason): Refusal => ({
  reasons: [reason],
  unresolvable: true,
  because: [because],
})
const always =
  (refusal: Refusal): NodeTest =>
  () =>
    refusal

/**
 * The filter VolumeBinding: claims must be there, and their volumes, those bound and those still to be, reachable from the
 * node. Undefined for a pod without claims. Storage capacity that drivers publish is not judged. Mirrors
 * volumebinding/binder.go.
 */
export function volumeBinding(pod: PodInfo, around: Surroundings): NodeFilter | undefined {
  const claims = around.storage.claimsOf(pod.pod)
  if (claims.length === 0) return undefined
  if (!around.storage.knows('persistentVolumeClaims') && claims.some(({ made }) => !made)) {
    around.missing('its PersistentVolumeClaims are not known: where their volumes are is not judged')
    return undefined
  }
  const tests = claims.flatMap((claim) => testOf(claim, around) ?? [])
  return {
    refusal(node) {
      for (const test of tests) {
        const refusal = test(node)
        if (refusal) return refusal
      }
      return undefined
    },
  }
}

function testOf({ name, claim, made }: PodClaim, around: Surroundings): NodeTest | undefined {
  if (!claim) {
    if (!made) return always(refused(`persistentvolumeclaim "${name}" not found`))
    return unbound({ spec: { storageClassName: made.storageClass } }, `of ${name}`, around)
  }
  const volume = claim.spec?.volumeName ?? ''
  if (claim.status?.phase === 'Lost')
    return always(
      refused(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volume}"`),
    )
  if (claim.metadata?.deletionTimestamp)
    return always(refused(`persistentvolumeclaim "${name}" is being deleted`))
  return isBound(claim) ? bound(volume, around) : unbound(claim, name, around)
}

function bound(name: string, around: Surroundings): NodeTest | undefined {
  const volume = around.storage.volume(name)
  if (!volume) {
    if (around.storage.knows('persistentVolumes'))
      return always(
        refused(
          'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
          `its claim is bound to the PersistentVolume ${name}, which is not there`,
        ),
      )
    around.missing(`the PersistentVolume ${name} is not known: whether the node can use it is not judged`)
    return undefined
  }
  const reaches = reach(volume)
  const refusal = refused(
    "node(s) didn't match PersistentVolume's node affinity",
    `the PersistentVolume ${name} cannot be used from the node`,
  )
  return (node) => (reaches(node) ? undefined : refusal)
}

function reach({ spec }: PersistentVolume): (node: Node) => boolean {
  const required = spec?.nodeAffinity?.required
  const selection = nodeSelection({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
  })
  return (node) => selectsNode(selection, node)
}

/** Bound when its first pod is placed, or before any is. */
function unbound(claim: PersistentVolumeClaim, name: string, around: Surroundings): NodeTest | undefined {
  const { storage } = around
  const className = claim.spec?.storageClassName ?? ''
  const storageClass = storage.storageClass(className)
  if (className !== '' && !storageClass) {
    around.missing(
      `the StorageClass ${className} is not known: where the volume ${name} is created is not judged`,
    )
    return undefined
  }
  if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer' || claim.spec?.volumeName)
    return always(
      refused(
        'pod has unbound immediate PersistentVolumeClaims',
        `its PersistentVolumeClaim ${name} is not bound to a volume`,
      ),
    )
  if (claim.metadata)
    around.missing(`the claim ${name} is bound with its first pod: the others have to go where its volume is`)
  const fitting = [...storage.volumes].filter((volume) => suits(volume, claim)).map((volume) => reach(volume))
  const refusal = refused(
    "node(s) didn't find available persistent volumes to bind",
    `no PersistentVolume for its claim ${name} is available on the node`,
  )
  return (node) =>
    fitting.some((reaches) => reaches(node)) || canBeMade(storageClass, node) ? undefined : refusal
}

/** An available volume that the claim could have: `FindMatchingVolume`. */
function suits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { accessModes, capacity, claimRef, storageClassName, volumeMode } = volume.spec ?? {}
  const wanted = claim.spec ?? {}
  const isForIt = claimRef?.name === nameOf(claim) && claimRef.namespace === namespaceOf(claim)
  if (claimRef ? !isForIt : volume.status?.phase !== 'Available') return false
  if (storageClassName !== wanted.storageClassName) return false
  if ((volumeMode ?? 'Filesystem') !== (wanted.volumeMode ?? 'Filesystem')) return false
  if (!(wanted.accessModes ?? []).every((mode) => accessModes?.includes(mode))) return false
  const size = (quantity: string | number | undefined) => parseAmount('storage', quantity ?? 0) ?? 0
  if (size(capacity?.storage) < size(wanted.resources?.requests?.storage)) return false
  return !wanted.selector || labelSelector(wanted.selector).matches(volume.metadata?.labels)
}

function canBeMade({ provisioner, allowedTopologies }: StorageClass, node: Node): boolean {
  if (!provisioner || provisioner === 'kubernetes.io/no-provisioner') return false
  if (!allowedTopologies?.length) return true
  return allowedTopologies.some((term) =>
    (term?.matchLabelExpressions ?? []).every(({ key, values }) =>
      values?.includes(node.metadata?.labels?.[key ?? ''] ?? ''),
    ),
  )
}
