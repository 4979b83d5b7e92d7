/** Durations as Go and kubectl write them, and times as the Kubernetes API does. All numbers are milliseconds. */

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3600e3,
}

/** The longest duration that Go can hold: 2^63 - 1 nanoseconds. */
const maxMs = 9_223_372_036_854.775

/**
 * Milliseconds of a duration such as `1h30m`, `-1.5s` or `0`, by the rules of Go's `time.ParseDuration`.
 *
 * @throws Error with Go's words: `time: missing unit in duration "5"`.
 */
export function parseGoDuration(text: string): number {
  const quoted = JSON.stringify(text)
  const invalid = () => new Error(`time: invalid duration ${quoted}`)
  const negative = text.startsWith('-')
  let rest = /^[+-]/.test(text) ? text.slice(1) : text
  if (rest === '0') return 0
  if (rest === '') throw invalid()
  let total = 0
  while (rest !== '') {
    const number = /^(?:\d+(?:\.\d*)?|\.\d+)/.exec(rest)?.[0]
    if (number === undefined) throw invalid()
    rest = rest.slice(number.length)
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? ''
    if (unit === '') throw new Error(`time: missing unit in duration ${quoted}`)
    const factor = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined
    if (factor === undefined)
      throw new Error(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`)
    rest = rest.slice(unit.length)
    total += Number(number) * factor
    if (total > maxMs) throw invalid()
  }
  return negative ? -total : total
}

/**
 * Milliseconds of kubectl's `--request-timeout`: a bare number is seconds, 0 is no timeout.
 *
 * @throws Error with kubectl's words.
 */
export function parseRequestTimeout(text: string): number {
  if (/^\+?\d+$/.test(text)) return Number(text) * 1e3
  try {
    return parseGoDuration(text)
  } catch {
    throw new Error(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
  }
}

const roughUnits: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** `3 h`, `2 d`: in the largest unit of which there are at least one, for a sentence. */
export function roughDuration(ms: number): string {
  const [unit, size] = roughUnits.find(([, size]) => ms >= size) ?? ['s', 1000]
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`
}

/** A duration in the words of kubectl's AGE columns, two figures at most: `90s`, `5m10s`, `47h`, `3d4h`, `2y11d`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1e3)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 24 * 8) return pair(days, 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  return hours < 24 * 365 * 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
}

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

/** Milliseconds since 1970 of an RFC 3339 time such as the API's timestamps, or undefined if it is none. */
export function parseTime(text: string): number | undefined {
  if (!rfc3339.test(text)) return undefined
  const ms = Date.parse(text.toUpperCase().replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(ms) ? undefined : ms
}

/** A time to the second, on a clock `offsetMinutes` east of UTC: `2026-11-20T22:37:13+02:00`. Zero gives `Z`. */
export function formatTime(ms: number, offsetMinutes: number): string {
  const local = new Date(ms + offsetMinutes * 60e3).toISOString().slice(0, 19)
  if (offsetMinutes === 0) return `${local}Z`
  const size = Math.abs(offsetMinutes)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}:${two(size % 60)}`
}
