import { asAppsV1 } from '#kube/retired.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { defaultDaemonSet } from './daemon-set.ts'

/** A manifest as the API server would store it, in `namespace` where it names none. */
export function storedDaemonSet(daemonSet: DaemonSet, namespace: string): DaemonSet {
  const current = asAppsV1(daemonSet)
  const metadata = { ...current.metadata, namespace: current.metadata?.namespace || namespace }
  return defaultDaemonSet({ ...current, metadata } as unknown as JsonObject) as unknown as DaemonSet
}

/**
 * A DaemonSet of a cluster dump as a v1.36 server would read it, so that it compares with a manifest: an older server left
 * out fields that have defaults today and wrote `creationTimestamp: null`. Its status stays.
 */
export function presentDaemonSet(daemonSet: DaemonSet, namespace: string): DaemonSet {
  return { ...storedDaemonSet(daemonSet, namespace), status: daemonSet.status }
}
