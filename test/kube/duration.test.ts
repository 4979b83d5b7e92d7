import { describe, expect, it } from 'vitest'
import { formatTime, humanDuration, parseGoDuration, parseRequestTimeout, parseTime } from '#kube/duration.ts'

const [s, m, h, d] = [1e3, 60e3, 3600e3, 86400e3]

describe('parseGoDuration', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['5s', 5 * s],
    ['1h30m', 90 * m],
    ['1.5h', 90 * m],
    ['.5s', 500],
    ['1.s', 1000],
    ['-1m', -m],
    ['+2ms', 2],
    ['3us', 0.003],
    ['1h1m1s', h + m + s],
  ])('%s', (text, ms) => expect(parseGoDuration(text)).toBeCloseTo(ms, 9))

  it.each([
    ['', 'time: invalid duration ""'],
    ['x', 'time: invalid duration "x"'],
    ['5', 'time: missing unit in duration "5"'],
    ['1h5', 'time: missing unit in duration "1h5"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1 h', 'time: unknown unit " h" in duration "1 h"'],
    ['.s', 'time: invalid duration ".s"'],
    ['-', 'time: invalid duration "-"'],
    ['9999999h', 'time: invalid duration "9999999h"'],
    ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
  ])('refuses %j', (text, words) => expect(() => parseGoDuration(text)).toThrow(words))
})

describe('parseRequestTimeout', () => {
  it.each([
    ['0', 0],
    ['5', 5000],
    ['1m', 60000],
  ])('%s', (text, ms) => expect(parseRequestTimeout(text)).toBe(ms))

  it('refuses anything else in the words of kubectl', () => {
    expect(() => parseRequestTimeout('soon')).toThrow(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
  })
})

describe('humanDuration', () => {
  it.each([
    [-2 * s, '<invalid>'],
    [-1 * s, '0s'],
    [999, '0s'],
    [119 * s, '119s'],
    [120 * s, '2m'],
    [2 * m + 3 * s, '2m3s'],
    [10 * m + 3 * s, '10m'],
    [179 * m, '179m'],
    [180 * m, '3h'],
    [7 * h + 59 * m, '7h59m'],
    [8 * h + 59 * m, '8h'],
    [47 * h, '47h'],
    [48 * h, '2d'],
    [3 * d + 4 * h, '3d4h'],
    [8 * d + 4 * h, '8d'],
    [729 * d, '729d'],
    [731 * d, '2y1d'],
    [730 * d, '2y'],
    [8 * 365 * d + d, '8y'],
  ])('%d ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text))
})

describe('times', () => {
  it('reads what the API writes', () => {
    expect(parseTime('2026-11-20T20:37:13Z')).toBe(Date.UTC(2026, 10, 20, 20, 37, 13))
    expect(parseTime('2026-11-20T22:37:13.123456+02:00')).toBe(Date.UTC(2026, 10, 20, 20, 37, 13, 123))
  })

  it.each(['', 'soon', '2026-11-20', '2026-13-20T20:37:13Z', '2026-11-20 20:37:13Z'])(
    'refuses %j',
    (text) => {
      expect(parseTime(text)).toBeUndefined()
    },
  )

  it('writes UTC and other offsets', () => {
    const ms = Date.UTC(2026, 10, 20, 20, 37, 13, 999)
    expect(formatTime(ms, 0)).toBe('2026-11-20T20:37:13Z')
    expect(formatTime(ms, 120)).toBe('2026-11-20T22:37:13+02:00')
    expect(formatTime(ms, -210)).toBe('2026-11-20T17:07:13-03:30')
  })
})
