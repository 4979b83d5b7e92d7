import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { prepareNodes } from '#placement/placement.ts'

/** How DaemonSets of a dump are. */
export function snapshotStates(
  snapshot: ClusterSnapshot,
  daemonSets: readonly DaemonSet[],
  { now, serverVersion }: { readonly now: number; readonly serverVersion: string | undefined },
): DaemonSetState[] {
  const nodes = prepareNodes(snapshot.nodes)
  const byNamespace = new Map<string, Pod[]>()
  for (const pod of snapshot.pods) {
    const namespace = pod.metadata?.namespace ?? ''
    const there = byNamespace.get(namespace)
    if (there) there.push(pod)
    else byNamespace.set(namespace, [pod])
  }
  const { events, revisions, ...others } = snapshot
  const room = { ...others, nodes: undefined }
  const homes = new Map(others.namespaces?.map((one) => [one.metadata?.name, one]))
  return daemonSets.map((daemonSet) =>
    daemonSetState({
      daemonSet,
      pods: byNamespace.get(daemonSet.metadata?.namespace ?? '') ?? [],
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
