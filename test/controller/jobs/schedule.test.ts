import { describe, expect, it } from 'vitest'
import { formatIndexes, parseIndexes } from '#controller/jobs/indexes.ts'
import { missed, scheduleOf } from '#controller/jobs/schedule.ts'

const at = (text: string) => Date.parse(text)
const next = (schedule: string, zone: string | undefined, after: string, count = 1) => {
  const times: string[] = []
  let time = at(after)
  for (let left = count; left > 0; left -= 1) {
    time = scheduleOf(schedule, zone).next(time) ?? Number.NaN
    times.push(Number.isNaN(time) ? 'never' : new Date(time).toISOString().slice(0, 16))
  }
  return times
}

describe('the next time', () => {
  it.each<[string, string | undefined, string, string[]]>([
    [
      '*/20 9-10 * * *',
      undefined,
      '2026-11-20T09:30:00Z',
      ['2026-11-20T09:40', '2026-11-20T10:00', '2026-11-20T10:20'],
    ],
    // Both days given: one of them is enough.
    ['0 0 13 * fri', undefined, '2026-11-07T00:00:00Z', ['2026-11-13T00:00', '2026-11-20T00:00']],
    ['0 0 13 * *', undefined, '2026-11-07T00:00:00Z', ['2026-11-13T00:00', '2026-12-13T00:00']],
    ['@weekly', undefined, '2026-11-20T09:30:00Z', ['2026-11-22T00:00']],
    ['@every 90m', undefined, '2026-11-20T09:30:00Z', ['2026-11-20T11:00', '2026-11-20T12:30']],
    ['0 9 * * *', 'America/New_York', '2026-11-20T00:00:00Z', ['2026-11-20T14:00']],
    // The hour that spring leaves out.
    ['30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', ['2026-03-09T06:30']],
    // The hour that autumn has twice.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30', '2026-10-25T01:30', '2026-10-26T01:30'],
    ],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T01:00:00Z', ['2026-10-25T01:30', '2026-10-26T01:30']],
    [
      '15,45 1 1 11 *',
      'America/New_York',
      '2025-11-20T00:00:00Z',
      ['2026-11-01T05:15', '2026-11-01T05:45', '2026-11-01T06:15', '2026-11-01T06:45', '2027-11-01T05:15'],
    ],
    [
      '40 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T00:00:00Z',
      ['2026-04-04T14:40', '2026-04-04T15:10', '2026-04-05T15:10'],
    ],
    [
      '0 */2 * * *',
      'Europe/Berlin',
      '2026-10-24T23:00:00Z',
      ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T03:00'],
    ],
    ['0 0 30 2 *', undefined, '2026-11-20T00:00:00Z', ['never']],
    ['0 0 29 2 *', undefined, '2026-11-20T00:00:00Z', ['2028-02-29T00:00']],
  ])('of %s in %s after %s', (schedule, zone, after, times) => {
    expect(next(schedule, zone, after, times.length)).toEqual(times)
  })
})

describe('what was missed', () => {
  const hourly = scheduleOf('0 * * * *', undefined)
  it.each<[string, string, string | undefined, boolean]>([
    ['2026-11-20T09:30:00Z', '2026-11-20T09:59:59Z', undefined, false],
    ['2026-11-20T09:30:00Z', '2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z', false],
    ['2026-11-20T09:30:00Z', '2026-11-20T15:10:00Z', '2026-11-20T15:00:00Z', false],
    ['2016-11-20T09:30:00Z', '2026-11-20T15:10:00Z', '2026-11-20T15:00:00Z', true],
  ])('between %s and %s', (since, now, latest, tooMany) => {
    expect(missed(hourly, at(since), at(now))).toEqual({ latest: latest && at(latest), tooMany })
  })
})

describe('indexes', () => {
  it.each(['', '0', '0,1', '0-2', '1,3-5,7,8', '0-9'])('%s is read and written', (text) => {
    expect(formatIndexes(parseIndexes(text, 10))).toBe(text)
  })
  it('beyond the completions, or not well formed, are passed over', () => {
    expect(formatIndexes(parseIndexes('1-3,x,5-y,8-12,20', 10))).toBe('1-3,8,9')
  })
})
