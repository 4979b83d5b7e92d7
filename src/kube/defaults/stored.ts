import type { DaemonSet, JsonObject } from '../types.ts'
import { defaultDaemonSet } from './daemon-set.ts'

/** A manifest as the API server would store it, in `namespace` where it names none. */
export function storedDaemonSet(daemonSet: DaemonSet, namespace: string): DaemonSet {
  const metadata = { ...daemonSet.metadata, namespace: daemonSet.metadata?.namespace || namespace }
  return defaultDaemonSet({ ...daemonSet, metadata } as unknown as JsonObject) as unknown as DaemonSet
}
