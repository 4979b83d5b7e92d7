import { type Json, sameJson } from '#base/json.ts'
import type { Cluster, WatchQuery } from '#cluster/port.ts'
import type { Resource } from '#cluster/resources.ts'
import type { KubeObject } from '#kube/types.ts'

/**
 * Keeps objects, by their names, up to date by a watch; of each no more than `keep` leaves, and the same one for as long as that is
 * the same. Ends with what ends the watch.
 *
 * @param told is called after each such change, and with `true` once those that were there at the start are known
 */
export async function keepUpToDate<T extends KubeObject>(
  cluster: Cluster,
  resource: Resource<T>,
  query: WatchQuery<T> & { readonly keep: (object: T) => T },
  objects: Map<string, T>,
  told: (synced: boolean) => void,
): Promise<void> {
  let synced = false
  for await (const event of cluster.watch(resource, query)) {
    if (event.type === 'SYNCED') {
      told(!synced)
      synced = true
      continue
    }
    const name = event.object.metadata?.name ?? ''
    if (event.type === 'DELETED') objects.delete(name)
    // A node tells every few minutes that it is alive.
    else if (sameJson(asJson(objects.get(name)), asJson(event.object))) continue
    else objects.set(name, event.object)
    told(false)
  }
}

const asJson = (object: KubeObject | undefined) => object as unknown as Json | undefined
