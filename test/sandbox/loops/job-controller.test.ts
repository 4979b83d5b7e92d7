import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { begin, change, clock, cluster, create, events } from '../../helpers/simulation.ts'
import { conditionsOf, createJob, jobOf, phases, podsOfJob, statusOf } from './jobs.ts'

const finishes = [
  { image: /^ok/, seconds: 4, exitCode: 0 },
  { image: /^fail/, seconds: 4, exitCode: 1 },
  { image: /^odd/, seconds: 4, exitCode: 42 },
  { image: /^long/, seconds: 1000, exitCode: 0 },
]
const seconds = (count: number) => clock.advance(count * 1000)
const patchSpec = (name: string, spec: JsonObject) =>
  change(types.jobs, 'default', name, (job) => ({ ...job, spec: { ...(job.spec as JsonObject), ...spec } }))

beforeEach(() => begin({ behaviour: { finishes } }))

describe('a Job', () => {
  it('runs as many pods at a time as it may until enough have succeeded', () => {
    createJob('paral', { completions: 5, parallelism: 2 })
    let most = 0
    for (let at = 0; at < 30; at += 1) {
      seconds(1)
      most = Math.max(most, phases('paral').filter((phase) => phase === 'Running').length)
    }
    expect(most).toBe(2)
    expect(phases('paral')).toEqual(Array(5).fill('Succeeded'))
    expect(conditionsOf('paral')).toEqual([
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ])
    expect(statusOf('paral')).toMatchObject({
      succeeded: 5,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
    })
    expect(events('Completed')).toEqual(['Job completed'])
    expect(podsOfJob('paral').every(({ metadata }) => metadata.finalizers === undefined)).toBe(true)
  })

  it('without completions is done when one pod has succeeded and the others have ended', () => {
    createJob('queue', { parallelism: 3 })
    seconds(10)
    expect(phases('queue')).toHaveLength(3)
    expect(conditionsOf('queue')).toContain('Complete=True CompletionsReached')
  })

  it('waits twice as long after each failure, and gives up beyond its limit', () => {
    createJob('broken', { backoffLimit: 2 }, {}, 'fail')
    const made: number[] = []
    for (let at = 0; at < 80; at += 1) {
      seconds(1)
      if (podsOfJob('broken').length > made.length) made.push(at)
    }
    expect(made).toHaveLength(3)
    // Each runs for four seconds; then ten and twenty are waited.
    expect((made[1] ?? 0) - (made[0] ?? 0)).toBeGreaterThanOrEqual(13)
    expect((made[2] ?? 0) - (made[1] ?? 0)).toBeGreaterThanOrEqual(23)
    expect(conditionsOf('broken')).toEqual([
      'FailureTarget=True BackoffLimitExceeded',
      'Failed=True BackoffLimitExceeded',
    ])
    expect(statusOf('broken').failed).toBe(3)
    expect(events('BackoffLimitExceeded')).toEqual(['Job has reached the specified backoff limit'])
  })

  it('counts the restarts of pods that are started again where they are', () => {
    createJob('again', { backoffLimit: 2 }, { restartPolicy: 'OnFailure' }, 'fail')
    seconds(5)
    expect(podsOfJob('again')).toHaveLength(1)
    seconds(40)
    expect(conditionsOf('again')).toContain('Failed=True BackoffLimitExceeded')
    expect(podsOfJob('again')).toHaveLength(0)
  })

  it('has an index for each pod if it is Indexed', () => {
    createJob('idx', { completions: 3, parallelism: 3, completionMode: 'Indexed' })
    seconds(1)
    const [pod] = podsOfJob('idx').filter(({ metadata }) => metadata.name.startsWith('idx-1-'))
    expect(pod?.metadata.annotations?.['batch.kubernetes.io/job-completion-index']).toBe('1')
    expect(pod?.metadata.labels?.['batch.kubernetes.io/job-completion-index']).toBe('1')
    expect(pod?.spec).toMatchObject({
      hostname: 'idx-1',
      containers: [
        {
          env: [
            {
              name: 'JOB_COMPLETION_INDEX',
              valueFrom: {
                fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" },
              },
            },
          ],
        },
      ],
    })
    seconds(8)
    expect(statusOf('idx')).toMatchObject({ completedIndexes: '0-2', succeeded: 3 })
  })

  it('gives each index its own number of tries', () => {
    createJob(
      'per',
      { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 },
      {},
      'fail',
    )
    seconds(60)
    expect(statusOf('per')).toMatchObject({ failedIndexes: '0,1', failed: 4 })
    expect(conditionsOf('per')).toContain('Failed=True FailedIndexes')
    const counts = podsOfJob('per').map(
      ({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'],
    )
    expect(counts.sort()).toEqual(['0', '0', '1', '1'])
  })

  it('ends early when too many indexes have failed', () => {
    const spec = {
      completions: 3,
      parallelism: 1,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 0,
      maxFailedIndexes: 0,
    }
    createJob('max', spec, {}, 'fail')
    seconds(30)
    expect(conditionsOf('max')).toContain('Failed=True MaxFailedIndexesExceeded')
    expect(podsOfJob('max')).toHaveLength(1)
  })

  it('has succeeded when the indexes that matter have, and stops the others', () => {
    const rules = [{ succeededIndexes: '0', succeededCount: 1 }]
    const spec = { completions: 3, parallelism: 1, completionMode: 'Indexed', successPolicy: { rules } }
    createJob('some', spec)
    seconds(30)
    expect(conditionsOf('some')).toEqual([
      'SuccessCriteriaMet=True SuccessPolicy',
      'Complete=True SuccessPolicy',
    ])
    expect(statusOf('some').completedIndexes).toBe('0')
  })

  it('has no pods while it is suspended, and starts anew when it is resumed', () => {
    createJob('held', {}, {}, 'long')
    seconds(5)
    const { startTime } = statusOf('held')
    patchSpec('held', { suspend: true })
    seconds(5)
    expect(podsOfJob('held')).toHaveLength(0)
    expect(conditionsOf('held')).toEqual(['Suspended=True JobSuspended'])
    expect(statusOf('held').active).toBeUndefined()
    patchSpec('held', { suspend: false })
    seconds(5)
    expect(phases('held')).toEqual(['Running'])
    expect(conditionsOf('held')).toEqual(['Suspended=False JobResumed'])
    expect(statusOf('held').startTime).not.toBe(startTime)
    expect([events('Suspended'), events('Resumed')]).toEqual([['Job suspended'], ['Job resumed']])
  })

  it('is stopped when its time is over', () => {
    createJob('late', { activeDeadlineSeconds: 10 }, {}, 'long')
    seconds(9)
    expect(phases('late')).toEqual(['Running'])
    seconds(5)
    expect(conditionsOf('late')).toEqual([
      'FailureTarget=True DeadlineExceeded',
      'Failed=True DeadlineExceeded',
    ])
    expect(podsOfJob('late')).toHaveLength(0)
  })

  const onExitCodes = (action: string) => ({
    rules: [{ action, onExitCodes: { operator: 'In', values: [42] } }],
  })

  it('fails at once by its podFailurePolicy', () => {
    createJob('policy', { podFailurePolicy: onExitCodes('FailJob') }, {}, 'odd')
    seconds(8)
    expect(conditionsOf('policy')).toContain('Failed=True PodFailurePolicy')
    const [pod] = podsOfJob('policy')
    expect(events('PodFailurePolicy')).toEqual([
      `Container c for pod default/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    ])
  })

  it('does not count what its podFailurePolicy ignores', () => {
    createJob('ignore', { backoffLimit: 0, podFailurePolicy: onExitCodes('Ignore') }, {}, 'odd')
    seconds(30)
    expect(conditionsOf('ignore')).toEqual([])
    expect(podsOfJob('ignore').length).toBeGreaterThan(1)
  })

  it.each([
    ['TerminatingOrFailed', 1],
    ['Failed', 0],
  ])('replaces a deleted pod by podReplacementPolicy %s', (podReplacementPolicy, running) => {
    begin({ behaviour: { finishes, terminationSeconds: 20 } })
    // The first failure makes it wait for ten seconds: less than the pod takes to go.
    createJob('swap', { podReplacementPolicy }, {}, 'long')
    seconds(5)
    cluster.registry.delete(types.pods, 'default', podsOfJob('swap')[0]?.metadata.name ?? '', {})
    seconds(15)
    const alive = podsOfJob('swap').filter(({ metadata }) => !metadata.deletionTimestamp)
    expect(alive).toHaveLength(running)
    expect(statusOf('swap').terminating).toBe(1)
    seconds(40)
    expect(phases('swap')).toContain('Running')
  })

  it('goes with its pods when its time after the end is over', () => {
    createJob('brief', { ttlSecondsAfterFinished: 3 })
    seconds(7)
    expect(jobOf('brief')).toBeDefined()
    seconds(5)
    expect(jobOf('brief')).toBeUndefined()
    expect(podsOfJob('brief')).toHaveLength(0)
  })

  it('leaves its pods behind when it is deleted so, and they can go', () => {
    createJob('orphans', {}, {}, 'long')
    seconds(2)
    cluster.registry.delete(types.jobs, 'default', 'orphans', {})
    seconds(2)
    const [pod] = podsOfJob('orphans')
    expect(jobOf('orphans')).toBeUndefined()
    expect(pod?.metadata.ownerReferences).toBeUndefined()
    expect(pod?.metadata.finalizers).toBeUndefined()
  })

  it('stops pods that are too many', () => {
    createJob('less', { completions: 5, parallelism: 4 }, {}, 'long')
    seconds(2)
    patchSpec('less', { parallelism: 1 })
    seconds(3)
    expect(phases('less')).toEqual(['Running'])
  })

  it('tells what the API refuses, and tries again later and later', () => {
    createJob('classy', {}, { priorityClassName: 'nope' })
    seconds(20)
    expect(events('FailedCreate')[0]).toMatch(/^Error creating: .*no PriorityClass with name nope was found/)
    expect(statusOf('classy').active).toBeUndefined()
    create(types.priorityClasses, undefined, { metadata: { name: 'nope' }, value: 5 })
    seconds(70)
    expect(conditionsOf('classy')).toContain('Complete=True CompletionsReached')
  })
})
