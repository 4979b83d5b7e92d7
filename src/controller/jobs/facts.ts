import { listOf } from '#kube/read.ts'
import { matchFailurePolicy } from './failure-policy.ts'
import { parseIndexes } from './indexes.ts'
import { indexOf, isActive, isFailed, isReady, isTerminating, isTracked } from './pods.ts'
import { isIndexed, type Job, type JobPod } from './types.ts'

const failureCount = 'batch.kubernetes.io/job-index-failure-count'
const ignoredFailureCount = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** What one sync of a Job goes by (`syncJobCtx`). */
export interface JobFacts {
  readonly job: Job
  /** Milliseconds. */
  readonly now: number
  readonly pods: readonly JobPod[]
  readonly active: readonly JobPod[]
  readonly ready: number
  readonly terminating: number
  /** Ended since the last sync, and not in the status yet. */
  readonly newSucceeded: readonly JobPod[]
  readonly newFailed: readonly JobPod[]
  /** All that ended so, those in the status among them; indexes where the Job is Indexed. */
  readonly succeeded: number
  readonly failed: number
  /** Of an Indexed Job: those that the status names, and with what ended since. */
  readonly countedIndexes: ReadonlySet<number>
  readonly succeededIndexes: ReadonlySet<number>
  /** Of a Job with backoffLimitPerIndex. */
  readonly failedIndexes: ReadonlySet<number> | undefined
  /** The failed pod of an index that waits for its successor, which is to know how often the index failed. */
  readonly waiting: ReadonlyMap<number, JobPod>
}

const countIn = (pod: JobPod, name: string) => Number(pod.metadata.annotations?.[name] ?? 0) || 0

/** How often the index of a pod had failed before it. */
export const failuresBefore = (pod: JobPod): number =>
  countIn(pod, failureCount) + countIn(pod, ignoredFailureCount)

function isIndexFailed(pod: JobPod, job: Job): boolean {
  if (!isFailed(pod, job)) return false
  const { action, counts } = matchFailurePolicy(job, pod)
  return (
    action === 'FailIndex' || (counts && countIn(pod, failureCount) >= (job.spec.backoffLimitPerIndex ?? 0))
  )
}

/** The annotations by which the next pod of an index knows of the failures before it. */
export function failureAnnotations(job: Job, before: JobPod | undefined): Record<string, string> {
  if (!before) return { [failureCount]: '0' }
  const { counts } = matchFailurePolicy(job, before)
  const ignored = countIn(before, ignoredFailureCount) + (counts ? 0 : 1)
  return {
    [failureCount]: String(countIn(before, failureCount) + (counts ? 1 : 0)),
    ...(ignored > 0 ? { [ignoredFailureCount]: String(ignored) } : {}),
  }
}

function waitingPods(facts: Omit<JobFacts, 'waiting'>): Map<number, JobPod> {
  const { job, pods, active, succeededIndexes, failedIndexes } = facts
  const running = new Set(active.map((pod) => indexOf(pod, job)))
  const waiting = new Map<number, JobPod>()
  for (const pod of pods) {
    const index = indexOf(pod, job)
    if (index === undefined || !isTracked(pod) || !isFailed(pod, job) || running.has(index)) continue
    if (succeededIndexes.has(index) || failedIndexes?.has(index)) continue
    const known = waiting.get(index)
    if (!known || failuresBefore(pod) > failuresBefore(known)) waiting.set(index, pod)
  }
  return waiting
}

/** Reads the state that a sync starts from. `pods`: the Job's own. */
export function factsOf(job: Job, pods: readonly JobPod[], now: number): JobFacts {
  const { status, spec } = job
  const indexed = isIndexed(job)
  const perIndex = typeof spec.backoffLimitPerIndex === 'number'
  const uncounted = {
    succeeded: listOf(status?.uncountedTerminatedPods?.succeeded),
    failed: listOf(status?.uncountedTerminatedPods?.failed),
  }
  const valid = pods.filter((pod) => isTracked(pod) && (!indexed || indexOf(pod, job) !== undefined))
  const fresh = (known: readonly string[], chosen: (pod: JobPod) => boolean) =>
    valid.filter((pod) => !known.includes(pod.metadata.uid) && chosen(pod))
  const newSucceeded = fresh(uncounted.succeeded, (pod) => pod.status?.phase === 'Succeeded')
  const newFailed = fresh(uncounted.failed, (pod) => isFailed(pod, job))
  const completions = spec.completions ?? 0
  const countedIndexes = parseIndexes(indexed ? status?.completedIndexes : undefined, completions)
  const done = valid.filter((pod) => pod.status?.phase === 'Succeeded').map((pod) => indexOf(pod, job) ?? 0)
  const succeededIndexes = new Set([...countedIndexes, ...(indexed ? done : [])])
  const lost = valid.filter((pod) => perIndex && isIndexFailed(pod, job)).map((pod) => indexOf(pod, job) ?? 0)
  const active = pods.filter(isActive)
  const facts = {
    job,
    now,
    pods,
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isTerminating).length,
    newSucceeded,
    newFailed,
    succeeded: indexed
      ? succeededIndexes.size
      : (status?.succeeded ?? 0) + uncounted.succeeded.length + newSucceeded.length,
    failed:
      (status?.failed ?? 0) +
      uncounted.failed.length +
      newFailed.filter((pod) => matchFailurePolicy(job, pod).counts).length,
    countedIndexes,
    succeededIndexes,
    failedIndexes: perIndex
      ? new Set([...parseIndexes(status?.failedIndexes, completions), ...lost])
      : undefined,
  }
  return { ...facts, waiting: perIndex ? waitingPods(facts) : new Map() }
}
