import { restartFields } from '#cluster/needed.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { pods } from '#cluster/resources.ts'
import { type RestartedPod, restartedPod } from '#controller/state/restarted.ts'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { isOwnedBy, ownQuery } from './own.ts'

/** The DaemonSet's pods whose containers were started again, the most restarts first. */
export async function restartedPods(
  cluster: Cluster,
  daemonSet: DaemonSet,
  options: CallOptions = {},
): Promise<readonly RestartedPod[]> {
  const keep = (pod: Pod) => (isOwnedBy(pod, daemonSet) ? restartedPod(pod) : undefined)
  const { items } = await cluster.list(pods, {
    ...options,
    ...ownQuery(daemonSet),
    keep,
    fields: restartFields,
  })
  return items.filter((pod) => pod !== undefined).sort((one, other) => other.restarts - one.restarts)
}

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
