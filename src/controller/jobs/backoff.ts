import { finishedAt } from './pods.ts'
import type { JobPod } from './types.ts'

const firstDelay = 10_000
const longestDelay = 600_000

/** How many pods failed in a row, and when the last of them did (milliseconds). */
export interface FailureRecord {
  readonly failures: number
  readonly lastFailure: number
}

export const noFailures: FailureRecord = { failures: 0, lastFailure: 0 }

/** The record with pods that ended since: a success ends a row of failures (`newBackoffRecord` of backoff_utils.go). */
export function withEnded(
  record: FailureRecord,
  succeeded: readonly JobPod[],
  failed: readonly JobPod[],
): FailureRecord {
  if (succeeded.length + failed.length === 0) return record
  const lastSuccess = Math.max(Number.NEGATIVE_INFINITY, ...succeeded.map(finishedAt))
  const since = failed.map(finishedAt).filter((time) => time > lastSuccess)
  const before = succeeded.length > 0 ? noFailures : record
  return since.length === 0
    ? before
    : { failures: before.failures + since.length, lastFailure: Math.max(...since) }
}

/** Milliseconds until the next pod may be made: 10 s after the first failure, doubled with each, 10 minutes at most. */
export function remainingDelay({ failures, lastFailure }: FailureRecord, now: number): number {
  if (failures === 0) return 0
  return Math.max(0, lastFailure + Math.min(firstDelay * 2 ** (failures - 1), longestDelay) - now)
}
