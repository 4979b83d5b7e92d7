import { getKey, isObject, type Json, type JsonObject, setKey } from '#base/json.ts'
import { goPrint } from '#kube/go-text.ts'
import {
  deleteFromList,
  directive,
  elementOrder,
  hasDirective,
  isDirective,
  retainKeys,
} from './directives.ts'
import { checkOrder, elementKind, noMergeKey, orderMerged, requireMergeKeys } from './element-order.ts'
import { type FieldSchema, type PatchSchema, patchSchemaOf } from './merge-keys.ts'
import { PatchError } from './patch-error.ts'

/**
 * The object after a strategic merge patch, as kube-apiserver applies it to an object of `kind`. Objects merge, null
 * deletes, lists merge by the key that the kind's type declares or are replaced. `$patch: replace|delete` act on the
 * object or list element they stand in, `$retainKeys` drops all other keys, `$deleteFromPrimitiveList/KEY` takes scalars
 * out of a list and `$setElementOrder/KEY` orders one. The arguments are not changed; the result may share parts of both.
 *
 * Mirrors StrategicMergeMapPatch of k8s.io/apimachinery/pkg/util/strategicpatch.
 *
 * @throws PatchError 400, 422 or 500, with the server's words, if the patch is malformed.
 */
export function applyStrategicPatch(original: JsonObject, patch: Json, kind: string): JsonObject {
  if (!isObject(patch)) throw new PatchError(400, 'invalid JSON document')
  return mergeObject(original, patch, patchSchemaOf(kind))
}

function mergeObject(original: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  if (Object.hasOwn(patch, directive)) return directedObject(patch)
  const result = { ...retained(original, patch) }
  const ordered = mergeOrderedLists(result, patch, schema)
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeys || key.startsWith(elementOrder) || ordered.has(key)) continue
    const isDeletion = key.startsWith(deleteFromList)
    const field = isDeletion ? targetField(key, deleteFromList) : key
    if (value === null) {
      delete result[field]
      continue
    }
    const merged = mergeField(getKey(result, field), value, schema[field] ?? {}, isDeletion)
    if (merged === undefined) delete result[field]
    else setKey(result, field, merged)
  }
  return result
}

/** `$patch: replace` stands for the patch itself, with whatever directives it holds further down. */
function directedObject(patch: JsonObject): JsonObject {
  const { [directive]: action, ...rest } = patch
  if (action === 'replace') return decodedFields(rest)
  if (action === 'delete') return {}
  throw badPatchType(action, patch)
}

function badPatchType(action: Json | undefined, patch: JsonObject): PatchError {
  const shown = typeof action === 'string' ? action : `%!s(${goPrint(action)})`
  return new PatchError(500, `unknown patch type: ${shown} in map: ${goPrint(patch)}`)
}

function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keep = getKey(patch, retainKeys)
  if (keep === undefined) return original
  const bad = () => new PatchError(400, 'invalid patch format of retainKeys')
  if (!Array.isArray(keep)) throw bad()
  const names = new Set(keep)
  const stray = Object.entries(patch).some(
    ([key, value]) =>
      value !== null &&
      key !== retainKeys &&
      !key.startsWith(deleteFromList) &&
      !key.startsWith(elementOrder) &&
      !names.has(key),
  )
  if (stray) throw bad()
  return Object.fromEntries(Object.entries(original).filter(([key]) => names.has(key)))
}

/** The field that `PREFIX/field` speaks of. */
function targetField(key: string, prefix: typeof deleteFromList | typeof elementOrder): string {
  if (key.startsWith(`${prefix}/`)) return key.slice(prefix.length + 1)
  const list = prefix === deleteFromList ? 'primitive list' : 'setElementOrder list'
  throw new PatchError(400, `invalid patch format of ${list}`)
}

/** The new value of a field, or undefined if there is none. */
function mergeField(
  original: Json | undefined,
  value: Json,
  schema: FieldSchema,
  isDeletion: boolean,
): Json | undefined {
  if (Array.isArray(original) && Array.isArray(value)) {
    if (isDeletion) return deleteScalars(original, value, schema)
    return schema.mergeKey === undefined ? value : mergeList(original, value, schema)
  }
  if (isDeletion) return original
  if (isObject(original) && isObject(value)) {
    if (schema.opaque) refuseOpaque(original, value)
    return mergeObject(original, value, schema.fields ?? {})
  }
  if (isObject(value) && Object.hasOwn(value, directive)) return undefined
  return withoutDirectives(value)
}

/** The server cannot look into a raw extension: it fails on the first field that both sides hold and that has parts. */
function refuseOpaque(original: JsonObject, patch: JsonObject): void {
  for (const [key, value] of Object.entries(patch)) {
    const old = getKey(original, key)
    if ((isObject(old) && isObject(value)) || (Array.isArray(old) && Array.isArray(value)))
      throw new PatchError(
        500,
        `unable to find api field in struct RawExtension for the json field ${JSON.stringify(key)}`,
      )
  }
}

/**
 * A value that is new to the object: nulls of objects, directives and everything marked by `$patch` are left out. (The
 * server drops the last directives while it decodes the result into its type; raw JSON has no such second pass.)
 */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value))
    return value.filter((item) => !hasDirective(item)).map((item) => withoutDirectives(item))
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const [key, part] of Object.entries(value)) {
    if (part === null || isDirective(key) || hasDirective(part)) continue
    setKey(result, key, withoutDirectives(part))
  }
  return result
}

/** Merges every list that comes with an order of its own, and says which fields are done by that. */
function mergeOrderedLists(result: JsonObject, patch: JsonObject, schema: PatchSchema): Set<string> {
  const done = new Set<string>()
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(elementOrder)) continue
    const field = targetField(key, elementOrder)
    if (!Array.isArray(order))
      throw new PatchError(500, `expected a []interface {}, but received a ${typeof order}`)
    const live = listOrAbsent(getKey(result, field))
    const patched = listOrAbsent(getKey(patch, field))
    const fieldSchema = schema[field] ?? {}
    const mergeKey = fieldSchema.mergeKey ?? ''
    checkOrder(patched ?? [], order, mergeKey)
    if (!live && !patched) continue
    if (patched) done.add(field)
    const merged = mergeWhereGiven(live, patched, fieldSchema)
    if (mergeKey !== '') requireMergeKeys([...merged, ...order], mergeKey)
    if (elementKind(live ?? [], patched ?? []) === undefined)
      throw new PatchError(500, 'no elements in any of the given slices')
    setKey(result, field, orderMerged(merged, order, live ?? [], mergeKey))
  }
  return done
}

function mergeWhereGiven(live: Json[] | undefined, patched: Json[] | undefined, schema: FieldSchema): Json[] {
  if (!patched) return live ?? []
  if (!live) return patched.filter((item) => !hasDirective(item)).map((item) => withoutDirectives(item))
  return schema.mergeKey === undefined ? patched : mergeList(live, patched, schema)
}

function listOrAbsent(value: Json | undefined): Json[] | undefined {
  if (value === undefined || Array.isArray(value)) return value
  throw new PatchError(500, `expected a []interface {}, but received a ${typeof value}`)
}

/**
 * What is left of a value that the server puts in place as it stands: while it decodes the result into its type, nulls and
 * directives drop out, and what they were marking stays. Raw JSON has no such second pass, so it is made here.
 */
function decoded(value: Json): Json {
  if (Array.isArray(value)) return value.map(decoded)
  return isObject(value) ? decodedFields(value) : value
}

function decodedFields(object: JsonObject): JsonObject {
  const result: JsonObject = {}
  for (const [key, part] of Object.entries(object))
    if (part !== null && key !== directive && !isDirective(key)) setKey(result, key, decoded(part))
  return result
}

function deleteScalars(original: Json[], patch: Json[], schema: FieldSchema): Json[] {
  if (elementKind(original, patch) === 'object') return mergeList(original, patch, schema)
  const gone = new Set(patch)
  return original.filter((item) => !gone.has(item))
}

function mergeList(original: Json[], patch: Json[], schema: FieldSchema): Json[] {
  const kind = elementKind(original, patch)
  if (kind === undefined) return original
  const mergeKey = schema.mergeKey ?? ''
  if (kind !== 'object') {
    const merged = [...new Set([...original, ...patch])]
    if (mergeKey !== '') requireMergeKeys(merged, mergeKey)
    return orderMerged(merged, patch, original, mergeKey)
  }
  if (mergeKey === '') throw new PatchError(500, 'cannot merge lists without merge key for slice')
  return mergeObjects(original, patch, mergeKey, schema.fields ?? {})
}

function mergeObjects(original: Json[], patch: Json[], mergeKey: string, schema: PatchSchema): Json[] {
  const { live, changes, replaced } = applyListDirectives(original, patch, mergeKey)
  if (replaced) {
    requireMergeKeys(changes, mergeKey)
    return changes.map(decoded)
  }
  const merged = [...live]
  for (const change of changes) {
    if (!isObject(change)) continue
    if (!Object.hasOwn(change, mergeKey)) throw noMergeKey(change, mergeKey)
    const at = merged.findIndex(
      (item) => isObject(item) && Object.hasOwn(item, mergeKey) && item[mergeKey] === change[mergeKey],
    )
    const old = merged[at]
    if (isObject(old)) merged[at] = mergeObject(old, change, schema)
    else merged.push(decoded(change))
  }
  requireMergeKeys(merged, mergeKey)
  return orderMerged(merged, changes, live, mergeKey)
}

/** Carries out the `$patch` elements of a list: `delete` by key, `replace` of the whole list by the other elements. */
function applyListDirectives(original: Json[], patch: Json[], mergeKey: string) {
  let live: Json[] = original
  let replaced = false
  for (const item of patch) {
    if (!isObject(item) || !Object.hasOwn(item, directive)) continue
    const action = item[directive]
    if (action === 'replace') replaced = true
    else if (action === 'merge')
      throw new PatchError(500, 'merging lists cannot yet be specified in the patch')
    else if (action !== 'delete') throw badPatchType(action, item)
    else if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey)
    else live = live.filter((old) => !isObject(old) || getKey(old, mergeKey) !== item[mergeKey])
  }
  return { live, changes: patch.filter((item) => !hasDirective(item)), replaced }
}
