import { nameOf, namespaceOf } from '#kube/names.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#kube/storage-types.ts'
import type { Node } from '#kube/types.ts'
import { nodeSelection, selectsNode } from '#placement/placement.ts'
import { parseAmount } from '../amounts.ts'
import { type NodeFilter, refusesAll } from '../filter.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Surroundings } from '../surroundings.ts'
import { isBound, type PodClaim } from './storage.ts'

type Reaches = (node: Node) => boolean

/** A claim that is bound when its first pod is placed, with the volumes that it could have, the best first. */
interface DelayedClaim {
  readonly name: string
  readonly size: number
  readonly storageClass: StorageClass
  readonly volumes: readonly { readonly volume: PersistentVolume; readonly reaches: Reaches }[]
}

/**
 * The filter VolumeBinding: claims must be there, and their volumes, those bound and those still to be, reachable from the
 * node. Undefined for a pod without claims. Storage capacity that drivers publish is not judged. Mirrors
 * volumebinding/volume_binding.go and binder.go.
 */
export function volumeBinding(pod: PodInfo, around: Surroundings): NodeFilter | undefined {
  const claims = around.storage.claimsOf(pod.pod)
  if (claims.length === 0) return undefined
  if (!around.storage.knows('persistentVolumeClaims') && claims.some(({ isMade }) => !isMade)) {
    around.missing('its PersistentVolumeClaims are not known: where their volumes are is not judged')
    return undefined
  }
  for (const claim of claims) {
    const broken = whyBroken(claim)
    if (broken !== undefined) return refusesAll(broken)
  }
  const present = claims.flatMap(({ claim, name }) => (claim ? [{ claim, name }] : []))
  const bound = present.filter(({ claim }) => isBound(claim)).flatMap(({ claim }) => boundTo(claim, around))
  const delayed: DelayedClaim[] = []
  for (const { claim, name } of present.filter((one) => !isBound(one.claim))) {
    const waiting = delayedClaim(claim, name, around)
    if (waiting === 'immediate')
      return refusesAll(
        'pod has unbound immediate PersistentVolumeClaims',
        `its PersistentVolumeClaim ${name} is not bound to a volume`,
      )
    if (waiting) delayed.push(waiting)
  }
  delayed.sort((one, other) => one.size - other.size)
  return {
    refusal(node) {
      const unreached = bound.find(({ reaches }) => !reaches(node))
      const lacking = firstLacking(delayed, node)
      if (!unreached && !lacking) return undefined
      return {
        reasons: [
          ...(unreached ? ["node(s) didn't match PersistentVolume's node affinity"] : []),
          ...(lacking ? ["node(s) didn't find available persistent volumes to bind"] : []),
        ],
        unresolvable: true,
        because: [
          ...(unreached ? [`the PersistentVolume ${unreached.name} cannot be used from the node`] : []),
          ...(lacking ? [`no PersistentVolume for its claim ${lacking.name} is available on the node`] : []),
        ],
      }
    },
  }
}

/** `podHasPVCs` */
function whyBroken({ name, claim }: PodClaim): string | undefined {
  if (!claim) return `persistentvolumeclaim "${name}" not found`
  const volume = claim.spec?.volumeName ?? ''
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volume}"`
  return claim.metadata?.deletionTimestamp ? `persistentvolumeclaim "${name}" is being deleted` : undefined
}

/** A volume that is not there is VolumeZone's to tell. */
function boundTo(claim: PersistentVolumeClaim, { storage, missing }: Surroundings) {
  const name = claim.spec?.volumeName ?? ''
  const volume = storage.volume(name)
  if (volume) return [{ name, reaches: reach(volume) }]
  if (!storage.knows('persistentVolumes'))
    missing(`the PersistentVolume ${name} is not known: whether the node can use it is not judged`)
  return []
}

function reach({ spec }: PersistentVolume): Reaches {
  const required = spec?.nodeAffinity?.required
  const selection = nodeSelection({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
  })
  return (node) => selectsNode(selection, node)
}

/** Undefined: what is needed to judge it is not known. */
function delayedClaim(
  claim: PersistentVolumeClaim,
  name: string,
  { missing, storage }: Surroundings,
): DelayedClaim | 'immediate' | undefined {
  const className = claim.spec?.storageClassName ?? ''
  const storageClass = storage.storageClass(className)
  if (!storageClass && className !== '' && !storage.knows('storageClasses')) {
    missing(`the StorageClass ${className} is not known: where the volume ${name} is created is not judged`)
    return undefined
  }
  if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer' || claim.spec?.volumeName) return 'immediate'
  if (claim.metadata)
    missing(`the claim ${name} is bound with its first pod: the others have to go where its volume is`)
  const suitable = [...storage.volumes].filter((volume) => suits(volume, claim))
  const own = suitable.find((volume) => isFor(volume, claim))
  const volumes = (own ? [own] : suitable.sort((one, other) => sizeOf(one) - sizeOf(other))).map(
    (volume) => ({ volume, reaches: reach(volume) }),
  )
  return { name, size: requested(claim), storageClass, volumes }
}

const size = (quantity: string | number | undefined) => parseAmount('storage', quantity ?? 0) ?? 0
const sizeOf = ({ spec }: PersistentVolume) => size(spec?.capacity?.storage)
const requested = ({ spec }: PersistentVolumeClaim) => size(spec?.resources?.requests?.storage)

/** Set aside for the claim by whoever made the volume: `IsVolumeBoundToClaim`. */
const isFor = ({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  spec?.claimRef?.name === nameOf(claim) && spec.claimRef.namespace === namespaceOf(claim)

/** The claim could have it, if the node reaches it: `FindMatchingVolume`. */
function suits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { accessModes, claimRef, storageClassName, volumeMode } = volume.spec ?? {}
  const wanted = claim.spec ?? {}
  if (storageClassName !== wanted.storageClassName) return false
  if ((volumeMode ?? 'Filesystem') !== (wanted.volumeMode ?? 'Filesystem')) return false
  if (sizeOf(volume) < requested(claim)) return false
  if (claimRef) return isFor(volume, claim)
  if (volume.status?.phase !== 'Available') return false
  if (!(wanted.accessModes ?? []).every((mode) => accessModes?.includes(mode))) return false
  return !wanted.selector || labelSelector(wanted.selector).matches(volume.metadata?.labels)
}

/** The first claim, smallest first, that finds no volume which none before it has taken, and for which none is made. */
function firstLacking(claims: readonly DelayedClaim[], node: Node): DelayedClaim | undefined {
  const taken = new Set<PersistentVolume>()
  return claims.find(({ storageClass, volumes }) => {
    const found = volumes.find(({ volume, reaches }) => !taken.has(volume) && reaches(node))
    if (!found) return !canBeMade(storageClass, node)
    taken.add(found.volume)
    return false
  })
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
