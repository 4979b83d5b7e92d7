/**
 * Who manages what after an object was updated or applied.
 *
 * Mirrors `merge.Updater` of sigs.k8s.io/structured-merge-diff.
 */
import { type Json, sameJson } from '#base/json.ts'
import type { TypeSpec } from '../schema/schema.ts'
import { ApplyConflict } from './conflict.ts'
import { difference, emptySet, type FieldSet, intersection, isEmpty, union, without } from './field-set.ts'
import type { Managed, Managers } from './managers.ts'
import {
  type Comparison,
  compare,
  fieldsOf,
  merge,
  removeFields,
  withNamedFields,
  withWholeLeaves,
} from './typed.ts'

/** Through which door objects are written. */
export interface Door {
  readonly type: TypeSpec
  readonly apiVersion: string
  /** Fields that a write through this door cannot change: nobody comes to manage them by it. */
  readonly reset: FieldSet
  /** Other versions of the same objects, whose managers keep what they have. */
  readonly otherVersions?: readonly string[]
}

/** The managers whose fields can be told, none of them holding parts of what is one field. */
function known(managers: Managers, { type, apiVersion, otherVersions = [] }: Door): Map<string, Managed> {
  const kept = new Map<string, Managed>()
  for (const [id, managed] of managers)
    if (managed.apiVersion === apiVersion)
      kept.set(id, { ...managed, fields: withWholeLeaves(managed.fields, type) })
    else if (otherVersions.includes(managed.apiVersion)) kept.set(id, managed)
  return kept
}

function comparison(old: Json, next: Json, { type, reset }: Door): Comparison {
  const { added, modified, removed } = compare(old, next, type)
  return {
    added: without(added, reset),
    modified: without(modified, reset),
    removed: without(removed, reset),
  }
}

/** Takes from everybody but one the fields that changed. Throws ApplyConflict if that is not allowed. */
function takeFrom(
  managers: Map<string, Managed>,
  changes: Comparison,
  { apiVersion }: Door,
  by: string,
  force: boolean,
): void {
  const changed = union(changes.modified, changes.added)
  const others = [...managers].filter(([id, managed]) => id !== by && managed.apiVersion === apiVersion)
  const conflicts = others
    .map(([id, managed]) => ({ id, managed, fields: intersection(managed.fields, changed) }))
    .filter(({ fields }) => !isEmpty(fields))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  if (conflicts.length > 0 && !force) throw new ApplyConflict(conflicts)
  for (const [id, managed] of others) {
    const fields = difference(difference(managed.fields, changed), changes.removed)
    if (isEmpty(fields)) managers.delete(id)
    else managers.set(id, { ...managed, fields })
  }
}

/**
 * The managers after an update, and what the updater has changed.
 *
 * @param next the object as the client sent it, completed by defaults
 */
export function updated(
  live: Json,
  next: Json,
  managers: Managers,
  door: Door,
): { readonly managers: Map<string, Managed>; readonly changed: FieldSet } {
  const after = known(managers, door)
  const changes = comparison(live, next, door)
  takeFrom(after, changes, door, '', true)
  return { managers: after, changed: union(changes.modified, changes.added) }
}

/**
 * The object after an apply, undefined if it stays as it is, and its managers.
 *
 * @param by identity of the applier
 * @throws ApplyConflict unless `force` is set
 */
export function applied(
  live: Json,
  config: Json,
  managers: Managers,
  door: Door,
  by: { readonly id: string; readonly managed: Omit<Managed, 'fields' | 'time'> },
  force: boolean,
): { readonly object: Json | undefined; readonly managers: Map<string, Managed> } {
  const { type } = door
  const after = known(managers, door)
  const last = after.get(by.id)
  const fields = without(fieldsOf(config, type), door.reset)
  const time = last?.time
  after.set(by.id, { ...by.managed, fields, ...(time === undefined ? {} : { time }) })
  const merged = merge(live, config, type) ?? {}
  const object = last && !isEmpty(last.fields) ? prune(merged, last.fields, after, type) : merged
  takeFrom(after, comparison(live, object, door), door, by.id, force)
  return { object: sameJson(live, object) ? undefined : object, managers: after }
}

/** The object without what its applier managed before and nobody manages now. */
function prune(merged: Json, last: FieldSet, managers: Managers, type: TypeSpec): Json {
  const named = (set: FieldSet) => withNamedFields(set, type)
  const fieldsIn = (value: Json) => named(fieldsOf(value, type))
  const all = fieldsIn(merged)
  const managed = [...managers.values()].reduce<FieldSet>((set, { fields }) => union(set, fields), emptySet)
  const without1 = removeFields(merged, named(last), type)
  const owned = removeFields(merged, difference(all, union(fieldsIn(without1), named(managed))), type)
  // What stands below a removed field and was never the applier's goes with it only if it was among its last.
  return removeFields(merged, intersection(difference(all, fieldsIn(owned)), named(last)), type)
}
