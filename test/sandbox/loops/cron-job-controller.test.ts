import { beforeEach, describe, expect, it } from 'vitest'
import type { CronJob } from '#controller/jobs/types.ts'
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { begin, change, clock, cluster, create, events, start } from '../../helpers/simulation.ts'

const finishes = [
  { image: /^long/, seconds: 90, exitCode: 0 },
  { image: /^fail/, seconds: 1, exitCode: 1 },
]
const minutes = (count: number) => clock.advance(count * 60_000)

function createCronJob(spec: JsonObject = {}, image = 'ok') {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } }
  const jobTemplate = { spec: { template, backoffLimit: 0 } }
  return create(types.cronJobs, 'default', {
    metadata: { name: 'tick' },
    spec: { schedule: '* * * * *', jobTemplate, ...spec },
  })
}

const jobs = () =>
  [...cluster.store.collection(types.jobs).values()].map(({ metadata }) => metadata.name).sort()
const status = () => (cluster.store.get(types.cronJobs, 'default', 'tick') as unknown as CronJob).status
const minuteOf = (text: string) => `tick-${Date.parse(text) / 60_000}`

beforeEach(() => begin({ behaviour: { finishes } }))

describe('a CronJob', () => {
  it('makes a Job for each time, by the minute, and keeps the last three', () => {
    createCronJob()
    minutes(1)
    expect(jobs()).toEqual([minuteOf('2026-11-20T20:01:00Z')])
    minutes(4.5)
    expect(jobs()).toEqual(['20:03', '20:04', '20:05'].map((time) => minuteOf(`2026-11-20T${time}:00Z`)))
    expect(status()).toMatchObject({ lastScheduleTime: '2026-11-20T20:05:00Z' })
    expect(events('SawCompletedJob')[0]).toBe(
      `Saw completed job: ${minuteOf('2026-11-20T20:01:00Z')}, condition: Complete`,
    )
    expect(events('SuccessfulDelete')).toContain(`Deleted job ${minuteOf('2026-11-20T20:01:00Z')}`)
  })

  it('keeps one of those that failed', () => {
    createCronJob({}, 'fail')
    minutes(3.5)
    expect(jobs()).toEqual([minuteOf('2026-11-20T20:03:00Z')])
  })

  it('lets Jobs run side by side, unless it forbids that, or replaces them', () => {
    createCronJob({}, 'long')
    minutes(2.2)
    expect(status()?.active).toHaveLength(2)
    begin({ behaviour: { finishes } })
    createCronJob({ concurrencyPolicy: 'Forbid' }, 'long')
    minutes(2.2)
    expect(jobs()).toEqual([minuteOf('2026-11-20T20:01:00Z')])
    expect(events('JobAlreadyActive')).toHaveLength(1)
    begin({ behaviour: { finishes } })
    createCronJob({ concurrencyPolicy: 'Replace' }, 'long')
    minutes(2.2)
    expect(jobs()).toEqual([minuteOf('2026-11-20T20:02:00Z')])
    expect(status()?.active).toHaveLength(1)
  })

  it('goes by its time zone', () => {
    // 20:00 in UTC is 1:45 in the morning of the next day in Kathmandu.
    createCronJob({ schedule: '0 2 21 11 *', timeZone: 'Asia/Kathmandu' })
    minutes(14)
    expect(jobs()).toEqual([])
    minutes(2)
    expect(jobs()).toEqual([minuteOf('2026-11-20T20:15:00Z')])
    const job = cluster.store.get(types.jobs, 'default', jobs()[0] ?? '')
    expect(job?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']).toBe(
      '2026-11-21T02:00:00+05:45',
    )
  })

  it('starts nothing while it is suspended, and what it missed then only within its deadline', () => {
    createCronJob({ schedule: '*/10 * * * *', suspend: true, startingDeadlineSeconds: 60 })
    minutes(13)
    change(types.cronJobs, 'default', 'tick', (one) => ({
      ...one,
      spec: { ...(one.spec as JsonObject), suspend: false },
    }))
    minutes(1)
    expect(jobs()).toEqual([])
    begin()
    createCronJob({ schedule: '*/10 * * * *', suspend: true })
    minutes(13)
    change(types.cronJobs, 'default', 'tick', (one) => ({
      ...one,
      spec: { ...(one.spec as JsonObject), suspend: false },
    }))
    minutes(1)
    expect(jobs()).toEqual([minuteOf('2026-11-20T20:10:00Z')])
  })

  it('runs each second where a minute is a second', () => {
    createCronJob()
    for (let at = 1; at <= 5; at += 1) minutes(1)
    expect(status()?.lastScheduleTime).toBe(`${new Date(start + 5 * 60_000).toISOString().slice(0, 19)}Z`)
  })
})
