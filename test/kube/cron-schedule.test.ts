import { describe, expect, it } from 'vitest'
import { parseCronSchedule } from '#kube/cron-schedule.ts'

const fields = (schedule: string) => {
  const parsed = parseCronSchedule(schedule)
  return parsed.kind === 'fields' ? parsed.fields.join(' ') : parsed.milliseconds
}

describe('a schedule', () => {
  it.each<[string, string | number]>([
    ['* * * * *', '* * * * *'],
    ['*/1 ? * * *', '* * * * *'],
    ['*/20 0-4/2 1,15 jan,MAR mon-wed', '0,20,40 0,2,4 1,15 1,3 1,2,3'],
    ['50/4 * * * *', '50,54,58 * * * *'],
    ['  5   4  * * 0 ', '5 4 * * 0'],
    ['@hourly', '0 * * * *'],
    ['@every 1m30.7s', 90_000],
    ['@every 10ms', 1000],
  ])('%s', (schedule, read) => {
    expect(fields(schedule)).toBe(read)
  })

  it.each([
    ['', 'empty spec string'],
    ['every minute', 'expected exactly 5 fields, found 2: [every minute]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/2/3 * * * *', 'too many slashes: */2/3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['@never', 'unrecognized descriptor: @never'],
    ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
    ['TZ=Mars/Base * * * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
  ])('%s is refused', (schedule, why) => {
    expect(() => parseCronSchedule(schedule)).toThrow(why)
  })
})
