import { type PatchSchema, patchSchemaOf } from '#apiserver/patch/merge-keys.ts'
import { getKey, isObject, type Json, type JsonObject, sameJson, withoutNulls } from '#base/json.ts'

/** One difference between two objects. `before` is absent for what is new, `after` for what is gone. */
export interface Change {
  /** `spec.template.spec.containers[name=c].image` */
  readonly path: string
  readonly before?: Json
  readonly after?: Json
}

/**
 * What differs between two objects of a kind, field by field: elements of lists that Kubernetes merges by a key (containers,
 * variables, volumes) are compared by that key, other lists as a whole. Null is the same as absent.
 */
export function changesBetween(before: Json, after: Json, kind = 'DaemonSet'): Change[] {
  return compare(withoutNulls(before), withoutNulls(after), '', { fields: patchSchemaOf(kind) })
}

interface Shape {
  readonly mergeKey?: string | undefined
  readonly fields?: PatchSchema | undefined
}

function compare(old: Json | undefined, now: Json | undefined, path: string, shape: Shape): Change[] {
  if (sameJson(old, now)) return []
  if (isObject(old) && isObject(now)) return compareFields(old, now, path, shape.fields ?? {})
  if (Array.isArray(old) && Array.isArray(now) && shape.mergeKey) {
    const elements = compareElements(old, now, path, shape)
    if (elements) return elements
  }
  return [
    { path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) },
  ]
}

function compareFields(before: JsonObject, after: JsonObject, path: string, fields: PatchSchema): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => {
    const shape = Object.hasOwn(fields, key) ? fields[key] : undefined
    return compare(getKey(before, key), getKey(after, key), join(path, key), shape ?? {})
  })
}

/** Undefined where an element lacks the key or two have the same: then the lists differ as wholes. */
function compareElements(before: Json[], after: Json[], path: string, shape: Shape): Change[] | undefined {
  const [old, now] = [byKey(before, shape.mergeKey ?? ''), byKey(after, shape.mergeKey ?? '')]
  if (!old || !now) return undefined
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((id) =>
    compare(old.get(id), now.get(id), `${path}[${shape.mergeKey}=${id}]`, { fields: shape.fields }),
  )
  // Nothing but the order differs: that, too, makes another template.
  return changes.length > 0 ? changes : undefined
}

function byKey(list: readonly Json[], mergeKey: string): Map<string, Json> | undefined {
  const found = new Map<string, Json>()
  for (const item of list) {
    const id = isObject(item) ? getKey(item, mergeKey) : undefined
    if (id === undefined || id === null || typeof id === 'object' || found.has(String(id))) return undefined
    found.set(String(id), item)
  }
  return found
}

function join(path: string, key: string): string {
  const name = /^[A-Za-z_$][\w$-]*$/.test(key) ? key : undefined
  if (name === undefined) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? name : `${path}.${name}`
}
