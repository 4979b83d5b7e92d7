/** CronJobs. Mirrors ValidateCronJobCreate and ValidateCronJobUpdate of pkg/apis/batch/validation. */
import { isTimeZone, parseCronSchedule } from '#kube/cron-schedule.ts'
import { boolIn, numberOrNone, objectIn, objectOrNone, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkJobSpec } from './job.ts'
import { checkObjectMeta, checkObjectMetaUpdate } from './metadata.ts'
import { Findings, type Place } from './place.ts'
import type { FieldError } from './types.ts'

/** Of a CronJob's name: its Jobs add a dash and ten digits, and must be labels themselves. */
const longestName = 52

function checkSchedule(spec: JsonObject, old: JsonObject | undefined, at: Place): void {
  const schedule = stringIn(spec, 'schedule')
  const here = at.child('schedule')
  if (schedule === '') {
    here.required()
    return
  }
  try {
    parseCronSchedule(schedule)
  } catch (error) {
    here.invalid(schedule, (error as Error).message)
  }
  if (!schedule.includes('TZ')) return
  // One that was stored before the rule may stay.
  const allowed = stringIn(old ?? {}, 'schedule').includes('TZ')
  if (!allowed) here.invalid(schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
  else if (stringOrNone(spec, 'timeZone') !== undefined)
    here.invalid(schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')
}

function checkTimeZone(spec: JsonObject, old: JsonObject | undefined, at: Place): void {
  const zone = stringOrNone(spec, 'timeZone')
  if (zone === undefined || (old && stringOrNone(old, 'timeZone') === zone)) return
  const here = at.child('timeZone')
  if (zone === '') here.invalid(zone, 'timeZone must be nil or non-empty string')
  else if (zone.toLowerCase() === 'local') {
    const rule = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    here.invalid(zone, rule)
  } else if (!isTimeZone(zone)) here.invalid(zone, `unknown time zone ${zone}`)
}

const policies = ['Allow', 'Forbid', 'Replace']

function checkSpec(spec: JsonObject, old: JsonObject | undefined, at: Place): void {
  checkSchedule(spec, old, at)
  at.child('startingDeadlineSeconds').nonnegative(numberOrNone(spec, 'startingDeadlineSeconds') ?? 0)
  checkTimeZone(spec, old, at)
  const policy = stringIn(spec, 'concurrencyPolicy')
  at.child('concurrencyPolicy').oneOf(policy, policies)
  const jobSpec = objectIn(objectIn(spec, 'jobTemplate'), 'spec')
  const jobAt = at.child('jobTemplate').child('spec')
  checkJobSpec(jobSpec, jobAt)
  const selector = objectOrNone(jobSpec, 'selector')
  if (selector) jobAt.child('selector').invalid(selector, '`selector` will be auto-generated')
  if (boolIn(jobSpec, 'manualSelector')) jobAt.child('manualSelector').notSupported(true, ['nil', 'false'])
  for (const name of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])
    at.child(name).nonnegative(numberOrNone(spec, name) ?? 0)
}

/** Every rule that a new CronJob breaks, in the server's order; decoded and defaulted. */
export function validateCronJob(cronJob: JsonObject): FieldError[] {
  const found = new Findings()
  const metadata = objectIn(cronJob, 'metadata')
  checkObjectMeta(metadata, true, found.at('metadata'))
  checkSpec(objectIn(cronJob, 'spec'), undefined, found.at('spec'))
  const name = stringIn(metadata, 'name')
  if (name.length > longestName)
    found.at('metadata').child('name').invalid(name, `must be no more than ${longestName} characters`)
  return found.errors
}

/** Every rule that an update breaks. */
export function validateCronJobUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const found = new Findings()
  checkObjectMetaUpdate(objectIn(next, 'metadata'), objectIn(old, 'metadata'), found.at('metadata'))
  checkSpec(objectIn(next, 'spec'), objectIn(old, 'spec'), found.at('spec'))
  return found.errors
}
