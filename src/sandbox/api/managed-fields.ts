import type { JsonObject } from '#kube/types.ts'
import { changedFields, type FieldSet, tracked, union, without } from './field-set.ts'
import { metadataOf } from './json.ts'
import { groupVersionOf, type ResourceType, type WriteOptions } from './resource-type.ts'

/** One line of `metadata.managedFields`: the fields that a manager has written last. */
export interface ManagedFieldsEntry {
  readonly manager: string
  readonly operation: string
  readonly apiVersion: string
  readonly time: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: FieldSet
  readonly subresource?: string
}

/** @param time RFC 3339, as on the wire. */
const entryOf = (
  type: ResourceType,
  { manager, status }: WriteOptions,
  time: string,
  fieldsV1: FieldSet,
): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: groupVersionOf(type),
  time,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(status ? { subresource: 'status' } : {}),
})

const withEntries = (object: JsonObject, entries: readonly ManagedFieldsEntry[]): JsonObject => ({
  ...object,
  metadata: { ...metadataOf(object), managedFields: entries as never },
})

export function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields: _managedFields, ...metadata } = metadataOf(object)
  return { ...object, metadata }
}

/** A new object with its managed fields: all but the status belong to its creator. */
export function ownedByCreator(
  type: ResourceType,
  object: JsonObject,
  options: WriteOptions,
  time: string,
): JsonObject {
  const sent = withoutManagedFields(object)
  const fields = changedFields({}, tracked({ ...sent, status: null }))
  return withEntries(sent, [entryOf(type, options, time, fields)])
}

/**
 * An object with its managed fields after an update: what it changed belongs to its manager, what it removed to nobody. A
 * plausible likeness of what the server keeps, made from the objects alone.
 */
export function ownedAfterUpdate(
  type: ResourceType,
  old: JsonObject,
  next: JsonObject,
  options: WriteOptions,
  time: string,
): JsonObject {
  const { managedFields } = metadataOf(old)
  const entries: readonly ManagedFieldsEntry[] = Array.isArray(managedFields) ? (managedFields as never) : []
  const before = tracked(old)
  const after = tracked(next)
  const added = changedFields(before, after)
  const gone = without(changedFields({}, before), changedFields({}, after))
  const own = entries.find(
    ({ manager, operation, subresource }) =>
      manager === options.manager &&
      operation === 'Update' &&
      (subresource ?? '') === (options.status ? 'status' : ''),
  )
  const others = entries
    .filter((entry) => entry !== own)
    .map((entry) => ({ ...entry, fieldsV1: without(without(entry.fieldsV1, added), gone) }))
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0)
  const fields = union(without(own?.fieldsV1 ?? {}, gone), added)
  const ownEntry = Object.keys(fields).length === 0 ? [] : [entryOf(type, options, time, fields)]
  return withEntries(next, [...others, ...ownEntry])
}
