import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { structSpec, type TypeSpec } from './schema.ts'

/** `seLinuxOptions` is `SELinuxOptions` in Go, `runAsUser` is `RunAsUser`. */
const goName = (name: string) =>
  name.replace(/^(?:seLinux|gmsa)|^./, (start) => (start === 'seLinux' ? 'SELinux' : start.toUpperCase()))

function formOf(value: Json | undefined, type: TypeSpec): Json {
  // A selector is the same inside and outside.
  if (type.kind === 'struct' && type.struct !== 'LabelSelector' && (isObject(value) || !type.pointer))
    return internalForm(value, type.struct)
  if (type.kind === 'list' && Array.isArray(value)) return value.map((item) => formOf(item, type.item))
  if (value !== undefined) return value
  if (type.kind === 'intOrString') return 0
  if (type.pointer) return null
  if (type.kind === 'bool') return false
  if (type.kind === 'int32' || type.kind === 'int64') return 0
  return type.kind === 'list' || type.kind === 'map' ? null : ''
}

/**
 * A decoded struct as the server's texts show it. Its own types know no names of the wire and leave nothing out:
 * `{"Type":"Localhost","LocalhostProfile":null}`.
 */
export function internalForm(value: Json | undefined, struct: string): JsonObject {
  const given = isObject(value) ? value : {}
  return Object.fromEntries(
    [...structSpec(struct)].map(([name, { type }]) => [goName(name), formOf(given[name], type)]),
  )
}
