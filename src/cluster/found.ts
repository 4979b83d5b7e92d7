import type { DaemonSet } from '#kube/types.ts'
import { ApiError } from './api-error.ts'
import type { Cluster, ObjectName } from './port.ts'
import { daemonSets } from './resources.ts'

/** Answers of a server that has no such thing, or lets one not read it. */
const missing = [403, 404]

/**
 * What a read answers; undefined where the server refuses it with one of these HTTP codes, by default what is not there and
 * what may not be read. @throws ApiError for every other failure
 */
export async function ifReadable<T>(
  reading: Promise<T>,
  refusals: readonly number[] = missing,
): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof ApiError && refusals.includes(error.status)) return undefined
    throw error
  }
}

/** The DaemonSet as it is in the cluster, or undefined where there is none of that name. */
export const found = (
  cluster: Cluster,
  name: ObjectName,
  signal?: AbortSignal | undefined,
): Promise<DaemonSet | undefined> => ifReadable(cluster.get(daemonSets, name, { signal }), [404])
