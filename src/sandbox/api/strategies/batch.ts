import { defaultCronJob, defaultJob, defaultJobUpdate } from '#apiserver/defaults/job.ts'
import { validateCronJob, validateCronJobUpdate } from '#apiserver/validation/cron-job.ts'
import { validateJob, validateJobUpdate } from '#apiserver/validation/job.ts'
import { warningsForCronJob, warningsForJob } from '#apiserver/validation/job-warnings.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import { templateWarnings } from '../admission.ts'
import { metadataOf } from '../json.ts'
import type { Strategy } from '../resource-type.ts'
import { begun, decodeObject, followed } from './plain.ts'

/** `pkg/registry/batch/job/strategy.go`. */
export const jobStrategy: Strategy = {
  decode: decodeObject,
  defaults: defaultJobUpdate,
  prepareForCreate: (raw) => begun(defaultJob(raw, stringIn(metadataOf(raw), 'uid'))),
  prepareForUpdate: (raw, old) => followed(defaultJobUpdate(raw), old),
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  warnings: (job, { store }) => [...warningsForJob(job), ...templateWarnings(store, job)],
}

/** `pkg/registry/batch/cronjob/strategy.go`. */
export const cronJobStrategy: Strategy = {
  decode: decodeObject,
  defaults: defaultCronJob,
  prepareForCreate: (raw) => begun(defaultCronJob(raw)),
  prepareForUpdate: (raw, old) => followed(defaultCronJob(raw), old),
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: (cronJob, { store }) => [
    ...warningsForCronJob(cronJob),
    ...templateWarnings(store, cronJob, objectIn(objectIn(objectIn(cronJob, 'spec'), 'jobTemplate'), 'spec')),
  ],
}
