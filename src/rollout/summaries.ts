import { ifReadable } from '#cluster/found.ts'
import type { Cluster, ListQuery } from '#cluster/port.ts'
import { nameOf, type PodRow, podRows } from '#cluster/resources.ts'
import { restartedPod } from '#controller/state/restarted.ts'
import type { StateSummary } from '#controller/state/types.ts'
import { verdictByStatus } from '#controller/state/verdict.ts'
import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet } from '#kube/types.ts'
import { ownQuery } from './own.ts'
import { readStates, type StatesOptions } from './states.ts'

/**
 * How these DaemonSets are in short, in the order given. Where the status of one says that all is well, of its pods their rows are
 * read alone, for the restarts; the others are looked at as `readStates` does.
 *
 * @throws ApiError where pods may not be read
 */
export async function readSummaries(
  cluster: Cluster,
  daemonSets: readonly DaemonSet[],
  options: StatesOptions,
): Promise<StateSummary[]> {
  const verdicts = new Map(daemonSets.map((one) => [one, verdictByStatus(one)]))
  const clear = daemonSets.filter((one) => verdicts.get(one))
  const unclear = daemonSets.filter((one) => !verdicts.get(one))
  const [restarts, states] = await Promise.all([
    readRestarts(cluster, clear, options),
    unclear.length === 0 ? [] : readStates(cluster, unclear, { ...options, brief: true, withoutNodes: true }),
  ])
  const told = new Map<DaemonSet, StateSummary>(states.map((state) => [state.daemonSet, state]))
  return daemonSets.flatMap((daemonSet): StateSummary[] => {
    const verdict = verdicts.get(daemonSet)
    const state = told.get(daemonSet)
    if (!verdict) return state ? [state] : []
    const uid = daemonSet.metadata?.uid ?? ''
    return [{ daemonSet, now: options.now, verdict, misscheduled: 0, restarts: restarts.get(uid) ?? 0 }]
  })
}

/** Restarts of all pods by the uid of their controller. */
async function readRestarts(
  cluster: Cluster,
  daemonSets: readonly DaemonSet[],
  { signal }: StatesOptions,
): Promise<ReadonlyMap<string, number>> {
  const list = async (query: ListQuery) =>
    (await cluster.list(podRows, { ...query, signal, keep: restartsOf })).items
  const [first, ...others] = daemonSets
  const counts = new Map<string, number>()
  if (!first) return counts
  const places = [...new Set(daemonSets.map((one) => nameOf(one).namespace))]
  const inEach = async () => (await Promise.all(places.map((namespace) => list({ namespace })))).flat()
  const rows =
    others.length === 0
      ? await list(ownQuery(first))
      : ((places.length > 1 ? await ifReadable(list({})) : undefined) ?? (await inEach()))
  for (const row of rows) if (row) counts.set(row.uid, (counts.get(row.uid) ?? 0) + row.restarts)
  return counts
}

/** Nothing of a pod that never restarted. A cell reads `3`, or `3 (5m ago)`. */
function restartsOf(row: PodRow): { readonly uid: string; readonly restarts: number } | undefined {
  const uid = controllerOf(row)?.uid
  const restarts = row.cells
    ? Number.parseInt(String(row.cells.Restarts ?? '0'), 10) || 0
    : (restartedPod(row)?.restarts ?? 0)
  return uid && restarts > 0 ? { uid, restarts } : undefined
}
