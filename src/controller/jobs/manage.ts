import { type FailureRecord, remainingDelay } from './backoff.ts'
import { failuresBefore, type JobFacts } from './facts.ts'
import { finishedAt, indexOf, leastToLose, onlyReplacesFailed } from './pods.ts'
import { isIndexed, isSuspended, type Job, type JobPod } from './types.ts'

/** Of one sync. */
const mostPods = 500

/** What a Job does about its pods in one sync: it deletes some, or makes some, or waits. */
export interface PodPlan {
  readonly remove: readonly JobPod[]
  /** One entry a pod: its index, or undefined where the Job has none. */
  readonly create: readonly (number | undefined)[]
  /** Pods are due in so many milliseconds. */
  readonly wait?: number
}

const nothing: PodPlan = { remove: [], create: [] }

function wantedActive({ job, active, succeeded }: JobFacts): number {
  const { completions, parallelism } = job.spec
  if (typeof completions !== 'number') return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

/** At least so many; of an Indexed Job all whose index is none of its own, or another pod's too (`activePodsForRemoval`). */
function toRemove(job: Job, active: readonly JobPod[], atLeast: number): JobPod[] {
  const removed: JobPod[] = []
  let left = [...active]
  if (isIndexed(job)) {
    const kept = new Map<number, JobPod>()
    for (const pod of active.toSorted(leastToLose)) {
      const index = indexOf(pod, job)
      const other = index === undefined ? pod : kept.get(index)
      if (other) removed.push(other)
      if (index !== undefined) kept.set(index, pod)
    }
    left = [...kept.values()]
  }
  const more = Math.max(0, atLeast - removed.length)
  return [...removed, ...left.sort(leastToLose).slice(0, more)]
}

/** The first indexes that nobody works on. */
function pendingIndexes(
  { job, pods, active, succeededIndexes, failedIndexes }: JobFacts,
  count: number,
): number[] {
  const working = onlyReplacesFailed(job)
    ? pods.filter((pod) => pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded')
    : active
  const taken = new Set(working.map((pod) => indexOf(pod, job)))
  const pending: number[] = []
  for (let index = 0; index < (job.spec.completions ?? 0) && pending.length < count; index += 1)
    if (!taken.has(index) && !succeededIndexes.has(index) && !failedIndexes?.has(index)) pending.push(index)
  return pending
}

/** Which of the indexes are due by their own back-off, or when the first of them will be. */
function dueIndexes({ waiting, now }: JobFacts, indexes: readonly number[]): PodPlan {
  const delays = indexes.map((index) => {
    const before = waiting.get(index)
    return before
      ? remainingDelay({ failures: failuresBefore(before) + 1, lastFailure: finishedAt(before) }, now)
      : 0
  })
  const create = indexes.filter((_, at) => delays[at] === 0)
  return create.length > 0 || indexes.length === 0
    ? { remove: [], create }
    : { ...nothing, wait: Math.min(...delays) }
}

/** `manageJob`: brings the number of active pods to where the Job wants it. */
export function planPods(facts: JobFacts, failures: FailureRecord): PodPlan {
  const { job, active, terminating, now } = facts
  if (isSuspended(job)) return { ...nothing, remove: toRemove(job, active, active.length) }
  const wanted = wantedActive(facts)
  const remove = toRemove(job, active, Math.max(0, active.length - wanted)).slice(0, mostPods)
  if (remove.length > 0) return { ...nothing, remove }
  const missing = wanted - active.length - (onlyReplacesFailed(job) ? terminating : 0)
  if (missing <= 0) return nothing
  const perIndex = typeof job.spec.backoffLimitPerIndex === 'number'
  const wait = perIndex ? 0 : remainingDelay(failures, now)
  if (wait > 0) return { ...nothing, wait }
  const count = Math.min(missing, mostPods)
  if (!isIndexed(job)) return { ...nothing, create: Array.from({ length: count }, () => undefined) }
  const indexes = pendingIndexes(facts, count)
  return perIndex ? dueIndexes(facts, indexes) : { ...nothing, create: indexes }
}
