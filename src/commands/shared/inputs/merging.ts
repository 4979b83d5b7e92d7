import type { Context } from '#cli/context.ts'
import { hidesEnvironment } from '#cluster/snapshot/hidden-mark.ts'
import type { DaemonSet } from '#kube/types.ts'
import { merged } from '#planning/merged.ts'
import type { ToPlan } from '#planning/plan.ts'
import { warn } from './context.ts'
import type { CheckedDaemonSet } from './manifests.ts'

/** How manifests are made to compare with the DaemonSets of a snapshot: without the values that are hidden there. */
export async function asInSnapshot(
  snapshot: readonly DaemonSet[],
  namespace: string,
): Promise<<T extends DaemonSet>(manifest: T) => T> {
  if (!hidesEnvironment(snapshot)) return (manifest) => manifest
  const { hiddenDaemonSet } = await import('../../bundles/snapshot.ts')
  return (manifest) => hiddenDaemonSet(manifest, namespace) as typeof manifest
}

/**
 * The manifests as {@link merged} has them among the DaemonSets that are there, live or in a snapshot. What is found on the way
 * goes to stderr, too.
 */
export async function mergedAll(
  checked: readonly CheckedDaemonSet[],
  present: readonly DaemonSet[],
  namespace: string,
  context: Context,
): Promise<readonly ToPlan[]> {
  const hidden = await asInSnapshot(present, namespace)
  return checked.map(({ findings, loaded: { locate, value } }) => {
    const one = merged({ value: hidden(value), findings, locate }, present, namespace)
    warn(one.findings.slice(findings.length), context)
    return one
  })
}
