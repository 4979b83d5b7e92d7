import { sameIgnoringNulls } from '#base/json.ts'
import { type CronAction, cronStep } from '#controller/jobs/cron-step.ts'
import type { CronJob, CronJobStatus, Job, JobReference } from '#controller/jobs/types.ts'
import { controllerOf } from '#kube/owners.ts'
import { types } from '../api/resources.ts'
import { StatusError } from '../api/status-errors.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import { type LoopContext, withStatus } from './context.ts'
import { jobsOf } from './job-controller.ts'
import { WorkQueue } from './work-queue.ts'

type StoredCronJob = StoredObject & CronJob

const source = { component: 'cronjob-controller' }
const manager = 'kube-controller-manager'
const by = { manager, status: true }
const retryMilliseconds = 1000

const referenceTo = ({ apiVersion, kind, metadata }: StoredObject): JobReference => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid,
  apiVersion,
  resourceVersion: metadata.resourceVersion,
})

/** Runs the CronJob controller's model behind the API. */
export function runCronJobs(context: LoopContext): void {
  const { clock, recorder, registry, store } = context
  const queue = new WorkQueue(clock, sync)
  const cronJobs = store.collection(types.cronJobs)
  const wake = ({ metadata }: StoredObject) => queue.add(keyOf(metadata.namespace, metadata.name))
  for (const cronJob of cronJobs.values()) wake(cronJob)
  cronJobs.subscribe(({ type, object, previous }) => {
    // Its own status tells the controller nothing new.
    if (type !== 'DELETED' && (!previous || previous.status === object.status)) wake(object)
  })
  jobsOf(context).subscribe(({ object }) => {
    const owner = controllerOf(object)
    if (owner?.kind === 'CronJob') queue.add(keyOf(object.metadata.namespace, owner.name ?? ''))
  })

  function sync(key: string): void {
    const cronJob = store.collection(types.cronJobs).get(key) as StoredCronJob | undefined
    if (!cronJob) return
    const { namespace } = cronJob.metadata
    const jobs: Job[] = []
    for (const job of jobsOf(context).values()) if (job.metadata.namespace === namespace) jobs.push(job)
    const step = cronStep({ cronJob, jobs, now: clock.now() })
    let { status } = step
    for (const action of step.actions) status = apply(cronJob, action, status)
    const { active = [], ...rest } = status
    const next = { ...(active.length > 0 ? { active } : {}), ...rest }
    const current = store.collection(types.cronJobs).get(key)
    if (current && !sameIgnoringNulls(current.status, next))
      registry.write(types.cronJobs, withStatus(current, next), by)
    if (step.requeueAfter !== undefined) queue.add(key, step.requeueAfter)
  }

  /** The status as it is after the action. */
  function apply(cronJob: StoredCronJob, action: CronAction, status: CronJobStatus): CronJobStatus {
    const { namespace, name } = cronJob.metadata
    const say = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      recorder.record(cronJob, { type, reason, message, source })
    if (action.kind === 'Say') {
      say(action.said.type, action.said.reason, action.said.message)
      return status
    }
    try {
      if (action.kind === 'DeleteJob') {
        registry.delete(types.jobs, namespace, action.name, { propagationPolicy: 'Background' })
        say('Normal', 'SuccessfulDelete', `Deleted job ${action.name}`)
        return { ...status, active: (status.active ?? []).filter((one) => one.name !== action.name) }
      }
      const { object } = registry.create(types.jobs, namespace, action.job, { manager })
      say('Normal', 'SuccessfulCreate', `Created job ${object.metadata.name}`)
      return {
        ...status,
        active: [...(status.active ?? []), referenceTo(object)],
        lastScheduleTime: action.scheduledAt,
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      if (action.kind === 'DeleteJob') say('Warning', 'FailedDelete', `Deleted job: ${error.message}`)
      else {
        say('Warning', 'FailedCreate', `Error creating job: ${error.message}`)
        queue.add(keyOf(namespace, name), retryMilliseconds)
      }
      return status
    }
  }
}
