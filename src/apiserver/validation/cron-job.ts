/** CronJobs. Mirrors ValidateCronJobCreate and ValidateCronJobUpdate of pkg/apis/batch/validation. */
import { isTimeZone, parseCronSchedule } from '#kube/cron-schedule.ts'
import { objectIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkJobSpec } from './job.ts'
import { checkObjectMeta, checkObjectMetaUpdate } from './metadata.ts'
import { Findings, type Place } from './place.ts'
import type { FieldError } from './types.ts'

/** Of a CronJob's name: its Jobs add a dash and ten digits, and must be labels themselves. */
const longestName = 52

function checkSchedule(spec: Place, old: JsonObject | undefined): void {
  const schedule = spec.child('schedule')
  if (schedule.text === '') {
    schedule.required()
    return
  }
  try {
    parseCronSchedule(schedule.text)
  } catch (error) {
    schedule.wrong((error as Error).message)
  }
  if (!schedule.text.includes('TZ')) return
  // One that was stored before the rule may stay.
  if (!stringIn(old, 'schedule').includes('TZ'))
    schedule.wrong('cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
  else if (spec.child('timeZone').textOrNone !== undefined)
    schedule.wrong('cannot use both timeZone field and TZ or CRON_TZ in schedule')
}

function checkTimeZone(at: Place, old: JsonObject | undefined): void {
  const zone = at.textOrNone
  if (zone === undefined || stringOrNone(old, 'timeZone') === zone) return
  if (zone === '') at.wrong('timeZone must be nil or non-empty string')
  else if (zone.toLowerCase() === 'local')
    at.wrong('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')
  else if (!isTimeZone(zone)) at.wrong(`unknown time zone ${zone}`)
}

const policies = ['Allow', 'Forbid', 'Replace']

function checkSpec(spec: Place, old: JsonObject | undefined): void {
  checkSchedule(spec, old)
  spec.child('startingDeadlineSeconds').nonnegative()
  checkTimeZone(spec.child('timeZone'), old)
  spec.child('concurrencyPolicy').oneOf(policies)
  const jobSpec = spec.child('jobTemplate').child('spec')
  checkJobSpec(jobSpec)
  const selector = jobSpec.child('selector')
  if (selector.given) selector.wrong('`selector` will be auto-generated')
  const manual = jobSpec.child('manualSelector')
  if (manual.value === true) manual.notSupported(true, ['nil', 'false'])
  for (const name of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) spec.child(name).nonnegative()
}

/** Every rule that a new CronJob breaks, in the server's order; decoded and defaulted. */
export function validateCronJob(cronJob: JsonObject): FieldError[] {
  const found = new Findings(cronJob)
  checkObjectMeta(found.at('metadata'), true)
  checkSpec(found.at('spec'), undefined)
  const name = found.at('metadata').child('name')
  if (name.text.length > longestName) name.wrong(`must be no more than ${longestName} characters`)
  return found.errors
}

/** Every rule that an update breaks. */
export function validateCronJobUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const found = new Findings(next)
  checkObjectMetaUpdate(found.at('metadata'), objectIn(old, 'metadata'))
  checkSpec(found.at('spec'), objectIn(old, 'spec'))
  return found.errors
}
