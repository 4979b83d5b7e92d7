import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import type { DaemonSet } from '#kube/types.ts'

/** How DaemonSets of a dump are. */
export function snapshotStates(
  snapshot: ClusterSnapshot,
  daemonSets: readonly DaemonSet[],
  { now, serverVersion }: { readonly now: number; readonly serverVersion: string | undefined },
): DaemonSetState[] {
  const { events, nodes, revisions, ...others } = snapshot
  const room = { ...others, nodes: undefined }
  const homes = new Map(others.namespaces?.map((one) => [one.metadata?.name, one]))
  return daemonSets.map((daemonSet) =>
    daemonSetState({
      daemonSet,
      pods: snapshot.pods,
      nodes,
      revisions,
      events,
      namespace: homes.get(daemonSet.metadata?.namespace),
      room,
      serverVersion,
      now,
    }),
  )
}
