import type { StoredObject } from '../store/objects.ts'
import { age } from './age.ts'
import { type Column, column, nameColumn, textAt, wide } from './columns.ts'

/** A core/v1 Event's fields. */
export interface EventFields {
  readonly involvedObject?: {
    readonly kind?: string
    readonly namespace?: string
    readonly name?: string
    readonly uid?: string
    readonly apiVersion?: string
    readonly resourceVersion?: string
    readonly fieldPath?: string
  } | null
  readonly reason?: string
  readonly message?: string
  readonly type?: string
  readonly count?: number
  readonly firstTimestamp?: string | null
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
  readonly source?: { readonly component?: string; readonly host?: string } | null
  readonly reportingComponent?: string
  readonly reportingInstance?: string
  readonly action?: string
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string } | null
  readonly related?: object | null
}

const fields = (object: StoredObject) => object as EventFields
const firstSeen = (object: StoredObject, now: number) =>
  age(fields(object).firstTimestamp ?? fields(object).eventTime, now)

function lastSeen(object: StoredObject, now: number): string {
  const event = fields(object)
  if (event.series) return age(event.series.lastObservedTime, now)
  return event.lastTimestamp ? age(event.lastTimestamp, now) : firstSeen(object, now)
}

function target(object: StoredObject): string {
  const { kind = '', name } = fields(object).involvedObject ?? {}
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()
}

function source(object: StoredObject): string {
  const event = fields(object)
  const component = event.source?.component || event.reportingComponent || ''
  const host = event.source?.host || event.reportingInstance || ''
  return host ? `${component}, ${host}` : component
}

export const eventColumns: readonly Column[] = [
  column('Last Seen', lastSeen, 'The time at which the most recent occurrence of this event was recorded.'),
  column(
    'Type',
    textAt('type'),
    'Type of this event (Normal, Warning), new types could be added in the future',
  ),
  column(
    'Reason',
    textAt('reason'),
    "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
  ),
  column('Object', target, 'The object that this event is about.'),
  ...wide(
    column(
      'Subobject',
      textAt('involvedObject.fieldPath'),
      'The part of the object that this event is about.',
    ),
    column(
      'Source',
      source,
      'The component reporting this event. Should be a short machine understandable string.',
    ),
  ),
  column(
    'Message',
    (object) => (fields(object).message ?? '').trim(),
    'A human-readable description of the status of this operation.',
  ),
  ...wide(
    column('First Seen', firstSeen, 'The time at which the event was first recorded.'),
    column(
      'Count',
      (object) => String(fields(object).series?.count ?? (fields(object).count || 1)),
      'The number of times this event has occurred.',
    ),
    nameColumn,
  ),
]
