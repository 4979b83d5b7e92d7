import { Cron } from 'croner'
import { type CronSchedule, parseCronSchedule } from '#kube/cron-schedule.ts'
import { offsetIn, repetitionBetween } from './zone.ts'

/** The times of a schedule. All are milliseconds. */
export interface Schedule {
  /** The first time after this one; undefined: there is none any more. */
  next(after: number): number | undefined
}

const minute = 60_000
const longestRepetition = 180 * minute
const known = new Map<string, Schedule>()
const mostKnown = 1000

/** Schedules repeat themselves from sync to sync, and reading one costs more than asking it. */
function remembered(name: string, make: () => Schedule): Schedule {
  const found = known.get(name)
  if (found) return found
  if (known.size > mostKnown) known.clear()
  const made = make()
  known.set(name, made)
  return made
}

function timesOf(parsed: CronSchedule, timeZone: string): Schedule {
  if (parsed.kind === 'interval')
    return { next: (after) => Math.floor(after / 1000) * 1000 + parsed.milliseconds }
  if (parsed.fields.includes('')) return { next: () => undefined }
  const cron = new Cron(parsed.fields.join(' '), { paused: true, mode: '5-part', timezone: timeZone })
  const next = (after: number) => {
    let time = cron.nextRun(new Date(after))
    // In spring an hour is missing: croner moves its times, Kubernetes leaves them out.
    while (time && !cron.match(time)) time = cron.nextRun(time)
    return time?.getTime()
  }
  if (timeZone === 'UTC') return { next }
  const offset = offsetIn(timeZone)
  return {
    next(after) {
      const time = next(after)
      // In autumn an hour comes twice: croner keeps to one of the two, Kubernetes to both.
      const twice = time && repetitionBetween(offset, after - longestRepetition, time)
      if (!twice) return time
      const from = Math.max(after + 1, twice.start - twice.length)
      const to = Math.min(time, twice.start + twice.length)
      for (let at = Math.ceil(from / minute) * minute; at < to; at += minute)
        if (cron.match(new Date(at))) return at
      return time
    },
  }
}

/**
 * A CronJob's schedule, in its time zone: the one that it writes itself, then `timeZone`, or UTC, which the control plane runs in.
 *
 * @throws Error in the words of the library that Kubernetes uses.
 */
export function scheduleOf(text: string, timeZone: string | null | undefined): Schedule {
  return remembered(`${timeZone ?? ''} ${text}`, () => {
    const parsed = parseCronSchedule(text)
    return timesOf(parsed, parsed.timeZone || timeZone || 'UTC')
  })
}

/** Schedules that were passed while nobody looked. */
interface Missed {
  /** The latest time that is due and has not been met; undefined: none is. */
  readonly latest: number | undefined
  /** So many that something must be wrong: the controller says so. */
  readonly tooMany: boolean
}

const many = 100

/** `mostRecentScheduleTime`: what became due after `since` and not after `now`. How many were missed is estimated, as upstream. */
export function missed(schedule: Schedule, since: number, now: number): Missed {
  const first = schedule.next(since)
  if (first === undefined || first > now) return { latest: undefined, tooMany: false }
  const gap = (schedule.next(first) ?? Number.POSITIVE_INFINITY) - first
  const tooMany = (now - first) / gap + 1 > many
  // From the end backwards, for there may be any number of them.
  for (let back = gap; ; back *= 2) {
    const start = Math.max(since, now - back)
    let latest: number | undefined
    for (let time = schedule.next(start); time !== undefined && time <= now; time = schedule.next(time))
      latest = time
    if (latest !== undefined || start === since) return { latest, tooMany }
  }
}
