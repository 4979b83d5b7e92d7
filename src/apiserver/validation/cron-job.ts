/** CronJobs. Mirrors ValidateCronJobCreate and ValidateCronJobUpdate of pkg/apis/batch/validation. */
import { isTimeZone, parseCronSchedule } from '#kube/cron-schedule.ts'
import { boolIn, numberOrNone, objectIn, objectOrNone, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { FieldErrors } from './field-errors.ts'
import { checkJobSpec } from './job.ts'
import { checkObjectMeta, checkObjectMetaUpdate } from './metadata.ts'
import { Place } from './place.ts'
import type { FieldError } from './types.ts'

/** Of a CronJob's name: its Jobs add a dash and ten digits, and must be labels themselves. */
const longestName = 52

function checkSchedule(spec: JsonObject, old: JsonObject | undefined, at: Place, errors: FieldErrors): void {
  const schedule = stringIn(spec, 'schedule')
  const here = at.child('schedule')
  if (schedule === '') {
    errors.required(here)
    return
  }
  try {
    parseCronSchedule(schedule)
  } catch (error) {
    errors.invalid(here, schedule, (error as Error).message)
  }
  if (!schedule.includes('TZ')) return
  // One that was stored before the rule may stay.
  const allowed = stringIn(old ?? {}, 'schedule').includes('TZ')
  if (!allowed)
    errors.invalid(here, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
  else if (stringOrNone(spec, 'timeZone') !== undefined)
    errors.invalid(here, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')
}

function checkTimeZone(spec: JsonObject, old: JsonObject | undefined, at: Place, errors: FieldErrors): void {
  const zone = stringOrNone(spec, 'timeZone')
  if (zone === undefined || (old && stringOrNone(old, 'timeZone') === zone)) return
  const here = at.child('timeZone')
  if (zone === '') errors.invalid(here, zone, 'timeZone must be nil or non-empty string')
  else if (zone.toLowerCase() === 'local') {
    const rule = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    errors.invalid(here, zone, rule)
  } else if (!isTimeZone(zone)) errors.invalid(here, zone, `unknown time zone ${zone}`)
}

const policies = ['Allow', 'Forbid', 'Replace']

function checkSpec(spec: JsonObject, old: JsonObject | undefined, errors: FieldErrors): void {
  const at = Place.root('spec')
  checkSchedule(spec, old, at, errors)
  errors.nonnegative(at.child('startingDeadlineSeconds'), numberOrNone(spec, 'startingDeadlineSeconds') ?? 0)
  checkTimeZone(spec, old, at, errors)
  const policy = stringIn(spec, 'concurrencyPolicy')
  if (!policies.includes(policy)) errors.notSupported(at.child('concurrencyPolicy'), policy, policies)
  const jobSpec = objectIn(objectIn(spec, 'jobTemplate'), 'spec')
  const jobAt = at.child('jobTemplate').child('spec')
  checkJobSpec(jobSpec, jobAt, errors)
  const selector = objectOrNone(jobSpec, 'selector')
  if (selector) errors.invalid(jobAt.child('selector'), selector, '`selector` will be auto-generated')
  if (boolIn(jobSpec, 'manualSelector'))
    errors.notSupported(jobAt.child('manualSelector'), true, ['nil', 'false'])
  for (const name of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])
    errors.nonnegative(at.child(name), numberOrNone(spec, name) ?? 0)
}

/** Every rule that a new CronJob breaks, in the server's order; decoded and defaulted. */
export function validateCronJob(cronJob: JsonObject): FieldError[] {
  const errors = new FieldErrors()
  const metadata = objectIn(cronJob, 'metadata')
  checkObjectMeta(metadata, true, Place.root('metadata'), errors)
  checkSpec(objectIn(cronJob, 'spec'), undefined, errors)
  const name = stringIn(metadata, 'name')
  if (name.length > longestName)
    errors.invalid(
      Place.root('metadata').child('name'),
      name,
      `must be no more than ${longestName} characters`,
    )
  return errors.list
}

/** Every rule that an update breaks. */
export function validateCronJobUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const errors = new FieldErrors()
  checkObjectMetaUpdate(objectIn(next, 'metadata'), objectIn(old, 'metadata'), Place.root('metadata'), errors)
  checkSpec(objectIn(next, 'spec'), objectIn(old, 'spec'), errors)
  return errors.list
}
