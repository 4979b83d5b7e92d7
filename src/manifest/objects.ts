import { KdsError, type Location } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import type { ParsedDocument } from '#yaml/parse-yaml.ts'
import { checkShape, type Shape } from './shape.ts'
import type { FieldPath } from './types.ts'

/** An object with the document that it stands in and its path there: empty, or `items`, index and so on in a List. */
export interface PlacedObject {
  readonly value: KubeObject
  readonly document: ParsedDocument
  readonly path: FieldPath
}

const maxDepth = 1000

/** What to do about an object without one of the two names, for each. */
export type MissingHints = Readonly<Record<'kind' | 'apiVersion', string>>

/**
 * The objects of a document: none if it is empty, the items of a List of any kind, Lists in Lists too. An item with
 * neither kind nor apiVersion has those of its List. Mirrors `unstructuredJSONScheme` of k8s.io/apimachinery and
 * `FlattenListVisitor` of k8s.io/cli-runtime.
 *
 * Throws a `KdsError` for what kubectl refuses: no mapping, no kind, no apiVersion.
 */
export function objectsOf(document: ParsedDocument, hints: MissingHints): PlacedObject[] {
  if (document.value === null) return []
  const found: PlacedObject[] = []
  const queue = [{ value: asObject(document, document.value, []), path: [] as FieldPath }]
  for (const { value, path } of queue) {
    requireString(document, value, path, 'kind', hints)
    const items = Object.hasOwn(value, 'items') ? value.items : undefined
    if (items === undefined) {
      requireString(document, value, path, 'apiVersion', hints)
      found.push({ value: value as KubeObject, document, path })
    } else if (Array.isArray(items)) {
      for (let index = 0; index < items.length; index++) {
        const item = items[index] ?? null
        const at = [...path, 'items', index]
        queue.push({ value: inherit(asObject(document, item, at), value), path: at })
      }
    } else if (items !== null) {
      throw new KdsError('bad-list', '`items` must be a list', {
        location: document.locate([...path, 'items']),
      })
    }
  }
  return found
}

function asObject(document: ParsedDocument, value: Json, path: FieldPath): JsonObject {
  if (isObject(value)) return value
  const what = value === null ? 'nothing' : `the ${typeof value} ${preview(value)}`
  throw new KdsError(
    'not-an-object',
    `${Array.isArray(value) ? describeList(value) : what} found where a Kubernetes object is expected`,
    {
      location: document.locate(path),
      hint: Array.isArray(value)
        ? 'put the objects under `items:` of an object with `apiVersion: v1` and `kind: List`'
        : 'an object starts with `apiVersion:`, `kind:` and `metadata:`',
    },
  )
}

/** A bare list by what its first item is: a Node of another API group shows here already. */
function describeList([first]: readonly Json[]): string {
  if (!isObject(first)) return 'a list'
  const { apiVersion, kind } = first
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return 'a list'
  return `a list of ${escapeLine(`${kind} (${apiVersion})`)}`
}

const preview = (value: Json) => escapeLine(JSON.stringify(value).slice(0, 40))

function inherit(item: JsonObject, list: JsonObject): JsonObject {
  if (isName(item.kind) || isName(item.apiVersion)) return item
  const kind = String(list.kind).replace(/List$/, '')
  if (kind === '') return item
  return { ...item, kind, apiVersion: list.apiVersion ?? null }
}

const isName = (value: Json | undefined) => typeof value === 'string' && value !== ''

function requireString(
  document: ParsedDocument,
  value: JsonObject,
  path: FieldPath,
  field: keyof MissingHints,
  hints: MissingHints,
) {
  if (isName(value[field])) return
  const set = value[field] !== undefined && value[field] !== null && value[field] !== ''
  const problem = set ? `\`${field}\` must be a string` : `the object has no \`${field}\``
  throw new KdsError(`missing-${field}`, problem, {
    location: document.locate(set ? [...path, field] : path),
    hint: path.length > 0 ? `each item of this List needs its own \`apiVersion\` and \`kind\`` : hints[field],
  })
}

/** Refuses an object that is nested too deep to be walked; the check itself needs no stack. */
export function refuseTooDeep({ value, document, path }: PlacedObject) {
  let level: object[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) {
      const hint = 'no Kubernetes object is nested like this: check how the file was made'
      throw new KdsError('too-deep', `nested more than ${maxDepth} levels deep`, {
        location: document.locate(path),
        hint,
      })
    }
    const next: object[] = []
    for (const node of level) {
      for (const child of Object.values(node))
        if (child !== null && typeof child === 'object') next.push(child)
    }
    level = next
  }
}

const metadataShape: Shape = {
  fields: {
    metadata: {
      fields: {
        name: 'string',
        namespace: 'string',
        labels: { map: 'string' },
        annotations: { map: 'string' },
      },
    },
  },
}

/** Refuses an object whose metadata kubectl could not decode. */
export function refuseBadMetadata({ value, document, path }: PlacedObject) {
  refuseMetadataOf(value, (below) => document.locate([...path, ...below]))
}

/** The same of an object that knows where its fields stand. */
export function refuseMetadataOf(value: KubeObject, locate: (path: FieldPath) => Location) {
  const [first] = checkShape(value, metadataShape, locate)
  if (!first) return
  const { location, hint } = first
  throw new KdsError(first.code, first.message, {
    ...(location ? { location } : {}),
    ...(hint ? { hint } : {}),
  })
}
