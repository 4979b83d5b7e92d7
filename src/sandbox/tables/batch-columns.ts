/** Jobs and CronJobs as `kubectl get` shows them: `printJob` and `printCronJob` of `pkg/printers/internalversion`. */
import { type CronJob, conditionOf, finishedBy, type Job } from '#controller/jobs/types.ts'
import { humanDuration } from '#kube/duration.ts'
import { listOf } from '#kube/read.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { PodSpec } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import { age } from './age.ts'
import { ageColumn, type Column, column, nameColumn, numberColumn, wide } from './columns.ts'

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

type PodSpecOf = (object: StoredObject) => PodSpec | null | undefined
const jobPod: PodSpecOf = (object) => jobOf(object).spec.template.spec
const cronJobPod: PodSpecOf = (object) =>
  (cronJobOf(object).spec.jobTemplate.spec as Job['spec']).template.spec

const templateColumns = (spec: PodSpecOf, selector: (object: StoredObject) => string): readonly Column[] => [
  wide(
    column('Containers', 'Names of each container in the template.', (object) =>
      listOf(spec(object)?.containers)
        .map(({ name }) => name ?? '')
        .join(','),
    ),
  ),
  wide(
    column('Images', 'Images referenced by each container in the template.', (object) =>
      listOf(spec(object)?.containers)
        .map(({ image }) => image ?? '')
        .join(','),
    ),
  ),
  wide(column('Selector', 'A label query over pods that should match the pod count.', selector)),
]

const more = 'More info: https://kubernetes.io/docs/concepts/workloads/controllers/jobs-run-to-completion/'

export const jobColumns: readonly Column[] = [
  nameColumn,
  column('Status', 'Status of the job.', jobState),
  column(
    'Completions',
    `Specifies the desired number of successfully finished pods the job should be run with. ${more}`,
    completions,
  ),
  column('Duration', 'Time required to complete the job.', jobDuration),
  ageColumn,
  ...templateColumns(jobPod, (object) => labelSelector(jobOf(object).spec.selector).text || '<none>'),
]

const truth = (value: boolean | null | undefined) =>
  value === null || value === undefined ? '<unset>' : value ? 'True' : 'False'

export const cronJobColumns: readonly Column[] = [
  nameColumn,
  column(
    'Schedule',
    'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.',
    (object) => cronJobOf(object).spec.schedule,
  ),
  column(
    'Timezone',
    'The time zone name for the given schedule.',
    (object) => cronJobOf(object).spec.timeZone || '<none>',
  ),
  {
    ...column(
      'Suspend',
      'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions. Defaults to false.',
      (object) => truth(cronJobOf(object).spec.suspend),
    ),
    type: 'boolean',
  },
  numberColumn(
    'Active',
    'A list of pointers to currently running jobs.',
    (object) => listOf(cronJobOf(object).status?.active).length,
  ),
  column(
    'Last Schedule',
    'Information when was the last time the job was successfully scheduled.',
    (object, now) => {
      const time = cronJobOf(object).status?.lastScheduleTime
      return time ? age(time, now) : '<none>'
    },
  ),
  ageColumn,
  ...templateColumns(cronJobPod, () => '<none>'),
]
