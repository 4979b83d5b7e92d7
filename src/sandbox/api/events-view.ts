import { getKey, type Json, type JsonObject } from '#base/json.ts'
import { asJson, asStored } from './json.ts'
import type { View } from './resource-type.ts'

/** What each field is called in `events.k8s.io/v1` and in the core group, and what it is where it is not set. */
const names: readonly (readonly [shown: string, stored: string, unset?: Json])[] = [
  ['regarding', 'involvedObject', {}],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedCount', 'count'],
  ['deprecatedFirstTimestamp', 'firstTimestamp', null],
  ['deprecatedLastTimestamp', 'lastTimestamp', null],
  ['deprecatedSource', 'source', {}],
]

function renamed(object: JsonObject, apiVersion: string, from: 0 | 1, to: 0 | 1): JsonObject {
  const old = new Set(names.map((pair) => pair[from]))
  const kept = Object.entries(object).filter(([key]) => !old.has(key))
  const moved = names.flatMap((pair) => {
    const value = getKey(object, pair[from])
    const filled = pair[2] === undefined ? value : (value ?? pair[2])
    return filled === undefined ? [] : [[pair[to], filled] as const]
  })
  return Object.fromEntries([...kept, ['apiVersion', apiVersion], ...moved])
}

/** The Events of the core group as `events.k8s.io/v1` names their fields, and back. */
export const eventsView: View = {
  of: { group: '', plural: 'events' },
  toStorage: (object) => renamed(object, 'v1', 0, 1),
  fromStorage: (object) => asStored(renamed(asJson(object), 'events.k8s.io/v1', 1, 0)),
}
