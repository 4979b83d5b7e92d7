/**
 * Field management of objects as a server does it around every write.
 *
 * Mirrors `FieldManager` of k8s.io/apimachinery/pkg/util/managedfields and the managers that it is made of.
 */
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { goMapJson } from '#kube/go-text.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import { checkTyped } from './check-typed.ts'
import { ApplyConflict } from './conflict.ts'
import { difference, emptySet, type FieldSet, isEmpty, setOf, union } from './field-set.ts'
import { compareManaged, identityOf, type Managed, type Manager, type Managers } from './managers.ts'
import { applied, type Door, updated } from './merge-updater.ts'
import { compare, fieldsOf } from './typed.ts'

export interface Writing extends Door {
  /** Who writes. */
  readonly manager: string
  readonly subresource?: string
  /** RFC 3339, as on the wire. */
  readonly now: string
}

const leaf = emptySet
const unmanagedMetadata = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]
/** What the server itself sees to, and so nobody manages. */
const unmanaged: FieldSet = {
  'f:apiVersion': leaf,
  'f:kind': leaf,
  'f:metadata': { '.': leaf, ...setOf(unmanagedMetadata.map((name) => [`f:${name}`, leaf])) },
}

const manager = (writing: Writing, operation: Manager['operation']): Manager => ({
  manager: writing.manager || 'unknown',
  operation,
  apiVersion: writing.apiVersion,
  ...(writing.subresource ? { subresource: writing.subresource } : {}),
})

/**
 * The managers after an update.
 *
 * @param live the object before, as JSON of its type without managed fields; `{}` of its type for a new one
 * @param isNew whether it was not there before. An object without managers gets none by a later update.
 */
export function manageUpdate(
  live: Json,
  next: Json,
  managers: Managers,
  writing: Writing,
  isNew: boolean,
): Managers {
  if (managers.size === 0 && !isNew) return managers
  const after = updated(live, next, managers, writing)
  const changed = difference(after.changed, unmanaged)
  if (!isEmpty(changed)) {
    const self = manager(writing, 'Update')
    const id = identityOf(self)
    const fields = union(changed, after.managers.get(id)?.fields ?? emptySet)
    after.managers.set(id, { ...self, fields, time: writing.now })
  }
  return capped(after.managers)
}

const mostUpdaters = 10

/** The oldest of too many updaters become one, by version. */
function capped(managers: Map<string, Managed>): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update')
  updaters.sort(([, a], [, b]) => compareManaged(a, b))
  const first = new Map<string, string>()
  let count = updaters.length
  for (const [id, managed] of updaters) {
    if (count <= mostUpdaters) break
    const { apiVersion, fields } = managed
    const ancient: Manager = { manager: 'ancient-changes', operation: 'Update', apiVersion }
    const bucket = identityOf(ancient)
    const earlier = first.get(apiVersion)
    if (earlier === undefined) {
      first.set(apiVersion, id)
      continue
    }
    const before = managers.get(bucket) ?? managers.get(earlier)
    if (!managers.has(bucket)) managers.delete(earlier)
    managers.delete(id)
    const { time } = managed
    const all = union(fields, before?.fields ?? emptySet)
    managers.set(bucket, { ...ancient, fields: all, ...(time === undefined ? {} : { time }) })
    count -= 1
  }
  return managers
}

interface Applied {
  /** Undefined: it stays as it is. */
  readonly object: Json | undefined
  readonly managers: Managers
}

/**
 * The object after an apply, and its managers.
 *
 * @param live as for {@link manageUpdate}; `empty` is what a new object of its type is
 * @param config what the client sent, found to fit its type by {@link checkTyped}
 * @throws ApplyConflict if it would take fields from other managers, unless `force` is set
 */
export function manageApply(
  live: JsonObject,
  config: JsonObject,
  managers: Managers,
  writing: Writing & { readonly force: boolean; readonly empty: JsonObject },
): Applied {
  const before =
    managers.size > 0
      ? managers
      : manageUpdate(writing.empty, live, managers, { ...writing, manager: 'before-first-apply' }, true)
  const self = manager(writing, 'Apply')
  const by = { id: identityOf(self), managed: self }
  const attempt = (force: boolean): Applied => {
    const { object, managers: after } = applied(live, config, before, writing, by, force)
    const own = after.get(by.id)
    const fields = difference(own?.fields ?? emptySet, unmanaged)
    if (!own || isEmpty(fields)) after.delete(by.id)
    else after.set(by.id, { ...own, fields, ...(object === undefined ? {} : { time: writing.now }) })
    return { object, managers: after }
  }
  if (writing.manager !== kubectl) return attempt(writing.force)
  return withLastApplied(live, config, takingOver(live, writing, attempt))
}

const kubectl = 'kubectl'
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const lastAppliedIn = (object: Json | undefined) =>
  isObject(object) ? stringIn(objectIn(objectIn(object, 'metadata'), 'annotations'), lastApplied) : ''

/** kubectl may take over what it has itself applied from the client's side, and nobody has changed since. */
function takingOver(
  live: JsonObject,
  writing: Writing & { force: boolean },
  attempt: (force: boolean) => Applied,
): Applied {
  try {
    return attempt(writing.force)
  } catch (error) {
    if (!(error instanceof ApplyConflict)) throw error
    const others = error.except(unchangedSinceApplied(live, writing))
    if (others.conflicts.length > 0) throw others
    return attempt(true)
  }
}

function unchangedSinceApplied(live: JsonObject, { type, apiVersion }: Writing): FieldSet {
  let config: Json
  try {
    config = JSON.parse(lastAppliedIn(live)) as Json
  } catch {
    return emptySet
  }
  if (!isObject(config) || config.apiVersion !== apiVersion || checkTyped(config, type).length > 0)
    return emptySet
  const { modified, added, removed } = compare(config, live, type)
  return [modified, added, removed].reduce(difference, fieldsOf(config, type))
}

/** An object that clients have applied on their side tells them what was applied last here, too. */
function withLastApplied(live: JsonObject, config: JsonObject, result: Applied): Applied {
  const object = result.object ?? live
  if (!isObject(object) || lastAppliedIn(object) === '') return result
  const metadata = objectIn(object, 'metadata')
  const annotations = {
    ...objectIn(metadata, 'annotations'),
    [lastApplied]: `${goMapJson(withoutLastApplied(config))}\n`,
  }
  return { ...result, object: { ...object, metadata: { ...metadata, annotations } } }
}

function withoutLastApplied(config: JsonObject): JsonObject {
  const metadata = objectIn(config, 'metadata')
  if (!isObject(metadata.annotations)) return config
  const { [lastApplied]: _old, ...annotations } = metadata.annotations
  return { ...config, metadata: { ...metadata, annotations } }
}
