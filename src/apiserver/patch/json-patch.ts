import { getKey, isObject, type Json, type JsonObject, sameJson, withKey } from '#base/json.ts'
import { goKind } from '#kube/go-text.ts'
import { PatchError } from './patch-error.ts'

/** The most operations that kube-apiserver takes in one JSON patch. */
const maxOperations = 10_000

/**
 * The document after a JSON patch (RFC 6902), as kube-apiserver applies it. `ops` is the decoded request body. The
 * arguments are not changed; the result may share parts with both.
 *
 * Mirrors github.com/evanphx/json-patch v4, leniency included: `replace` of a key that an object lacks adds it, `test`
 * takes a missing key for null, list indices may be negative.
 *
 * @throws PatchError 400 if `ops` is no list of operations, 413 if it is too long, 422 if an operation does not apply.
 */
export function applyJsonPatch(doc: Json, ops: Json): Json {
  if (!Array.isArray(ops))
    throw new PatchError(
      400,
      `error decoding patch: json: cannot unmarshal ${goKind(ops)} into Go value of type []handlers.jsonPatchOp`,
    )
  if (ops.length > maxOperations)
    throw new PatchError(
      413,
      `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${ops.length}`,
    )
  let result = doc
  for (const op of ops) {
    if (!isObject(op))
      throw new PatchError(
        400,
        `json: cannot unmarshal ${goKind(op)} into Go value of type jsonpatch.Operation`,
      )
    result = applyOperation(result, op)
  }
  return result
}

function applyOperation(doc: Json, op: JsonObject): Json {
  const kind = op.op
  const path = pointer(op, 'path', kind)
  const value = getKey(op, 'value') ?? null
  switch (kind) {
    case 'add':
      return edit(doc, path, kind, (parent, key) => add(parent, key, value))
    case 'remove':
      return edit(doc, path, kind, remove)
    case 'replace':
      if (path === '') return wholeDocument(value)
      return edit(doc, path, kind, (parent, key) => replace(parent, key, value))
    case 'move': {
      const from = pointer(op, 'from', kind)
      const moved = read(doc, from, kind)
      return edit(edit(doc, from, kind, remove), path, kind, (parent, key) => add(parent, key, moved))
    }
    case 'copy': {
      const copied = read(doc, pointer(op, 'from', kind), kind)
      return edit(doc, path, kind, (parent, key) => add(parent, key, copied))
    }
    case 'test':
      if (!sameJson(path === '' ? doc : read(doc, path, kind), value))
        throw new PatchError(422, `testing value ${path} failed: test failed`)
      return doc
    default:
      throw new PatchError(422, `Unexpected kind: ${typeof kind === 'string' ? kind : 'unknown'}`)
  }
}

type Container = JsonObject | Json[]

function wholeDocument(value: Json): Json {
  if (typeof value === 'object' && value !== null) return value
  throw new PatchError(422, 'replace operation value must be object or array')
}

function pointer(op: JsonObject, field: 'path' | 'from', kind: Json | undefined): string {
  const value = getKey(op, field)
  if (typeof value !== 'string') throw new PatchError(422, `${kind} operation failed to decode ${field}`)
  return value
}

function segments(path: string, kind: string): string[] {
  const parts = path.split('/').slice(1)
  if (parts.length === 0) throw missingPath(path, kind)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Walks to the parent of the last segment, lets `change` make a new one, and rebuilds the way back up. */
function edit(
  doc: Json,
  path: string,
  kind: string,
  change: (parent: Container, key: string) => Container,
): Json {
  const walk = (at: Json | undefined, keys: readonly string[]): Json => {
    if (typeof at !== 'object' || at === null) throw missingPath(path, kind)
    const [key = '', ...rest] = keys
    if (rest.length === 0) return change(at, key)
    const next = walk(get(at, key), rest)
    return Array.isArray(at) ? at.with(indexIn(at, key, at.length - 1), next) : withKey(at, key, next)
  }
  return walk(doc, segments(path, kind))
}

function read(doc: Json, path: string, kind: string): Json {
  let at: Json | undefined = doc
  for (const key of segments(path, kind)) {
    if (typeof at !== 'object' || at === null) throw missingPath(path, kind)
    at = get(at, key)
  }
  return at ?? null
}

function get(parent: Container, key: string): Json | undefined {
  return Array.isArray(parent) ? parent[indexIn(parent, key, parent.length - 1)] : getKey(parent, key)
}

function add(parent: Container, key: string, value: Json): Container {
  if (!Array.isArray(parent)) return withKey(parent, key, value)
  return parent.toSpliced(key === '-' ? parent.length : indexIn(parent, key, parent.length), 0, value)
}

function replace(parent: Container, key: string, value: Json): Container {
  if (!Array.isArray(parent)) return withKey(parent, key, value)
  return parent.with(indexIn(parent, key, parent.length - 1), value)
}

function remove(parent: Container, key: string): Container {
  if (Array.isArray(parent)) return parent.toSpliced(indexIn(parent, key, parent.length - 1), 1)
  if (!Object.hasOwn(parent, key))
    throw new PatchError(422, `Unable to remove nonexistent key: ${key}: missing value`)
  const { [key]: _gone, ...rest } = parent
  return rest
}

/** The index that `key` names, counting from the end if negative; `last` is the highest one allowed. */
function indexIn(list: readonly Json[], key: string, last: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new PatchError(422, `value was not a proper array index: '${key}'`)
  const number = Number(key)
  const index = number < 0 ? number + last + 1 : number
  if (index < 0 || index > last || index > list.length)
    throw new PatchError(422, `Unable to access invalid index: ${number}: invalid index referenced`)
  return index
}

function missingPath(path: string, kind: string): PatchError {
  return new PatchError(
    422,
    `${kind} operation does not apply: doc is missing path: "${path}": missing value`,
  )
}
