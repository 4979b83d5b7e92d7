import type { DaemonSet } from '#kube/types.ts'
import { ApiError } from './api-error.ts'
import type { Cluster, ObjectName } from './port.ts'
import { daemonSets } from './resources.ts'

/** The DaemonSet as it is in the cluster, or undefined where there is none of that name. */
export async function found(
  cluster: Cluster,
  name: ObjectName,
  signal: AbortSignal | undefined,
): Promise<DaemonSet | undefined> {
  try {
    return await cluster.get(daemonSets, name, { signal })
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}
