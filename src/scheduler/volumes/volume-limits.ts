import { oncePer } from '#base/once.ts'
import { nameOf, namespaceOf } from '#kube/names.ts'
import type { Pod } from '#kube/types.ts'
import type { NodeFilter } from '../filter.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Surroundings } from '../surroundings.ts'
import type { Storage } from './storage.ts'

/**
 * The filter NodeVolumeLimits: how many volumes of a driver a node can have attached, by its CSINode. Volumes that are on the
 * node already count once. Undefined for a pod without claims. Volumes of other pods' inline sources are not counted; in-tree
 * volumes have had no limits of their own since v1.31. Mirrors nodevolumelimits/csi.go.
 */
export function volumeLimits(pod: PodInfo, { storage, missing }: Surroundings): NodeFilter | undefined {
  const wanted = csiVolumes(pod.pod, storage)
  if (wanted.size === 0) return undefined
  if (!storage.knows('csiNodes')) {
    missing('CSINodes are not known: limits of volumes are not judged')
    return undefined
  }
  const volumesOf = oncePer((other: Pod) => csiVolumes(other, storage))
  return {
    refusal(node, pods) {
      const drivers = storage.csiNode(nameOf(node))?.spec?.drivers ?? []
      for (const { name: driver, allocatable } of drivers) {
        const most = allocatable?.count
        if (typeof most !== 'number') continue
        const there = new Set(pods.flatMap(({ pod: other }) => ofDriver(volumesOf(other), driver)))
        const more = ofDriver(wanted, driver).filter((volume) => !there.has(volume)).length
        if (more === 0 || there.size + more <= most) continue
        return {
          reasons: ['node(s) exceed max volume count'],
          unresolvable: false,
          because: [`the node can have ${most} volumes of ${driver} attached, and has ${there.size}`],
        }
      }
      return undefined
    },
  }
}

const ofDriver = (volumes: ReadonlyMap<string, string>, driver: unknown): string[] =>
  [...volumes].filter(([, of]) => of === driver).map(([volume]) => volume)

/** What identifies a pod's volumes, with their drivers. */
function csiVolumes({ metadata, spec }: Pod, storage: Storage): ReadonlyMap<string, string> {
  const volumes = new Map<string, string>()
  for (const { name, claim } of storage.claimsOf({ metadata, spec })) {
    const volume = storage.volume(claim?.spec?.volumeName ?? '')
    const { driver, volumeHandle } = volume
      ? { ...volume.spec?.csi }
      : {
          driver: storage.storageClass(claim?.spec?.storageClassName ?? '')?.provisioner,
          volumeHandle: `${namespaceOf({ metadata })}/${name}`,
        }
    if (driver) volumes.set(`${driver}/${volumeHandle}`, driver)
  }
  return volumes
}
