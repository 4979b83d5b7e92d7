import { isObject, type Json, type JsonObject, setKey } from '#base/json.ts'
import { structSpec, type TypeSpec } from './schema.ts'

/**
 * The value with its fields in the order of the Go type and its maps sorted by key, which is how kubectl prints JSON. Fields
 * that the type does not have stay, behind the others.
 *
 * @param struct the type at the root of the value: `DaemonSet`, or any other of the schema, such as `PodSpec`
 */
export function inFieldOrder(value: JsonObject, struct: string): JsonObject {
  const result: JsonObject = {}
  const spec = structSpec(struct)
  for (const [name, { type }] of spec)
    if (Object.hasOwn(value, name)) setKey(result, name, ordered(value[name] ?? null, type))
  for (const [name, field] of Object.entries(value)) if (!spec.has(name)) setKey(result, name, field)
  return result
}

function ordered(value: Json, type: TypeSpec): Json {
  if (type.kind === 'struct') return isObject(value) ? inFieldOrder(value, type.struct) : value
  if (type.kind !== 'list' && type.kind !== 'map') return value
  const { item } = type
  if (Array.isArray(value)) return value.map((one) => ordered(one, item))
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const key of Object.keys(value).sort()) setKey(result, key, ordered(value[key] ?? null, item))
  return result
}
