import { isObject, type Json, type JsonObject, sameJson } from '#base/json.ts'
import { difference, type FieldSet, inWrittenOrder, isEmpty, readSet, union } from './field-set.ts'

/** The names of the managers that own all of some fields by an operation. `entries` is `metadata.managedFields`. */
export function ownersBy(
  entries: Json | undefined,
  operation: 'Apply' | 'Update',
  fields: FieldSet,
): readonly string[] {
  return entriesOf(entries)
    .filter((entry) => entry.operation === operation && isEmpty(difference(fields, readSet(entry.fieldsV1))))
    .map(({ manager }) => String(manager ?? ''))
}

/**
 * `metadata.managedFields` after what the managers `from` updated client-side is `to`'s, who applies server-side; undefined where
 * that changes nothing.
 *
 * Mirrors UpgradeManagedFields of k8s.io/client-go/util/csaupgrade.
 *
 * @throws TypedError where an entry's fields are none
 */
export function upgradedManagers(
  entries: Json | undefined,
  from: readonly string[],
  to: string,
): JsonObject[] | undefined {
  const before = entriesOf(entries)
  const after = [...new Set(from)].reduce((list, manager) => upgraded(list, manager, to), before)
  return sameJson(before, after) ? undefined : after
}

function upgraded(entries: JsonObject[], from: string, to: string): JsonObject[] {
  const isFrom = (entry: JsonObject) => is(entry, from, 'Update')
  const own = entries.findIndex((entry) => is(entry, to, 'Apply'))
  const at = own >= 0 ? own : entries.findIndex(isFrom)
  const target = entries[at]
  if (!target) return entries
  const merged = entries.find((entry) => isFrom(entry) && entry.apiVersion === target.apiVersion)
  const fields = union(readSet(target.fieldsV1), readSet(merged?.fieldsV1))
  const fieldsV1 = inWrittenOrder(fields) as JsonObject
  return entries
    .with(at, { ...target, manager: to, operation: 'Apply', fieldsV1 })
    .filter((entry) => !isFrom(entry))
}

const entriesOf = (entries: Json | undefined): JsonObject[] =>
  Array.isArray(entries) ? entries.filter(isObject) : []

const is = (entry: JsonObject, manager: string, operation: string) =>
  entry.manager === manager && entry.operation === operation && !entry.subresource
