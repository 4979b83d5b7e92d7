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
export class JobController {
  readonly #context: LoopContext
  readonly #pods: PodControl
  readonly #queue: WorkQueue
  readonly #expiry: WorkQueue
  readonly #memories = new Map<string, Memory>()
  /** By the uid of their controller; orphans by their namespace. */
  readonly #podsOf = new Map<string, Map<string, StoredPod>>()

  constructor(context: LoopContext) {
    this.#context = context
    this.#pods = new PodControl(context, 'job-controller')
    this.#queue = new WorkQueue(context.clock, (key) => this.#sync(key))
    this.#expiry = new WorkQueue(context.clock, (key) => this.#expire(key))
  }

  start(): void {
    const jobs = jobsOf(this.#context)
    const pods = podsOf(this.#context.store)
    for (const pod of pods.values()) this.#note(undefined, pod)
    pods.subscribe(({ type, object, previous }) =>
      this.#note(previous, type === 'DELETED' ? undefined : object),
    )
    const look = (job: StoredJob) => {
      this.#queue.add(keyOf(job.metadata.namespace, job.metadata.name))
      this.#plan(job)
    }
    for (const job of jobs.values()) look(job)
    jobs.subscribe(({ type, object, previous }) => {
      // Its own status tells the controller nothing new, but when the Job is to go.
      if (type !== 'DELETED' && previous && previous.status !== object.status) this.#plan(object)
      else if (type !== 'DELETED') look(object)
      else {
        this.#memories.delete(object.metadata.uid)
        for (const pod of this.#podsOf.get(object.metadata.uid)?.values() ?? []) this.#letGo(pod)
      }
    })
  }

  #place(pod: StoredPod): string {
    return controllerOf(pod)?.uid ?? `namespace ${pod.metadata.namespace}`
  }

  #note(previous: StoredPod | undefined, pod: StoredPod | undefined): void {
    if (previous) {
      const place = this.#podsOf.get(this.#place(previous))
      place?.delete(previous.metadata.uid)
      if (place?.size === 0) this.#podsOf.delete(this.#place(previous))
    }
    const owner = controllerOf((pod ?? previous) as StoredPod)
    // Of all other pods, most by far in a test bed for daemon pods, nothing needs to be kept.
    if (owner && owner.kind !== 'Job') return
    if (pod) {
      getOrMake(this.#podsOf, this.#place(pod), () => new Map()).set(pod.metadata.uid, pod)
    }
    const { namespace } = ((pod ?? previous) as StoredPod).metadata
    const jobs = jobsOf(this.#context)
    const job = owner ? jobs.get(keyOf(namespace, owner.name ?? '')) : undefined
    if (job && job.metadata.uid === owner?.uid)
      this.#queue.add(keyOf(namespace, job.metadata.name), batchMilliseconds)
    else if (pod) this.#letGo(pod)
    if (owner || !pod) return
    for (const one of jobs.values())
      if (one.metadata.namespace === namespace && !finishedBy(one))
        this.#queue.add(keyOf(namespace, one.metadata.name), batchMilliseconds)
  }

  /** A pod whose Job is gone is counted by nobody. */
  #letGo({ metadata }: StoredPod): void {
    if (metadata.finalizers?.includes(trackingFinalizer))
      this.#context.clock.schedule(0, () =>
        this.#pods.finalize(metadata.namespace, metadata.name, trackingFinalizer, false),
      )
  }

  #sync(key: string): void {
    const { clock } = this.#context
    const job = jobsOf(this.#context).get(key)
    if (!job) return
    const { uid, namespace } = job.metadata
    const memory = getOrMake(this.#memories, uid, () => ({ failures: noFailures, retries: 0 }))
    const own = [...(this.#podsOf.get(uid)?.values() ?? [])]
    const orphans = [...(this.#podsOf.get(`namespace ${namespace}`)?.values() ?? [])]
    const step = jobStep({
      job,
      pods: [...own, ...orphans] as unknown as JobPod[],
      now: clock.now(),
      failures: memory.failures,
    })
    memory.failures = step.failures
    const refused = this.#applyAll(job, step.actions)
    this.#finish(job, key, step, refused)
    memory.retries = refused > 0 ? memory.retries + 1 : 0
    if (refused > 0) this.#queue.add(key, Math.min(firstRetry * 2 ** (memory.retries - 1), longestRetry))
    if (step.requeueAfter !== undefined) this.#queue.add(key, Math.max(1, step.requeueAfter))
  }

  #finish(job: StoredJob, key: string, { status, said }: JobStep, refused: number): void {
    if (status) this.#write(key, { ...status, active: Math.max(0, (status.active ?? 0) - refused) })
    for (const { type, reason, message } of said) this.#pods.say(job, type, reason, message)
  }

  #write(key: string, { active, ...status }: JobStatus): void {
    const current = jobsOf(this.#context).get(key)
    if (!current) return
    const next = { ...(active ? { active } : {}), ...status }
    if (!sameIgnoringNulls(current.status, next))
      this.#context.registry.write(types.jobs, withStatus(current, next), by)
  }

  /** How many pods the API refused to make: after the first, the others are left for the next sync. */
  #applyAll(job: StoredJob, actions: readonly JobAction[]): number {
    let refused = 0
    for (const action of actions) {
      if (action.kind !== 'CreatePod') this.#apply(job, action)
      else if (refused > 0 || !this.#pods.create(job, action.pod)) refused += 1
    }
    return refused
  }

  #apply(job: StoredJob, action: Exclude<JobAction, { kind: 'CreatePod' }>): void {
    const { store } = this.#context
    const { namespace, name } = job.metadata
    switch (action.kind) {
      case 'AdoptPod':
      case 'ReleasePod': {
        const adopt = action.kind === 'AdoptPod'
        const pod = podsOf(store).get(keyOf(namespace, action.name))
        if (pod) this.#pods.own(types.pods, pod, batchOwner('Job', job), adopt)
        this.#pods.finalize(namespace, action.name, trackingFinalizer, adopt)
        break
      }
      case 'DeletePod':
        if (action.untrack) this.#pods.finalize(namespace, action.name, trackingFinalizer, false)
        this.#pods.delete(job, action.name)
        break
      case 'UntrackPod':
        this.#pods.finalize(namespace, action.name, trackingFinalizer, false)
        break
      case 'WriteStatus':
        this.#write(keyOf(namespace, name), action.status)
        break
      case 'Say':
        this.#pods.say(job, action.said.type, action.said.reason, action.said.message)
    }
  }

  /** When a Job that has ended is to go (`pkg/controller/ttlafterfinished`). */
  #plan(job: StoredJob): void {
    const ended = finishedBy(job)
    const seconds = job.spec.ttlSecondsAfterFinished
    if (!ended || typeof seconds !== 'number' || job.metadata.deletionTimestamp) return
    const due = Date.parse(ended.lastTransitionTime) + seconds * 1000
    this.#expiry.add(
      keyOf(job.metadata.namespace, job.metadata.name),
      Math.max(0, due - this.#context.clock.now()),
    )
  }

  #expire(key: string): void {
    const job = jobsOf(this.#context).get(key)
    const ended = job && finishedBy(job)
    const seconds = job?.spec.ttlSecondsAfterFinished
    if (!ended || typeof seconds !== 'number' || job.metadata.deletionTimestamp) return
    if (Date.parse(ended.lastTransitionTime) + seconds * 1000 > this.#context.clock.now()) this.#plan(job)
    else
      this.#context.registry.delete(types.jobs, job.metadata.namespace, job.metadata.name, {
        propagationPolicy: 'Foreground',
      })
  }
}
