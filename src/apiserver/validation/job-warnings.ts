/** What the server warns of in Jobs and CronJobs that it takes. Mirrors pkg/api/job/warnings.go and their strategies. */
import { dns1123LabelErrors } from '#kube/labels.ts'
import type { JsonObject } from '#kube/types.ts'
import { Findings, type Place } from './place.ts'
import { warningsForTemplate } from './warnings.ts'

const manyCompletions = 100_000
const manyAtOnce = 10_000
const untracked =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'

function warningsForName(found: Findings): string[] {
  const errors = dns1123LabelErrors(found.at('metadata').child('name').text)
  if (errors.length === 0) return []
  const rule =
    'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended'
  return [`metadata.name: ${rule}: [${errors.join(' ')}]`]
}

function warningsForSpec(spec: Place): string[] {
  const tooMany =
    spec.child('completionMode').text === 'Indexed' &&
    spec.child('completions').number > manyCompletions &&
    spec.child('parallelism').number > manyAtOnce
  const template = warningsForTemplate(spec.child('template'))
  return [...(tooMany ? [`${spec.field}: ${untracked}`] : []), ...template.map(({ message }) => message)]
}

/** Of a Job, decoded and defaulted. */
export function warningsForJob(job: JsonObject): string[] {
  const found = new Findings(job)
  return [...warningsForName(found), ...warningsForSpec(found.at('spec'))]
}

/** Of a CronJob: of its name, and of the Jobs that it makes. */
export function warningsForCronJob(cronJob: JsonObject): string[] {
  const found = new Findings(cronJob)
  const spec = found.at('spec').child('jobTemplate').child('spec')
  return [...warningsForName(found), ...warningsForSpec(spec)]
}
