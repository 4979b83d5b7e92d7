import { sameIgnoringNulls } from '#base/json.ts'
import { getOrMake } from '#base/once.ts'
import { type FailureRecord, noFailures } from '#controller/jobs/backoff.ts'
import { batchOwner } from '#controller/jobs/new-pod.ts'
import { trackingFinalizer } from '#controller/jobs/pods.ts'
import { type JobAction, type JobStep, jobStep } from '#controller/jobs/step.ts'
import { finishedBy, type Job, type JobPod, type JobStatus } from '#controller/jobs/types.ts'
import { controllerOf } from '#kube/owners.ts'
import { types } from '../api/resources.ts'
import type { Collection } from '../store/collection.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { type LoopContext, podsOf, withStatus } from './context.ts'
import { PodControl } from './pod-control.ts'
import { WorkQueue } from './work-queue.ts'

type StoredJob = StoredObject & Job

const by = { manager: 'kube-controller-manager', status: true }
/** What pods do is looked at once a second (`SyncJobBatchPeriod`). */
const batchMilliseconds = 1000
/** After a creation that the API refused: doubled each time (`DefaultJobApiBackOff`, `MaxJobApiBackOff`). */
const firstRetry = 1000
const longestRetry = 60_000

interface Memory {
  failures: FailureRecord
  retries: number
}

export const jobsOf = ({ store }: LoopContext): Collection<StoredJob> =>
  store.collection(types.jobs) as unknown as Collection<StoredJob>

/** Runs the Job controller's model behind the API, and deletes Jobs whose time after their end is over. */
export function runJobs(context: LoopContext): void {
  const { clock, registry, store } = context
  const memories = new Map<string, Memory>()
  /** By the uid of their controller; orphans by their namespace. */
  const podsByOwner = new Map<string, Map<string, StoredPod>>()
  const control = new PodControl(context, 'job-controller')
  const queue = new WorkQueue(clock, sync)
  const expiry = new WorkQueue(clock, expire)
  const jobs = jobsOf(context)
  const pods = podsOf(store)
  for (const pod of pods.values()) note(undefined, pod)
  pods.subscribe(({ type, object, previous }) => note(previous, type === 'DELETED' ? undefined : object))
  const look = (job: StoredJob) => {
    queue.add(keyOf(job.metadata.namespace, job.metadata.name))
    plan(job)
  }
  for (const job of jobs.values()) look(job)
  jobs.subscribe(({ type, object, previous }) => {
    // Its own status tells the controller nothing new, but when the Job is to go.
    if (type !== 'DELETED' && previous && previous.status !== object.status) plan(object)
    else if (type !== 'DELETED') look(object)
    else {
      memories.delete(object.metadata.uid)
      for (const pod of podsByOwner.get(object.metadata.uid)?.values() ?? []) letGo(pod)
    }
  })

  function placeOf(pod: StoredPod): string {
    return controllerOf(pod)?.uid ?? `namespace ${pod.metadata.namespace}`
  }

  function note(previous: StoredPod | undefined, pod: StoredPod | undefined): void {
    if (previous) {
      const place = podsByOwner.get(placeOf(previous))
      place?.delete(previous.metadata.uid)
      if (place?.size === 0) podsByOwner.delete(placeOf(previous))
    }
    const owner = controllerOf((pod ?? previous) as StoredPod)
    // Of all other pods, most by far in a test bed for daemon pods, nothing needs to be kept.
    if (owner && owner.kind !== 'Job') return
    if (pod) {
      getOrMake(podsByOwner, placeOf(pod), () => new Map()).set(pod.metadata.uid, pod)
    }
    const { namespace } = ((pod ?? previous) as StoredPod).metadata
    const jobs = jobsOf(context)
    const job = owner ? jobs.get(keyOf(namespace, owner.name ?? '')) : undefined
    if (job && job.metadata.uid === owner?.uid)
      queue.add(keyOf(namespace, job.metadata.name), batchMilliseconds)
    else if (pod) letGo(pod)
    if (owner || !pod) return
    for (const one of jobs.values())
      if (one.metadata.namespace === namespace && !finishedBy(one))
        queue.add(keyOf(namespace, one.metadata.name), batchMilliseconds)
  }

  /** A pod whose Job is gone is counted by nobody. */
  function letGo({ metadata }: StoredPod): void {
    if (metadata.finalizers?.includes(trackingFinalizer))
      clock.schedule(0, () => control.finalize(metadata.namespace, metadata.name, trackingFinalizer, false))
  }

  function sync(key: string): void {
    const job = jobsOf(context).get(key)
    if (!job) return
    const { uid, namespace } = job.metadata
    const memory = getOrMake(memories, uid, () => ({ failures: noFailures, retries: 0 }))
    const own = [...(podsByOwner.get(uid)?.values() ?? [])]
    const orphans = [...(podsByOwner.get(`namespace ${namespace}`)?.values() ?? [])]
    const step = jobStep({
      job,
      pods: [...own, ...orphans] as unknown as JobPod[],
      now: clock.now(),
      failures: memory.failures,
    })
    memory.failures = step.failures
    const refused = applyAll(job, step.actions)
    finish(job, key, step, refused)
    memory.retries = refused > 0 ? memory.retries + 1 : 0
    if (refused > 0) queue.add(key, Math.min(firstRetry * 2 ** (memory.retries - 1), longestRetry))
    if (step.requeueAfter !== undefined) queue.add(key, Math.max(1, step.requeueAfter))
  }

  function finish(job: StoredJob, key: string, { status, said }: JobStep, refused: number): void {
    if (status) write(key, { ...status, active: Math.max(0, (status.active ?? 0) - refused) })
    for (const { type, reason, message } of said) control.say(job, type, reason, message)
  }

  function write(key: string, { active, ...status }: JobStatus): void {
    const current = jobsOf(context).get(key)
    if (!current) return
    const next = { ...(active ? { active } : {}), ...status }
    if (!sameIgnoringNulls(current.status, next)) registry.write(types.jobs, withStatus(current, next), by)
  }

  /** How many pods the API refused to make: after the first, the others are left for the next sync. */
  function applyAll(job: StoredJob, actions: readonly JobAction[]): number {
    let refused = 0
    for (const action of actions) {
      if (action.kind !== 'CreatePod') apply(job, action)
      else if (refused > 0 || !control.create(job, action.pod)) refused += 1
    }
    return refused
  }

  function apply(job: StoredJob, action: Exclude<JobAction, { kind: 'CreatePod' }>): void {
    const { namespace, name } = job.metadata
    switch (action.kind) {
      case 'AdoptPod':
      case 'ReleasePod': {
        const adopt = action.kind === 'AdoptPod'
        const pod = podsOf(store).get(keyOf(namespace, action.name))
        if (pod) control.own(types.pods, pod, batchOwner('Job', job), adopt)
        control.finalize(namespace, action.name, trackingFinalizer, adopt)
        break
      }
      case 'DeletePod':
        if (action.untrack) control.finalize(namespace, action.name, trackingFinalizer, false)
        control.delete(job, action.name)
        break
      case 'UntrackPod':
        control.finalize(namespace, action.name, trackingFinalizer, false)
        break
      case 'WriteStatus':
        write(keyOf(namespace, name), action.status)
        break
      case 'Say':
        control.say(job, action.said.type, action.said.reason, action.said.message)
    }
  }

  /** When a Job that has ended is to go (`pkg/controller/ttlafterfinished`). */
  function plan(job: StoredJob): void {
    const ended = finishedBy(job)
    const seconds = job.spec.ttlSecondsAfterFinished
    if (!ended || typeof seconds !== 'number' || job.metadata.deletionTimestamp) return
    const due = Date.parse(ended.lastTransitionTime) + seconds * 1000
    expiry.add(keyOf(job.metadata.namespace, job.metadata.name), Math.max(0, due - clock.now()))
  }

  function expire(key: string): void {
    const job = jobsOf(context).get(key)
    const ended = job && finishedBy(job)
    const seconds = job?.spec.ttlSecondsAfterFinished
    if (!ended || typeof seconds !== 'number' || job.metadata.deletionTimestamp) return
    if (Date.parse(ended.lastTransitionTime) + seconds * 1000 > clock.now()) plan(job)
    else
      registry.delete(types.jobs, job.metadata.namespace, job.metadata.name, {
        propagationPolicy: 'Foreground',
      })
  }
}
