import { isObject, sameIgnoringNulls } from '#base/json.ts'
import type { Json, JsonObject } from '#kube/types.ts'

/** Field names as `metadata.managedFields` nests them: `{"f:spec": {"f:replicas": {}}}`. */
type FieldSet = { [path: string]: FieldSet }

export interface ManagedFieldsEntry {
  readonly manager: string
  readonly operation: string
  readonly apiVersion: string
  readonly time: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: FieldSet
  readonly subresource?: string
}

export interface FieldOwner {
  readonly manager: string
  readonly apiVersion: string
  readonly time: string
  readonly subresource?: string | undefined
}

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
function without(set: FieldSet, other: FieldSet): FieldSet {
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

function union(a: FieldSet, b: FieldSet): FieldSet {
  const all: FieldSet = { ...a }
  for (const [path, below] of Object.entries(b)) all[path] = union(all[path] ?? {}, below)
  return all
}

function tracked(object: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object
  const kept = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !untracked.has(key))
  return { ...rest, metadata: Object.fromEntries(kept) }
}

/** Every field of an object, as its creator owns them. */
export function allFields(object: JsonObject): FieldSet {
  return changed({}, tracked(object), 'root')
}

/**
 * Who owns which field after an update: what it changed belongs to its manager, what it removed to nobody. A plausible
 * likeness of what the server keeps, made from the objects alone.
 */
export function afterUpdate(
  entries: readonly ManagedFieldsEntry[],
  old: JsonObject,
  next: JsonObject,
  owner: FieldOwner,
): ManagedFieldsEntry[] {
  const before = tracked(old)
  const after = tracked(next)
  const added = changed(before, after, 'root')
  const gone = without(changed({}, before, 'root'), changed({}, after, 'root'))
  const isOwn = (entry: ManagedFieldsEntry) =>
    entry.manager === owner.manager &&
    entry.operation === 'Update' &&
    (entry.subresource ?? '') === (owner.subresource ?? '')
  const own = entries.find(isOwn)
  const others = entries
    .filter((entry) => entry !== own)
    .map((entry) => ({ ...entry, fieldsV1: without(without(entry.fieldsV1, added), gone) }))
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0)
  const fields = union(without(own?.fieldsV1 ?? {}, gone), added)
  return Object.keys(fields).length === 0 ? others : [...others, entryOf(owner, fields)]
}

/** One owner's fields as an entry. */
export function entryOf(
  { manager, apiVersion, time, subresource }: FieldOwner,
  fieldsV1: FieldSet,
): ManagedFieldsEntry {
  return {
    manager,
    operation: 'Update',
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource ? { subresource } : {}),
  }
}
