import { isObject, sameIgnoringNulls } from '#base/json.ts'
import type { Json, JsonObject } from '#kube/types.ts'

/** Field names as `metadata.managedFields` nests them: `{"f:spec": {"f:replicas": {}}}`. */
export type FieldSet = { [path: string]: FieldSet }

/** Lists whose elements are fields by themselves, with the keys that tell them apart; an empty list of keys is a set. */
const listKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'protocol'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  addresses: ['type'],
  finalizers: [],
  podCIDRs: [],
}
const atomicMaps = new Set(['selector', 'nodeSelector', 'data', 'labelSelector', 'fieldRef', 'secretKeyRef'])
/** Parts that every object of its type has, so that no write can add them. */
const structs = new Set([
  'metadata',
  'spec',
  'status',
  'template',
  'updateStrategy',
  'nodeInfo',
  'involvedObject',
  'source',
])
const untracked = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
])

function elementName(list: string, element: Json): string {
  const keys = listKeys[list] ?? []
  if (keys.length === 0 || !isObject(element)) return `v:${JSON.stringify(element)}`
  const identity = Object.fromEntries(keys.map((key) => [key, element[key] ?? '']))
  return `k:${JSON.stringify(identity)}`
}

/** The parts of a value that are fields by themselves, by their names in a field set; undefined: it is one field. */
function partsOf(value: Json | undefined, name: string): Map<string, Json> | undefined {
  if (isObject(value)) {
    if (atomicMaps.has(name)) return undefined
    const entries = Object.entries(value).filter(([key, part]) => part !== null && key !== '')
    return new Map(entries.map(([key, part]) => [`f:${key}`, part]))
  }
  if (Array.isArray(value) && listKeys[name]) {
    return new Map(value.map((element) => [elementName(name, element), element]))
  }
  return undefined
}

const nameOf = (path: string) => (path.startsWith('f:') ? path.slice(2) : '')

/** The fields of `next` that are not in `old` or differ there. */
function changed(old: Json | undefined, next: Json, name: string): FieldSet {
  const parts = partsOf(next, name)
  if (!parts || parts.size === 0) return {}
  const before = partsOf(old, name)
  const fields: FieldSet = {}
  for (const [path, part] of parts) {
    const oldPart = before?.get(path)
    if (!sameIgnoringNulls(oldPart, part)) fields[path] = changed(oldPart, part, nameOf(path))
  }
  const isNew = old === undefined || old === null
  const plainList = Array.isArray(next) && name.toLowerCase().includes('containers')
  return isNew && !structs.has(name) && !plainList && name !== 'root' ? { '.': {}, ...fields } : fields
}

/** The set without the paths of another; branches that become empty go, too. */
export function without(set: FieldSet, other: FieldSet): FieldSet {
  const left: FieldSet = {}
  for (const [path, below] of Object.entries(set)) {
    const taken = other[path]
    if (!taken) left[path] = below
    else if (Object.keys(taken).length > 0 && Object.keys(below).length > 0) {
      const rest = without(below, taken)
      if (Object.keys(rest).length > 0) left[path] = rest
    }
  }
  return left
}

/** The paths of both. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const all: FieldSet = { ...a }
  for (const [path, below] of Object.entries(b)) all[path] = union(all[path] ?? {}, below)
  return all
}

/** The parts of an object whose fields have owners. */
export function tracked(object: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object
  const kept = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !untracked.has(key))
  return { ...rest, metadata: Object.fromEntries(kept) }
}

/**
 * The fields of one object that are not in another, or differ there.
 *
 * @param old tracked, as `next` is; empty to learn all fields of `next`
 */
export const changedFields = (old: JsonObject, next: JsonObject): FieldSet => changed(old, next, 'root')
