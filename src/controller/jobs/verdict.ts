import { listOf } from '#kube/read.ts'
import type { JobFacts } from './facts.ts'
import { matchFailurePolicy } from './failure-policy.ts'
import { parseIndexes } from './indexes.ts'
import { isFailed, restartsOf } from './pods.ts'
import { conditionOf, isSuspended, type JobCondition } from './types.ts'

/** How a Job is about to end: the condition that says so before its pods are gone, or the one that ends it. */
export type Verdict = Pick<JobCondition, 'type' | 'reason' | 'message'>

const failure = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })

export const completed: Verdict = {
  type: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
}

function pastBackoffLimit({ job, pods, failed }: JobFacts): boolean {
  const { backoffLimit, template } = job.spec
  if (failed > backoffLimit) return true
  if (template.spec?.restartPolicy !== 'OnFailure') return false
  const restarts = pods.reduce((sum, pod) => sum + restartsOf(pod), 0)
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit
}

/** Milliseconds until the Job's time is over; undefined where it has no limit, or is suspended. */
export function timeLeft({ job, now }: JobFacts): number | undefined {
  const { activeDeadlineSeconds } = job.spec
  const started = job.status?.startTime
  if (typeof activeDeadlineSeconds !== 'number' || isSuspended(job)) return undefined
  return (started ? Date.parse(started) : now) + activeDeadlineSeconds * 1000 - now
}

function failedByPolicy({ job, pods }: JobFacts): Verdict | undefined {
  if (!job.spec.podFailurePolicy) return undefined
  for (const pod of pods) {
    const { message } = isFailed(pod, job) ? matchFailurePolicy(job, pod) : {}
    if (message !== undefined) return failure('PodFailurePolicy', message)
  }
  return undefined
}

function failedByIndexes({ job, failedIndexes, succeededIndexes }: JobFacts): Verdict | undefined {
  const { maxFailedIndexes, completions } = job.spec
  if (!failedIndexes) return undefined
  if (typeof maxFailedIndexes === 'number' && failedIndexes.size > maxFailedIndexes)
    return failure(
      'MaxFailedIndexesExceeded',
      'Job has exceeded the specified maximal number of failed indexes',
    )
  const all = failedIndexes.size + succeededIndexes.size >= (completions ?? 0)
  return failedIndexes.size > 0 && all ? failure('FailedIndexes', 'Job has failed indexes') : undefined
}

/** `matchSuccessPolicy`: enough indexes, or the right ones, have succeeded. */
function succeededByPolicy({ job, succeededIndexes }: JobFacts): Verdict | undefined {
  if (succeededIndexes.size === 0) return undefined
  for (const [at, rule] of listOf(job.spec.successPolicy?.rules).entries()) {
    const enough = rule.succeededCount ?? Number.POSITIVE_INFINITY
    const wanted = rule.succeededIndexes
      ? parseIndexes(rule.succeededIndexes, job.spec.completions ?? 0)
      : undefined
    if (wanted?.size === 0) continue
    const met = wanted
      ? [...wanted].filter((index) => succeededIndexes.has(index)).length
      : succeededIndexes.size
    if (met >= enough || met === wanted?.size)
      return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${at}` }
  }
  return undefined
}

/** Whether a Job ends, and by what; the first rule that says so, in the controller's order. */
export function verdictOn(facts: JobFacts): Verdict | undefined {
  const { status } = facts.job
  const met = conditionOf(status, 'SuccessCriteriaMet')
  if (met) return met
  const doomed = conditionOf(status, 'FailureTarget')
  if (doomed) return { ...doomed, type: 'Failed' }
  const failed =
    failedByPolicy(facts) ??
    (pastBackoffLimit(facts)
      ? failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
      : undefined)
  if (failed) return failed
  const left = facts.job.status?.startTime ? timeLeft(facts) : undefined
  if (left !== undefined && left <= 0)
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  return failedByIndexes(facts) ?? succeededByPolicy(facts)
}
