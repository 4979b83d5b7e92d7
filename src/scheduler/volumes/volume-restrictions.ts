import { nameOf } from '#kube/names.ts'
import type { Volume } from '#kube/types.ts'
import { type NodeFilter, refusesAll } from '../filter.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Surroundings } from '../surroundings.ts'

/**
 * The filter VolumeRestrictions: disks that only one pod of a node may mount for writing, and claims that only one pod of the
 * cluster may use. Undefined for a pod with neither. Mirrors volumerestrictions/volume_restrictions.go.
 */
export function volumeRestrictions(pod: PodInfo, around: Surroundings): NodeFilter | undefined {
  const disks = (pod.pod.spec?.volumes ?? []).filter((volume) => volume && isDisk(volume))
  const claims = around.storage.claimsOf(pod.pod).filter(({ isMade }) => !isMade)
  const missing = around.storage.knows('persistentVolumeClaims') && claims.find(({ claim }) => !claim)
  if (missing) return refusesAll(`persistentvolumeclaim "${missing.name}" not found`)
  const alone = claims
    .filter(({ claim }) => claim?.spec?.accessModes?.includes('ReadWriteOncePod'))
    .map(({ name }) => name)
  if (disks.length === 0 && alone.length === 0) return undefined
  const usesAlone = (other: PodInfo) =>
    other.namespace === pod.namespace &&
    (other.pod.spec?.volumes ?? []).some((volume) =>
      alone.includes(volume?.persistentVolumeClaim?.claimName ?? ''),
    )
  const users = alone.length === 0 ? undefined : new Users(usesAlone, around)
  const conflicts = (other: PodInfo) =>
    (other.pod.spec?.volumes ?? []).some((held) => disks.some((wanted) => held && conflict(wanted, held)))
  return {
    refusal(node, pods) {
      if (pods.some(conflicts))
        return {
          reasons: ['node(s) had no available disk'],
          unresolvable: false,
          because: ['its disk is in use by another pod of the node'],
        }
      if (!users || users.count(nameOf(node), pods) === 0) return undefined
      return {
        reasons: [
          'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
        ],
        unresolvable: false,
        because: [`its claim ${alone.join(', ')} may be used by one pod only (ReadWriteOncePod), and is`],
      }
    },
    ...(users && { changed: (node) => users.changed(nameOf(node)) }),
  }
}

/** How many pods of the cluster pass a test. */
class Users {
  readonly #uses: (pod: PodInfo) => boolean
  readonly #around: Surroundings
  readonly #byNode = new Map<string, number>()
  #sum = 0

  constructor(uses: (pod: PodInfo) => boolean, around: Surroundings) {
    this.#uses = uses
    this.#around = around
    for (const node of around.nodes) this.changed(nameOf(node))
  }

  /** If these pods were on the node. */
  count(node: string, pods: readonly PodInfo[]): number {
    return this.#sum - (this.#byNode.get(node) ?? 0) + pods.filter(this.#uses).length
  }

  changed(node: string): void {
    const count = this.#around.podsOn(node).filter(this.#uses).length
    this.#sum += count - (this.#byNode.get(node) ?? 0)
    this.#byNode.set(node, count)
  }
}

const isDisk = ({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: Volume) =>
  Boolean(gcePersistentDisk || awsElasticBlockStore || iscsi || rbd)

function conflict(one: Volume, other: Volume): boolean {
  const bothRead = (a: { readonly readOnly?: unknown }, b: { readonly readOnly?: unknown }) =>
    a.readOnly === true && b.readOnly === true
  const [gce, gce2] = [one.gcePersistentDisk, other.gcePersistentDisk]
  if (gce && gce2 && gce.pdName === gce2.pdName && !bothRead(gce, gce2)) return true
  const [ebs, ebs2] = [one.awsElasticBlockStore, other.awsElasticBlockStore]
  if (ebs && ebs2 && ebs.volumeID === ebs2.volumeID) return true
  const [iscsi, iscsi2] = [one.iscsi, other.iscsi]
  if (iscsi && iscsi2 && iscsi.iqn === iscsi2.iqn && !bothRead(iscsi, iscsi2)) return true
  const [rbd, rbd2] = [one.rbd, other.rbd]
  if (!rbd || !rbd2 || bothRead(rbd, rbd2)) return false
  const pool = (volume: typeof rbd) => volume.pool ?? 'rbd'
  const sharesMonitor = rbd.monitors?.some((monitor) => rbd2.monitors?.includes(monitor)) ?? false
  return sharesMonitor && pool(rbd) === pool(rbd2) && rbd.image === rbd2.image
}
