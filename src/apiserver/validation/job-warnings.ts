/** What the server warns of in Jobs and CronJobs that it takes. Mirrors pkg/api/job/warnings.go and their strategies. */
import { dns1123LabelErrors } from '#kube/labels.ts'
import { numberIn, objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { Findings, type Place } from './place.ts'
import { warningsForTemplate } from './warnings.ts'

const manyCompletions = 100_000
const manyAtOnce = 10_000
const untracked =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'

function warningsForName(object: JsonObject): string[] {
  const errors = dns1123LabelErrors(stringIn(objectIn(object, 'metadata'), 'name'))
  if (errors.length === 0) return []
  const rule =
    'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended'
  return [`metadata.name: ${rule}: [${errors.join(' ')}]`]
}

function warningsForSpec(spec: JsonObject, at: Place): string[] {
  const tooMany =
    stringIn(spec, 'completionMode') === 'Indexed' &&
    numberIn(spec, 'completions') > manyCompletions &&
    numberIn(spec, 'parallelism') > manyAtOnce
  const template = warningsForTemplate(objectIn(spec, 'template'), at.child('template'))
  return [...(tooMany ? [`${at.field}: ${untracked}`] : []), ...template.map(({ message }) => message)]
}

/** Of a Job, decoded and defaulted. */
export const warningsForJob = (job: JsonObject): string[] => [
  ...warningsForName(job),
  ...warningsForSpec(objectIn(job, 'spec'), new Findings().at('spec')),
]

/** Of a CronJob: of its name, and of the Jobs that it makes. */
export const warningsForCronJob = (cronJob: JsonObject): string[] => [
  ...warningsForName(cronJob),
  ...warningsForSpec(
    objectIn(objectIn(objectIn(cronJob, 'spec'), 'jobTemplate'), 'spec'),
    new Findings().at('spec').child('jobTemplate').child('spec'),
  ),
]
