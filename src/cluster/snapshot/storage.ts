import type { StorageObjects } from '#kube/storage-types.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import { ifReadable } from '../found.ts'
import type { Cluster } from '../port.ts'
import {
  csiNodes,
  persistentVolumeClaims,
  persistentVolumes,
  type Resource,
  storageClasses,
} from '../resources.ts'

/** Does the template have volumes that bind its pods to nodes, or that nodes have only so many of? */
export const usesStorage = ({ spec }: DaemonSet): boolean =>
  (spec?.template?.spec?.volumes ?? []).some(
    (volume) =>
      volume?.persistentVolumeClaim ||
      volume?.ephemeral ||
      volume?.gcePersistentDisk ||
      volume?.awsElasticBlockStore ||
      volume?.iscsi ||
      volume?.rbd,
  )

/** Those of a cluster; a kind that may not be read is not known. */
export async function readStorage(cluster: Cluster, signal: AbortSignal): Promise<StorageObjects> {
  const all = async <T extends KubeObject>(resource: Resource<T>): Promise<readonly T[] | undefined> =>
    (await ifReadable(cluster.list(resource, { signal })))?.items
  const [claims, volumes, classes, nodes] = await Promise.all([
    all(persistentVolumeClaims),
    all(persistentVolumes),
    all(storageClasses),
    all(csiNodes),
  ])
  return {
    persistentVolumeClaims: claims,
    persistentVolumes: volumes,
    storageClasses: classes,
    csiNodes: nodes,
  }
}
