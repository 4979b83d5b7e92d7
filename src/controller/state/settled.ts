import type { Counters } from '../daemon-set-status.ts'
import type { BareHold, StateRow } from './types.ts'

/** Nodes that need no look: each should run a pod and has one alone, which is available. */
export interface Settled {
  readonly nodes: number
  /** Those whose pod is of the revision that is rolled out. */
  readonly updated: number
  /** Of all their pods together. */
  readonly restarts: number
}

/** What there is on all nodes. */
export interface Look {
  /** Of the nodes beside those that are settled. */
  readonly rows: readonly StateRow[]
  readonly settled: Settled
  readonly counters: Counters
  readonly holds: readonly BareHold[]
}

/** Sets those nodes apart of which nothing is to be said but their number: of thousands, nearly all at any time. */
export function settledOf(rows: readonly StateRow[]): {
  readonly settled: Settled
  readonly others: readonly StateRow[]
} {
  const others: StateRow[] = []
  let [nodes, updated, restarts] = [0, 0, 0]
  for (const row of rows) {
    if (row.phase !== 'ready' || !row.shouldRun || !row.object || row.pods.length !== 1) {
      others.push(row)
      continue
    }
    nodes++
    if (row.updated) updated++
    restarts += row.restarts
  }
  return { settled: { nodes, updated, restarts }, others }
}

/** What the controller counts on all nodes, from what it counts on the others. */
export function withSettled(counters: Counters, { nodes, updated }: Settled): Counters {
  return {
    desired: counters.desired + nodes,
    current: counters.current + nodes,
    ready: counters.ready + nodes,
    updated: counters.updated + updated,
    available: counters.available + nodes,
    unavailable: counters.unavailable,
    misscheduled: counters.misscheduled,
  }
}
