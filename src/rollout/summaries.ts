import type { Cluster, ListQuery } from '#cluster/port.ts'
import { nameOf, type PodRow, podRows } from '#cluster/resources.ts'
import { restartedPod } from '#controller/state/restarted.ts'
import type { StateSummary } from '#controller/state/types.ts'
import { verdictByStatus } from '#controller/state/verdict.ts'
import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet } from '#kube/types.ts'
import { ownQuery } from './own.ts'
import { allowed, readStates, type StatesOptions } from './states.ts'

/**
 * How these DaemonSets are in short, in the order given. Where the status of one says that all is well, of its pods their rows are
 * read alone, for the restarts; the others are looked at as `readStates` does.
 *
 * @throws ApiError where pods or nodes may not be read
 */
export async function readSummaries(
  cluster: Cluster,
  daemonSets: readonly DaemonSet[],
  options: StatesOptions,
): Promise<StateSummary[]> {
  const unclear = daemonSets.filter((one) => verdictByStatus(one) === undefined)
  const clear = daemonSets.filter((one) => verdictByStatus(one) !== undefined)
  const [restarts, states] = await Promise.all([
    readRestarts(cluster, clear, options),
    unclear.length === 0 ? [] : readStates(cluster, unclear, { ...options, brief: true }),
  ])
  const told = new Map(states.map((state) => [state.daemonSet, state]))
  return daemonSets.flatMap((daemonSet): StateSummary[] => {
    const state = told.get(daemonSet)
    const verdict = verdictByStatus(daemonSet)
    if (state || !verdict) return state ? [state] : []
    const { uid = '' } = daemonSet.metadata ?? {}
    return [{ daemonSet, now: options.now, verdict, misscheduled: 0, restarts: restarts.get(uid ?? '') ?? 0 }]
  })
}

/** Restarts of all pods by the uid of their controller. */
async function readRestarts(
  cluster: Cluster,
  daemonSets: readonly DaemonSet[],
  { signal }: StatesOptions,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  const [first, ...others] = daemonSets
  if (!first) return counts
  const keep = (row: PodRow) => {
    const uid = controllerOf(row)?.uid
    const restarts = uid ? restartsOf(row) : 0
    if (uid && restarts > 0) counts.set(uid, (counts.get(uid) ?? 0) + restarts)
    // Nothing is kept of a pod.
    return undefined
  }
  const list = (query: ListQuery) => cluster.list(podRows, { ...query, signal, keep })
  const places = [...new Set(daemonSets.map((one) => nameOf(one).namespace))]
  if (others.length === 0) await list(ownQuery(first))
  else if (places.length === 1) await list({ namespace: places[0] ?? '' })
  else if (!(await allowed(list({})))) await Promise.all(places.map((namespace) => list({ namespace })))
  return counts
}

/** The cell reads `3`, or `3 (5m ago)`. */
function restartsOf(row: PodRow): number {
  if (!row.cells) return restartedPod(row)?.restarts ?? 0
  return Number.parseInt(String(row.cells.Restarts ?? '0'), 10) || 0
}
