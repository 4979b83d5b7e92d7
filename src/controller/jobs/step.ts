import { sameIgnoringNulls } from '#base/json.ts'
import { listOf } from '#kube/read.ts'
import { matchesLabelSelector } from '#kube/selectors.ts'
import type { Pod } from '#kube/types.ts'
import { claim } from '../claim.ts'
import { type FailureRecord, withEnded } from './backoff.ts'
import { factsOf, type JobFacts } from './facts.ts'
import { type PodPlan, planPods } from './manage.ts'
import { podOfJob } from './new-pod.ts'
import { isReady, trackingFinalizer } from './pods.ts'
import { newCondition, timestampOf, track } from './track.ts'
import {
  finishedBy,
  isSuspended,
  type Job,
  type JobCondition,
  type JobPod,
  type JobStatus,
  type Said,
} from './types.ts'
import { completed, timeLeft, type Verdict, verdictOn } from './verdict.ts'

interface JobStepInput {
  readonly job: Job
  /** Every pod of the Job's namespace. */
  readonly pods: readonly JobPod[]
  /** Milliseconds. */
  readonly now: number
  /** As the last step left it, or `noFailures`. */
  readonly failures: FailureRecord
}

/** What is to be done, in this order; then {@link JobStep.status} is written. */
export type JobAction =
  /** The Job becomes the pod's owner, and the pod tracked. */
  | { readonly kind: 'AdoptPod'; readonly name: string }
  | { readonly kind: 'ReleasePod'; readonly name: string }
  | { readonly kind: 'CreatePod'; readonly pod: Pod }
  | { readonly kind: 'DeletePod'; readonly name: string; readonly untrack: boolean }
  | { readonly kind: 'Say'; readonly said: Said }
  | { readonly kind: 'WriteStatus'; readonly status: JobStatus }
  /** The pod has been counted: its finalizer goes. */
  | { readonly kind: 'UntrackPod'; readonly name: string }

export interface JobStep {
  readonly actions: readonly JobAction[]
  /** As if every creation succeeded: each that did not counts one less as active. */
  readonly status: JobStatus | undefined
  /** Said after the status is written. */
  readonly said: readonly Said[]
  readonly failures: FailureRecord
  /** Look again in so many milliseconds, if nothing happens before. */
  readonly requeueAfter?: number
}

const controllerName = 'kubernetes.io/job-controller'

/** Conditions with `Suspended` as the Job says; undefined where that changes nothing. */
function suspension({ job, now }: JobFacts): { conditions: JobCondition[]; said: Said } | undefined {
  const suspended = isSuspended(job)
  const conditions = listOf(job.status?.conditions)
  const present = conditions.find(({ type }) => type === 'Suspended')
  if (present ? (present.status === 'True') === suspended : !suspended) return undefined
  const [reason, message] = suspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed']
  const next = newCondition({ type: 'Suspended', reason, message }, now, suspended ? 'True' : 'False')
  return {
    conditions: present ? conditions.map((one) => (one === present ? next : one)) : [...conditions, next],
    said: { type: 'Normal', reason: suspended ? 'Suspended' : 'Resumed', message },
  }
}

function finalWords({ spec }: Job, status: JobStatus, ended: JobCondition): Said[] {
  if (ended.type === 'Failed') return [{ type: 'Warning', reason: ended.reason, message: ended.message }]
  const tooMany = typeof spec.completions === 'number' && (status.succeeded ?? 0) > spec.completions
  return [
    ...(tooMany
      ? [
          {
            type: 'Warning' as const,
            reason: 'TooManySucceededPods',
            message: 'Too many succeeded pods running after completion count reached',
          },
        ]
      : []),
    { type: 'Normal', reason: 'Completed', message: 'Job completed' },
  ]
}

function isComplete({ job, succeeded }: JobFacts, active: number): boolean {
  const { completions } = job.spec
  if (active > 0) return false
  return typeof completions === 'number' ? succeeded >= completions : succeeded > 0
}

/** Those of the Job, the adopted ones as they will be. */
function claimPods(job: Job, pods: readonly JobPod[]): { claimed: JobPod[]; actions: JobAction[] } {
  const { claimed, adopted, released } = claim(pods, job, matchesLabelSelector(job.spec.selector))
  const mine = job.metadata.deletionTimestamp ? claimed.filter((pod) => !adopted.includes(pod)) : claimed
  const taken = job.metadata.deletionTimestamp ? [] : adopted
  return {
    claimed: mine.map((pod) => {
      if (!taken.includes(pod)) return pod
      const finalizers = [...new Set([...listOf(pod.metadata.finalizers), trackingFinalizer])]
      return { ...pod, metadata: { ...pod.metadata, finalizers } }
    }),
    actions: [
      ...released.map((pod): JobAction => ({ kind: 'ReleasePod', name: pod.metadata.name })),
      ...taken.map((pod): JobAction => ({ kind: 'AdoptPod', name: pod.metadata.name })),
    ],
  }
}

interface Managed {
  readonly plan: PodPlan
  /** Pods deleted because the Job ends: they stay tracked until they are counted. */
  readonly ending: boolean
}

function manage(facts: JobFacts, verdict: Verdict | undefined, failures: FailureRecord): Managed {
  if (verdict) return { plan: { remove: facts.active, create: [] }, ending: true }
  if (facts.job.metadata.deletionTimestamp) return { plan: { remove: [], create: [] }, ending: false }
  return { plan: planPods(facts, failures), ending: false }
}

/**
 * One sync of the Job controller (`syncJob` of pkg/controller/job/job_controller.go, v1.36): what it does about the Job's pods, and
 * how it leaves the status. A Job that has ended, or that another controller manages, is left alone.
 */
export function jobStep({ job, pods, now, failures }: JobStepInput): JobStep {
  const others = job.spec.managedBy && job.spec.managedBy !== controllerName
  if (finishedBy(job) || others) return { actions: [], status: undefined, said: [], failures }
  const { claimed, actions } = claimPods(job, pods)
  const facts = factsOf(job, claimed, now)
  const record = withEnded(failures, facts.newSucceeded, facts.newFailed)
  const verdict = verdictOn(facts)
  const { plan, ending } = manage(facts, verdict, record)
  for (const pod of plan.remove)
    actions.push({ kind: 'DeletePod', name: pod.metadata.name, untrack: !ending })
  for (const index of plan.create)
    actions.push({
      kind: 'CreatePod',
      pod: podOfJob(job, index, index === undefined ? undefined : facts.waiting.get(index)),
    })
  // As upstream: a Job that waits for its back-off says that none is active.
  const active = plan.wait ? 0 : facts.active.length - plan.remove.length + plan.create.length
  const ends = verdict ?? (isComplete(facts, active) ? completed : undefined)
  const suspended = ends || job.metadata.deletionTimestamp ? undefined : suspension(facts)
  if (suspended) actions.push({ kind: 'Say', said: suspended.said })
  const resumed = suspended?.said.reason === 'Resumed'
  const startTime =
    (resumed ? undefined : job.status?.startTime) ?? (isSuspended(job) ? undefined : timestampOf(now))
  const found: JobStatus = {
    ...job.status,
    ...(suspended ? { conditions: suspended.conditions } : {}),
    ...(startTime ? { startTime } : {}),
    active,
    ready: facts.ready - plan.remove.filter(isReady).length,
    terminating: facts.terminating + plan.remove.length,
  }
  const { interim, untrack, status, ended } = track(facts, found, ends)
  if (!sameIgnoringNulls(interim, job.status ?? {}) && !sameIgnoringNulls(interim, status))
    actions.push({ kind: 'WriteStatus', status: interim })
  for (const pod of untrack) actions.push({ kind: 'UntrackPod', name: pod.metadata.name })
  const left = ends ? undefined : timeLeft({ ...facts, job: { ...job, status: found } })
  const due = [plan.wait, left].filter((time) => time !== undefined)
  return {
    actions,
    status: sameIgnoringNulls(status, job.status ?? {}) ? undefined : status,
    said: ended ? finalWords(job, status, ended) : [],
    failures: record,
    ...(due.length > 0 ? { requeueAfter: Math.min(...due) } : {}),
  }
}
