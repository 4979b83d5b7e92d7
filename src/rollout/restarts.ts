import { restartFields } from '#cluster/needed.ts'
import type { CallOptions, Cluster, ListQuery } from '#cluster/port.ts'
import { type PodRow, podCells, pods } from '#cluster/resources.ts'
import { type RestartedPod, restartedPod } from '#controller/state/restarted.ts'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { isOwnedBy, ownQuery } from './own.ts'

/**
 * The DaemonSet's pods whose containers were started again, the most restarts first. They are read only where the `RESTARTS` of
 * `kubectl get pods` tells that there are any: of thousands that run well that is a twentieth of the bytes. Of an init
 * container that only a webhook has put in, and that is done, that column has forgotten them.
 */
export async function restartedPods(
  cluster: Cluster,
  daemonSet: DaemonSet,
  options: CallOptions = {},
): Promise<readonly RestartedPod[]> {
  const query = { ...options, ...ownQuery(daemonSet) }
  if (cellsTellAll(daemonSet) && (await noneRestarted(cluster, query))) return []
  const keep = (pod: Pod) => (isOwnedBy(pod, daemonSet) ? restartedPod(pod) : undefined)
  const { items } = await cluster.list(pods, { ...query, keep, fields: restartFields })
  return items.filter((pod) => pod !== undefined).sort((one, other) => other.restarts - one.restarts)
}

/** As in printPod of pkg/printers: restarts of init containers are left out as soon as these are done. */
const cellsTellAll = ({ spec }: DaemonSet) => !spec?.template?.spec?.initContainers?.length

async function noneRestarted(cluster: Cluster, query: ListQuery): Promise<boolean> {
  return (await cluster.list(podCells, { ...query, keep: neverRestarted })).items.every(Boolean)
}

/** A cell reads `3`, or `3 (5m ago)`. */
const neverRestarted = (row: PodRow): boolean =>
  row.cells ? /^0\b/.test(String(row.cells.Restarts)) : restartedPod(row) === undefined

/** Those that have been started again since they were looked at before. */
export function restartedSince(
  before: readonly RestartedPod[],
  now: readonly RestartedPod[],
): readonly RestartedPod[] {
  const known = new Map(before.map(({ uid, restarts }) => [uid, restarts]))
  return now.flatMap((pod) => {
    const more = pod.restarts - (known.get(pod.uid) ?? 0)
    return more > 0 ? [{ ...pod, restarts: more }] : []
  })
}
