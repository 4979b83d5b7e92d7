import { isTimeZone } from '#kube/cron-schedule.ts'
import { goQuote } from '#kube/go-text.ts'
import { controllerOf } from '#kube/owners.ts'
import { listOf } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { batchOwner } from './new-pod.ts'
import { missed, type Schedule, scheduleOf } from './schedule.ts'
import { timestampOf } from './track.ts'
import {
  type CronJob,
  type CronJobStatus,
  finishedBy,
  type Job,
  type JobReference,
  type Said,
} from './types.ts'
import { offsetIn } from './zone.ts'

interface CronStepInput {
  readonly cronJob: CronJob
  /** Every Job of its namespace. */
  readonly jobs: readonly Job[]
  /** Milliseconds. */
  readonly now: number
}

export type CronAction =
  | { readonly kind: 'Say'; readonly said: Said }
  | { readonly kind: 'DeleteJob'; readonly name: string }
  /** Made, or found to be there already, the Job is one of the active ones in the status. */
  | { readonly kind: 'CreateJob'; readonly job: JsonObject; readonly scheduledAt: string }

interface CronStep {
  readonly actions: readonly CronAction[]
  /** Without the Job that is to be made: who makes it knows its uid. */
  readonly status: CronJobStatus
  readonly requeueAfter?: number
}

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
/** Between a time and the sync for it, so that the time has surely come. */
const skew = 100

const say = (type: Said['type'], reason: string, message: string): CronAction => ({
  kind: 'Say',
  said: { type, reason, message },
})

const timeOf = (text: string | null | undefined) => (text ? Date.parse(text) : Number.NaN)

/** The Job for a time: its name tells the minute, so that none is made twice (`getJobFromTemplate2`). */
function jobFor(cronJob: CronJob, scheduled: number): JsonObject {
  const { metadata, spec } = cronJob.spec.jobTemplate
  const { timeZone } = cronJob.spec
  const time = timestampOf(scheduled)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cronJob.metadata.name}-${Math.floor(scheduled / 60_000)}`,
      namespace: cronJob.metadata.namespace,
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      annotations: { ...metadata?.annotations, [scheduledAnnotation]: inZone(time, timeZone) },
      ownerReferences: [batchOwner('CronJob', cronJob)],
    },
    spec,
  } as unknown as JsonObject
}

/** RFC 3339 with the offset of the zone. */
function inZone(time: string, timeZone: string | null | undefined): string {
  if (!timeZone) return time
  const ahead = offsetIn(timeZone)(Date.parse(time))
  const local = new Date(Date.parse(time) + ahead).toISOString().slice(0, 19)
  const minutes = Math.round(ahead / 60_000)
  if (minutes === 0) return `${local}Z`
  const two = (value: number) => String(value).padStart(2, '0')
  const far = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(far / 60))}:${two(far % 60)}`
}

/** Oldest first. */
function byStart(a: Job, b: Job): number {
  const [one, other] = [a, b].map((job) => timeOf(job.status?.startTime) || Number.POSITIVE_INFINITY)
  if (one !== other) return (one ?? 0) - (other ?? 0)
  return a.metadata.name < b.metadata.name ? -1 : 1
}

/** Ended Jobs beyond the limits of the history. */
function outlived({ spec }: CronJob, jobs: readonly Job[]): Job[] {
  const beyond = (type: string, limit: number | null | undefined) => {
    const ended = jobs.filter((job) => finishedBy(job)?.type === type).sort(byStart)
    return typeof limit === 'number' ? ended.slice(0, Math.max(0, ended.length - limit)) : []
  }
  return [
    ...beyond('Complete', spec.successfulJobsHistoryLimit),
    ...beyond('Failed', spec.failedJobsHistoryLimit),
  ]
}

interface Looked {
  readonly actions: CronAction[]
  readonly active: readonly JobReference[]
  readonly lastSuccessfulTime: string | undefined
}

/** What has become of its Jobs. */
function look({ status }: CronJob, jobs: readonly Job[]): Looked {
  const actions: CronAction[] = []
  let active = listOf(status?.active)
  let lastSuccessfulTime = status?.lastSuccessfulTime
  for (const job of jobs) {
    const { name, uid } = job.metadata
    const listed = active.some((one) => one.uid === uid)
    const ended = finishedBy(job)
    if (!ended && !listed) {
      const message = `Saw a job that the controller did not create or forgot: ${name}`
      actions.push(say('Warning', 'UnexpectedJob', message))
    }
    if (ended && listed) {
      active = active.filter((one) => one.uid !== uid)
      const message = `Saw completed job: ${name}, condition: ${ended.type}`
      actions.push(say('Normal', 'SawCompletedJob', message))
    }
    const completion = ended?.type === 'Complete' ? job.status?.completionTime : undefined
    if (completion && !(timeOf(completion) <= timeOf(lastSuccessfulTime))) lastSuccessfulTime = completion
  }
  for (const { uid, name } of active) {
    if (jobs.some((job) => job.metadata.uid === uid)) continue
    active = active.filter((one) => one.uid !== uid)
    actions.push(say('Normal', 'MissingJob', `Active job went missing: ${name}`))
  }
  return { actions, active, lastSuccessfulTime }
}

interface Due {
  readonly actions: readonly CronAction[]
  readonly active: readonly JobReference[]
  readonly next?: number | undefined
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Sat, 21 Nov 2026 15:01:00 +0000` (RFC 1123 with a number for the zone). */
function longDate(milliseconds: number): string {
  const date = new Date(milliseconds)
  const day = String(date.getUTCDate()).padStart(2, '0')
  const time = date.toISOString().slice(11, 19)
  return `${weekdays[date.getUTCDay()]}, ${day} ${monthNames[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} +0000`
}

/** What the schedule asks for now. `active`: the Jobs that run. */
function due(cronJob: CronJob, schedule: Schedule, active: readonly JobReference[], now: number): Due {
  const { spec, status, metadata } = cronJob
  const deadline =
    typeof spec.startingDeadlineSeconds === 'number' ? spec.startingDeadlineSeconds * 1000 : undefined
  const met = timeOf(status?.lastScheduleTime ?? metadata.creationTimestamp)
  const since = deadline === undefined ? met : Math.max(met, now - deadline)
  const { latest, tooMany } = missed(schedule, since, now)
  const actions: CronAction[] = tooMany
    ? [
        say(
          'Warning',
          'TooManyMissedTimes',
          'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
        ),
      ]
    : []
  const next = schedule.next(now)
  const rest = { active, next: next === undefined ? undefined : next - now + skew }
  if (latest === undefined || latest === timeOf(status?.lastScheduleTime)) return { actions, ...rest }
  if (deadline !== undefined && latest + deadline < now) {
    const message = `Missed scheduled time to start a job: ${longDate(latest)}`
    return { actions: [...actions, say('Warning', 'MissSchedule', message)], ...rest }
  }
  const job = jobFor(cronJob, latest)
  const name = (job.metadata as JsonObject).name
  if (active.some((one) => one.name === name)) return { actions, ...rest }
  if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    return { actions: [...actions, say('Normal', 'JobAlreadyActive', message)], ...rest }
  }
  const replaced = spec.concurrencyPolicy === 'Replace' ? active : []
  for (const one of replaced) actions.push({ kind: 'DeleteJob', name: one.name })
  actions.push({ kind: 'CreateJob', job, scheduledAt: timestampOf(latest) })
  return { actions, active: active.filter((one) => !replaced.includes(one)), next: rest.next }
}

/** The schedule to go by now; undefined: none, for a reason that is told or that the user gave. */
function usableSchedule({ metadata, spec }: CronJob, actions: CronAction[]): Schedule | undefined {
  if (metadata.deletionTimestamp) return undefined
  const { schedule, timeZone } = spec
  if (timeZone && !isTimeZone(timeZone)) {
    const why = `unknown time zone ${timeZone}`
    actions.push(say('Warning', 'UnknownTimeZone', `invalid timeZone: ${goQuote(timeZone)}: ${why}`))
    return undefined
  }
  if (spec.suspend) return undefined
  try {
    return scheduleOf(schedule, timeZone)
  } catch (error) {
    const message = `unparseable schedule: ${goQuote(schedule)} : ${(error as Error).message}`
    actions.push(say('Warning', 'UnparseableSchedule', message))
    return undefined
  }
}

/** One sync of the CronJob controller (`syncCronJob` of pkg/controller/cronjob/cronjob_controllerv2.go, v1.36). */
export function cronStep({ cronJob, jobs, now }: CronStepInput): CronStep {
  const own = jobs.filter((job) => controllerOf(job)?.uid === cronJob.metadata.uid)
  const looked = look(cronJob, own)
  const actions = [...looked.actions]
  const schedule = usableSchedule(cronJob, actions)
  const asked: Due = schedule
    ? due(cronJob, schedule, looked.active, now)
    : { actions: [], active: looked.active }
  actions.push(...asked.actions)
  for (const { metadata } of outlived(cronJob, own)) actions.push({ kind: 'DeleteJob', name: metadata.name })
  return {
    actions,
    status: {
      ...cronJob.status,
      active: asked.active,
      ...(looked.lastSuccessfulTime ? { lastSuccessfulTime: looked.lastSuccessfulTime } : {}),
    },
    ...(asked.next === undefined ? {} : { requeueAfter: asked.next }),
  }
}
