import { checkTyped, typedErrorText } from '#apiserver/managed-fields/check-typed.ts'
import { ApplyConflict } from '#apiserver/managed-fields/conflict.ts'
import { manageApply, manageUpdate, type Writing } from '#apiserver/managed-fields/field-manager.ts'
import type { FieldSet } from '#apiserver/managed-fields/field-set.ts'
import { isReset, type Managers, readManagers, writeManagers } from '#apiserver/managed-fields/managers.ts'
import { rootType } from '#apiserver/managed-fields/typed.ts'
import { decode } from '#apiserver/schema/decode.ts'
import { structSpec } from '#apiserver/schema/schema.ts'
import { isObject } from '#base/json.ts'
import { stringIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { metadataOf, withMetadata } from './json.ts'
import { groupVersionOf, type ResourceType, structOf, type WriteOptions } from './resource-type.ts'
import { badRequest, StatusError } from './status-errors.ts'

/** What an object of the type is to its own type: only what that knows, and what is always written. */
const typed = (type: ResourceType, object: JsonObject): JsonObject =>
  decode(withoutManagedFields(object), structOf(type))

const member: FieldSet = {}
const resetByStatus: FieldSet = { 'f:spec': member }
const resetByStatusOfPod: FieldSet = {
  ...resetByStatus,
  'f:metadata': { 'f:deletionTimestamp': member, 'f:ownerReferences': member },
}
const resetByOthers: FieldSet = { 'f:status': member }

/** `GetResetFields` of the strategies: the status is not written with the rest, nor the rest with the status. */
function resetFields(type: ResourceType, status = false): FieldSet {
  if (status) return type.kind === 'Pod' ? resetByStatusOfPod : resetByStatus
  return structSpec(structOf(type)).has('status') ? resetByOthers : {}
}

/** @param now RFC 3339, as on the wire. */
function writingOf(type: ResourceType, { manager, status }: WriteOptions, now: string): Writing {
  return {
    type: rootType(structOf(type)),
    apiVersion: groupVersionOf(type),
    otherVersions: type.kind === 'Event' ? ['v1', 'events.k8s.io/v1'] : [],
    reset: resetFields(type, status),
    manager,
    ...(status ? { subresource: 'status' } : {}),
    now,
  }
}

const entriesOf = (object: JsonObject): Json | undefined => metadataOf(object).managedFields

/** Managers by the list that they were written to: a stored list never changes, and a busy object's is read again and again. */
const written = new WeakMap<object, Managers>()
const managersIn = (entries: Json | undefined): Managers | undefined =>
  (isObject(entries) || Array.isArray(entries) ? written.get(entries) : undefined) ?? readManagers(entries)

export function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields: _managedFields, ...metadata } = metadataOf(object)
  return withMetadata(object, metadata)
}

/** The object with the list of its managers, if it has any. */
export function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const bare = withoutManagedFields(object)
  const managedFields = writeManagers(managers)
  written.set(managedFields, managers)
  return managedFields.length === 0 ? bare : withMetadata(bare, { ...metadataOf(bare), managedFields })
}

/** Whose managers count: those that the client sends, unless it sends none or nonsense. */
function managersFor(live: JsonObject, sent: Json | undefined, status = false): Managers {
  const kept = () => managersIn(entriesOf(live)) ?? new Map()
  if (status) return kept()
  if (isReset(sent)) return new Map()
  const given = managersIn(sent)
  return given && given.size > 0 ? given : kept()
}

/** Who manages which fields when nobody has managed any before: the one who makes `sent` of `old`. */
export const managersOfChange = (
  type: ResourceType,
  old: JsonObject,
  sent: JsonObject,
  options: WriteOptions,
  now: string,
): Managers =>
  manageUpdate(
    typed(type, old),
    typed(type, sent),
    managersFor({}, entriesOf(sent)),
    writingOf(type, options, now),
    true,
  )

/**
 * Who manages which fields of an object after an update.
 *
 * @param entries what the client sent as managed fields; an empty list makes the server forget them
 */
export function managersAfterUpdate(
  type: ResourceType,
  old: JsonObject,
  sent: JsonObject,
  options: WriteOptions,
  now: string,
  entries = entriesOf(sent),
): Managers {
  const managers = managersFor(old, entries, options.status)
  return manageUpdate(typed(type, old), typed(type, sent), managers, writingOf(type, options, now), false)
}

const kindText = (type: ResourceType, object: JsonObject) =>
  `${stringIn(object, 'apiVersion').replace(/^(?=[^/]+$)/, '/')}, Kind=${stringIn(object, 'kind') || type.kind}`

/**
 * Applies a configuration to an object, or to none.
 *
 * @returns the object as the configuration makes it, before defaults; undefined: it stays as it is
 * @throws StatusError 400 for another kind, 500 for what does not fit the type, 409 for fields that others manage
 */
export function applyTo(
  type: ResourceType,
  old: JsonObject | undefined,
  config: JsonObject,
  options: WriteOptions & { readonly force: boolean },
  now: string,
): { readonly object: JsonObject | undefined; readonly managers: Managers } {
  const root = rootType(structOf(type))
  if (stringIn(config, 'kind') !== type.kind || stringIn(config, 'apiVersion') !== groupVersionOf(type))
    throw badRequest(`invalid object type: ${kindText(type, config)}`)
  if (entriesOf(config) !== undefined && entriesOf(config) !== null)
    throw badRequest('metadata.managedFields must be nil')
  const faults = checkTyped(config, root)
  if (faults.length > 0) {
    const { namespace, name } = metadataOf(config)
    const what = `${namespace ?? ''}/${name ?? ''}; ${kindText(type, config)}`
    throw new StatusError(500, '', `failed to create typed patch object (${what}): ${typedErrorText(faults)}`)
  }
  const empty = typed(type, {})
  const live = old ? typed(type, old) : empty
  const managers = old ? (managersIn(entriesOf(old)) ?? new Map()) : new Map()
  const writing = { ...writingOf(type, options, now), force: options.force, empty }
  try {
    const result = manageApply(live, config, managers, writing)
    return { object: result.object as JsonObject | undefined, managers: result.managers }
  } catch (error) {
    if (!(error instanceof ApplyConflict)) throw error
    throw new StatusError(409, 'Conflict', error.message, { causes: error.causes })
  }
}
