import { listOf } from '#kube/read.ts'
import type { JobFacts } from './facts.ts'
import { matchFailurePolicy } from './failure-policy.ts'
import { formatIndexes } from './indexes.ts'
import { indexOf, isFailed, isTracked } from './pods.ts'
import { conditionOf, isIndexed, type JobCondition, type JobPod, type JobStatus } from './types.ts'
import type { Verdict } from './verdict.ts'

/** Names in a status at a time. */
const mostUncounted = 500

/** How a sync leaves the status: first with the pods that are about to be counted, then with them counted. */
interface Tracked {
  readonly interim: JobStatus
  /** Pods whose finalizer goes between the two. */
  readonly untrack: readonly JobPod[]
  readonly status: JobStatus
  /** The Job has ended, by this. */
  readonly ended: JobCondition | undefined
}

/** A moment as a status writes it. */
export const timestampOf = (milliseconds: number): string =>
  `${new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19)}Z`

/** A condition that begins now. */
export function newCondition({ type, reason, message }: Verdict, now: number, status = 'True'): JobCondition {
  const time = timestampOf(now)
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message }
}

function mayUntrack(facts: JobFacts, pod: JobPod, verdict: Verdict | undefined): boolean {
  const { job, waiting } = facts
  if (job.metadata.deletionTimestamp || verdict || pod.status?.phase === 'Succeeded') return true
  if (!isFailed(pod, job)) return false
  const index = indexOf(pod, job)
  return index === undefined || waiting.get(index)?.metadata.uid !== pod.metadata.uid
}

interface Uncounted {
  readonly succeeded: string[]
  readonly failed: string[]
}

/** Notes a pod's end in the lists that the status carries until its finalizer is gone. */
function note(facts: JobFacts, pod: JobPod, verdict: Verdict | undefined, uncounted: Uncounted): void {
  const { job } = facts
  const { uid } = pod.metadata
  const indexed = isIndexed(job)
  if (pod.status?.phase === 'Succeeded' && !uncounted.failed.includes(uid)) {
    // An index is enough to know it by.
    if (!indexed && !uncounted.succeeded.includes(uid)) uncounted.succeeded.push(uid)
    return
  }
  const lost = isFailed(pod, job) || (verdict && verdict.type !== 'SuccessCriteriaMet')
  if (!lost || uncounted.failed.includes(uid) || (indexed && indexOf(pod, job) === undefined)) return
  if (matchFailurePolicy(job, pod).counts) uncounted.failed.push(uid)
}

/** Moves what no longer has its finalizer from the lists to the counters. */
function counted(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const lists = status.uncountedTerminatedPods
  const split = (uids: readonly string[] | undefined) => {
    const left = listOf(uids).filter((uid) => tracked.has(uid))
    return { left, gone: listOf(uids).length - left.length }
  }
  const succeeded = split(lists?.succeeded)
  const failed = split(lists?.failed)
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.gone,
    failed: (status.failed ?? 0) + failed.gone,
    uncountedTerminatedPods: {
      ...(succeeded.left.length > 0 ? { succeeded: succeeded.left } : {}),
      ...(failed.left.length > 0 ? { failed: failed.left } : {}),
    },
  }
}

/** Fields that Go leaves out when they are zero. */
function tidy(status: JobStatus): JobStatus {
  const empty = Object.entries(status).filter(
    ([name, value]) =>
      (['active', 'succeeded', 'failed'].includes(name) && value === 0) ||
      (name === 'completedIndexes' && value === '') ||
      (name === 'conditions' && listOf(value as readonly unknown[]).length === 0),
  )
  return Object.fromEntries(
    Object.entries(status).filter((entry) => !empty.some(([name]) => name === entry[0])),
  )
}

function withIndexes(facts: JobFacts, status: JobStatus): JobStatus {
  if (!isIndexed(facts.job)) return status
  return {
    ...status,
    succeeded: facts.succeededIndexes.size,
    completedIndexes: formatIndexes(facts.succeededIndexes),
    ...(facts.failedIndexes ? { failedIndexes: formatIndexes(facts.failedIndexes) } : {}),
  }
}

/**
 * `trackJobStatusAndRemoveFinalizers`: counts the pods that have ended, each once, and ends the Job when none is left to count
 * and none on its way out.
 *
 * @param status the Job's, with what the sync has found out so far
 */
export function track(facts: JobFacts, status: JobStatus, verdict: Verdict | undefined): Tracked {
  const { job, now } = facts
  const pods = isIndexed(job)
    ? facts.pods.toSorted((a, b) => (indexOf(a, job) ?? -1) - (indexOf(b, job) ?? -1))
    : facts.pods
  const tracked = new Set(pods.filter(isTracked).map((pod) => pod.metadata.uid))
  const before = counted(status, tracked)
  const uncounted: Uncounted = {
    succeeded: [...listOf(before.uncountedTerminatedPods?.succeeded)],
    failed: [...listOf(before.uncountedTerminatedPods?.failed)],
  }
  const untrack: JobPod[] = []
  for (const pod of pods) {
    if (!isTracked(pod) || !mayUntrack(facts, pod, verdict)) continue
    untrack.push(pod)
    note(facts, pod, verdict, uncounted)
    if (uncounted.succeeded.length + uncounted.failed.length >= mostUncounted) break
  }
  const full = uncounted.succeeded.length + uncounted.failed.length >= mostUncounted
  const early = verdict && verdict.type !== 'Failed' && !conditionOf(status, verdict.type)
  const interim: JobStatus = {
    ...withIndexes(facts, before),
    conditions: [...listOf(status.conditions), ...(early ? [newCondition(verdict, now)] : [])],
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length > 0 ? { succeeded: uncounted.succeeded } : {}),
      ...(uncounted.failed.length > 0 ? { failed: uncounted.failed } : {}),
    },
  }
  for (const pod of untrack) tracked.delete(pod.metadata.uid)
  const after = withIndexes(facts, counted(interim, tracked))
  const left =
    listOf(after.uncountedTerminatedPods?.succeeded).length +
    listOf(after.uncountedTerminatedPods?.failed).length
  const over = verdict && !full && left === 0 && (status.terminating ?? 0) === 0
  const ended = over
    ? newCondition({ ...verdict, type: verdict.type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed' }, now)
    : undefined
  return {
    interim: tidy(interim),
    untrack,
    ended,
    status: tidy({
      ...after,
      ...(ended ? { conditions: [...listOf(after.conditions), ended] } : {}),
      ...(ended?.type === 'Complete' ? { completionTime: ended.lastTransitionTime } : {}),
    }),
  }
}
