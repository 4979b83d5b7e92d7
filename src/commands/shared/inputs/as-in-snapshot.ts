import { hidesEnvironment } from '#cluster/snapshot/hidden-mark.ts'
import type { DaemonSet } from '#kube/types.ts'

/** How manifests are made to compare with the DaemonSets of a snapshot: without the values that are hidden there. */
export async function asInSnapshot(
  snapshot: readonly DaemonSet[],
  namespace: string,
): Promise<<T extends DaemonSet>(manifest: T) => T> {
  if (!hidesEnvironment(snapshot)) return (manifest) => manifest
  const { hiddenDaemonSet } = await import('../../bundles/snapshot.ts')
  return (manifest) => hiddenDaemonSet(manifest, namespace) as typeof manifest
}
