/** Jobs and CronJobs as `kubectl get` shows them: `printJob` and `printCronJob` of `pkg/printers/internalversion`. */
import { type CronJob, conditionOf, finishedBy, type Job } from '#controller/jobs/types.ts'
import { humanDuration } from '#kube/duration.ts'
import { listOf } from '#kube/read.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { StoredObject } from '../store/objects.ts'
import { age } from './age.ts'
import {
  ageColumn,
  type Column,
  column,
  nameColumn,
  numberColumn,
  templateColumns,
  textAt,
} from './columns.ts'

const jobOf = (object: StoredObject) => object as unknown as Job
const cronJobOf = (object: StoredObject) => object as unknown as CronJob

function completions(object: StoredObject): string {
  const { spec, status } = jobOf(object)
  const succeeded = status?.succeeded ?? 0
  if (typeof spec.completions === 'number') return `${succeeded}/${spec.completions}`
  return spec.parallelism > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`
}

function jobDuration(object: StoredObject, now: number): string {
  const { startTime, completionTime } = jobOf(object).status ?? {}
  if (!startTime) return ''
  return humanDuration((completionTime ? Date.parse(completionTime) : now) - Date.parse(startTime))
}

function jobState(object: StoredObject): string {
  const job = jobOf(object)
  const ended = finishedBy(job)
  if (ended) return ended.type
  if (object.metadata.deletionTimestamp) return 'Terminating'
  const said = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) =>
    conditionOf(job.status, type),
  )
  return said ?? 'Running'
}

const more = 'More info: https://kubernetes.io/docs/concepts/workloads/controllers/jobs-run-to-completion/'

export const jobColumns: readonly Column[] = [
  nameColumn,
  column('Status', jobState, 'Status of the job.'),
  column(
    'Completions',
    completions,
    `Specifies the desired number of successfully finished pods the job should be run with. ${more}`,
  ),
  column('Duration', jobDuration, 'Time required to complete the job.'),
  ageColumn,
  ...templateColumns(
    'spec.template',
    (object) => labelSelector(jobOf(object).spec.selector).text || '<none>',
  ),
]

const truth = (value: boolean | null | undefined) =>
  value === null || value === undefined ? '<unset>' : value ? 'True' : 'False'

export const cronJobColumns: readonly Column[] = [
  nameColumn,
  column(
    'Schedule',
    textAt('spec.schedule'),
    'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.',
  ),
  column('Timezone', textAt('spec.timeZone', '<none>'), 'The time zone name for the given schedule.'),
  column(
    'Suspend',
    (object) => truth(cronJobOf(object).spec.suspend),
    'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions. Defaults to false.',
    'boolean',
  ),
  numberColumn(
    'Active',
    (object) => listOf(cronJobOf(object).status?.active).length,
    'A list of pointers to currently running jobs.',
  ),
  column(
    'Last Schedule',
    (object, now) => {
      const time = cronJobOf(object).status?.lastScheduleTime
      return time ? age(time, now) : '<none>'
    },
    'Information when was the last time the job was successfully scheduled.',
  ),
  ageColumn,
  ...templateColumns('spec.jobTemplate.spec.template', () => '<none>'),
]
