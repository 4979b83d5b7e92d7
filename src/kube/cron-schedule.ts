/** Cron schedules as Kubernetes reads them: `ParseStandard` of github.com/robfig/cron v3, with its words for what is wrong. */

import { parseGoDuration } from './duration.ts'
import { goQuote } from './go-text.ts'

/** The five fields as lists of what they match, each wholly written out; `*` where the field does not choose. */
interface CronFields {
  readonly kind: 'fields'
  /** Minute, hour, day of the month, month, day of the week (0 is Sunday). */
  readonly fields: readonly string[]
}

/** `@every 1h30m`: whole seconds, at least one. */
interface CronInterval {
  readonly kind: 'interval'
  readonly milliseconds: number
}

/** What a schedule says, and the time zone of an inline `TZ=` or `CRON_TZ=`. */
export type CronSchedule = (CronFields | CronInterval) & { readonly timeZone?: string }

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const months = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const bounds: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

function wholeNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text))
    throw new Error(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`,
    )
  const value = Number(text)
  if (value < 0) throw new Error(`negative number (${value}) not allowed: ${text}`)
  return value
}

function numberOrName(text: string, { names = [] }: Bounds): number {
  const at = text === '' ? -1 : names.indexOf(text.toLowerCase())
  return at < 0 ? wholeNumber(text) : at
}

/** One part of a field's list. `free`: it stands for every value there is. */
function rangeOf(text: string, of: Bounds): { readonly values: number[]; readonly free: boolean } {
  const [range = '', stepText, ...moreSteps] = text.split('/')
  const [low = '', high, ...moreHyphens] = range.split('-')
  const star = low === '*' || low === '?'
  let start = of.min
  let end = of.max
  if (!star) {
    start = numberOrName(low, of)
    if (moreHyphens.length > 0) throw new Error(`too many hyphens: ${text}`)
    end = high === undefined ? start : numberOrName(high, of)
  }
  if (moreSteps.length > 0) throw new Error(`too many slashes: ${text}`)
  const step = stepText === undefined ? 1 : wholeNumber(stepText)
  if (stepText !== undefined && high === undefined && moreHyphens.length === 0) end = of.max
  if (start < of.min) throw new Error(`beginning of range (${start}) below minimum (${of.min}): ${text}`)
  if (end > of.max) throw new Error(`end of range (${end}) above maximum (${of.max}): ${text}`)
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0) throw new Error(`step of range should be a positive number: ${text}`)
  const values: number[] = []
  for (let value = start; value <= end; value += step) values.push(value)
  return { values, free: star && step === 1 }
}

function fieldOf(text: string, of: Bounds): string {
  const ranges = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => rangeOf(part, of))
  if (ranges.some(({ free }) => free)) return '*'
  return [...new Set(ranges.flatMap(({ values }) => values))].sort((a, b) => a - b).join(',')
}

function interval(text: string): CronInterval {
  const duration = text.slice('@every '.length)
  try {
    return {
      kind: 'interval',
      milliseconds: Math.max(1000, Math.floor(parseGoDuration(duration) / 1000) * 1000),
    }
  } catch (cause) {
    throw new Error(`failed to parse duration ${text}: ${(cause as Error).message}`)
  }
}

/**
 * Reads a schedule.
 *
 * @throws Error with the library's words: `expected exactly 5 fields, found 2: [every minute]`.
 */
export function parseCronSchedule(schedule: string): CronSchedule {
  if (schedule === '') throw new Error('empty spec string')
  const zoned = /^(?:CRON_)?TZ=(\S*)\s+([\s\S]*)$/.exec(schedule)
  if (zoned) {
    const [, zone = '', rest = ''] = zoned
    if (!isTimeZone(zone)) throw new Error(`provided bad location ${zone}: unknown time zone ${zone}`)
    return { ...parseCronSchedule(rest.trim()), timeZone: zone }
  }
  if (schedule.startsWith('@every ')) return interval(schedule)
  const known = Object.hasOwn(descriptors, schedule) ? descriptors[schedule] : undefined
  if (known === undefined && schedule.startsWith('@')) throw new Error(`unrecognized descriptor: ${schedule}`)
  const words = (known ?? schedule).trim().split(/\s+/).filter(Boolean)
  if (words.length !== bounds.length)
    throw new Error(`expected exactly 5 fields, found ${words.length}: [${words.join(' ')}]`)
  return { kind: 'fields', fields: bounds.map((of, at) => fieldOf(words[at] ?? '', of)) }
}

/** Whether the name is one of the IANA's; the empty one and `UTC` are the same, as in Go. */
export function isTimeZone(name: string): boolean {
  if (name === '') return true
  // Intl takes offsets and any case; Go looks for a file of that name, each part of which begins with a capital.
  if (!name.split('/').every((part) => /^[A-Z][A-Za-z.\-_0-9+]{0,13}$/.test(part))) return false
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}
