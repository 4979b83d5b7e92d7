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
    ['.25s', 250],
    ['1.s', 1000],
    ['-1m', -m],
    ['+2ms', 2],
    ['3us', 0.003],
    ['1h1m1s', h + m + s],
    ['-2m3.4s', -123.4 * s],
    ['1h2m3s4ms5us6ns', h + 2 * m + 3 * s + 4.005006],
    ['12µs', 0.012],
    ['12μs', 0.012],
    ['39h9m14.425s', 39 * h + 9 * m + 14.425 * s],
    ['0.3333333333333333333h', 20 * m],
    ['2562047h47m16.854s', 9_223_372_036_854],
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
    ['+', 'time: invalid duration "+"'],
    ['x5s', 'time: invalid duration "x5s"'],
    ['.', 'time: invalid duration "."'],
    ['3000000h', 'time: invalid duration "3000000h"'],
    ['2562047h47m16.855s', 'time: invalid duration "2562047h47m16.855s"'],
    ['1s-1s', 'time: unknown unit "s-" in duration "1s-1s"'],
    ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
  ])('refuses %j', (text, words) => {
    expect(() => parseGoDuration(text)).toThrow(expect.objectContaining({ message: words }))
  })
})

describe('parseRequestTimeout', () => {
  it.each([
    ['0', 0],
    ['5', 5000],
    ['1m', 60000],
    ['+10', 10000],
    ['1500ms', 1500],
  ])('%s', (text, ms) => expect(parseRequestTimeout(text)).toBe(ms))

  it.each(['soon', '', '10 ', 'a10', '1.5'])('refuses %j in the words of kubectl', (text) => {
    expect(() => parseRequestTimeout(text)).toThrow(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
  })
})

describe('humanDuration', () => {
  const y = 365 * d
  it.each([
    [-2 * s, '<invalid>'],
    [-2 * s + 1, '0s'],
    [-1 * s, '0s'],
    [0, '0s'],
    [s - 1, '0s'],
    [2 * m - 1, '119s'],
    [2 * m, '2m'],
    [2 * m + s - 1, '2m'],
    [2 * m + s, '2m1s'],
    [10 * m - 1, '9m59s'],
    [10 * m, '10m'],
    [10 * m + s, '10m'],
    [3 * h - 1, '179m'],
    [3 * h, '3h'],
    [3 * h + m - 1, '3h'],
    [3 * h + m, '3h1m'],
    [8 * h - 1, '7h59m'],
    [8 * h, '8h'],
    [8 * h + 59 * m, '8h'],
    [2 * d - 1, '47h'],
    [2 * d, '2d'],
    [2 * d + h - 1, '2d'],
    [2 * d + h, '2d1h'],
    [8 * d - 1, '7d23h'],
    [8 * d, '8d'],
    [8 * d + 23 * h, '8d'],
    [2 * y - 1, '729d'],
    [2 * y, '2y'],
    [2 * y + d - 1, '2y'],
    [2 * y + d, '2y1d'],
    [8 * y - 1, '7y364d'],
    [8 * y, '8y'],
    [8 * y + 364 * d, '8y'],
  ])('%d ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text))
})

describe('times', () => {
  it('reads what the API writes', () => {
    expect(parseTime('2026-11-20T20:37:13Z')).toBe(Date.UTC(2026, 10, 20, 20, 37, 13))
    expect(parseTime('2026-11-20t20:37:13z')).toBe(Date.UTC(2026, 10, 20, 20, 37, 13))
    expect(parseTime('2026-11-20T20:37:13.5Z')).toBe(Date.UTC(2026, 10, 20, 20, 37, 13, 500))
    expect(parseTime('2026-11-20T20:07:13-00:30')).toBe(Date.UTC(2026, 10, 20, 20, 37, 13))
    expect(parseTime('2026-11-20T22:37:13.123456+02:00')).toBe(Date.UTC(2026, 10, 20, 20, 37, 13, 123))
  })

  it.each([
    '',
    'soon',
    '2026-11-20',
    '2026-13-20T20:37:13Z',
    '2026-11-20 20:37:13Z',
    '2026-11-20T20:37:13',
    '2026-11-20T20:37:13Z ',
    ' 2026-11-20T20:37:13Z',
    '+002026-11-20T20:37:13Z',
    '2026-11-20T20:37:13Z (noon)',
    '2026-11-20T20:37:13.Z',
    '2026-11-20T20:37Z',
    '2026-11-20T20:37:13+0200',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeUndefined()
  })

  it('writes UTC and other offsets', () => {
    const ms = Date.UTC(2026, 10, 20, 20, 37, 13, 999)
    expect(formatTime(ms, 0)).toBe('2026-11-20T20:37:13Z')
    expect(formatTime(ms, 120)).toBe('2026-11-20T22:37:13+02:00')
    expect(formatTime(ms, 5)).toBe('2026-11-20T20:42:13+00:05')
    expect(formatTime(ms, -210)).toBe('2026-11-20T17:07:13-03:30')
  })
})
