import { type Managers, sameButForTimes } from '#apiserver/managed-fields/managers.ts'
import { decode } from '#apiserver/schema/decode.ts'
import { checkAnyObjectMeta, checkAnyObjectMetaUpdate } from '#apiserver/validation/metadata.ts'
import { Findings } from '#apiserver/validation/place.ts'
import type { FieldError } from '#apiserver/validation/types.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { SandboxClock } from '../clock.ts'
import type { Names } from '../names.ts'
import type { Collection } from '../store/collection.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { Store } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import { requireQuota } from './admission.ts'
import { decodeBody } from './decode.ts'
import {
  type DeleteOptions,
  type Deletion,
  finalizersFor,
  graceOf,
  isHeld,
  markedDeleted,
} from './deletion.ts'
import { asJson, asStored, metadataOf, tidyMetadata, withMetadata } from './json.ts'
import { withMadeManagers } from './made-managers.ts'
import {
  applyTo,
  managersAfterUpdate,
  managersOfChange,
  withManagers,
  withoutManagedFields,
} from './managed-fields.ts'
import { inNamespace, requireNamespace } from './namespaces.ts'
import { checkPreconditions, requireNoUid, requireSameName, requireSameObject } from './preconditions.ts'
import {
  groupVersionOf,
  type ResourceType,
  structOf,
  type WriteContext,
  type WriteOptions,
} from './resource-type.ts'
import { alreadyExists, invalid, notFound, StatusError, warned } from './status-errors.ts'
import { pathSegmentErrors } from './strategies/plain.ts'

export interface Written {
  readonly object: StoredObject
  readonly warnings: readonly string[]
}

/** Metadata that no client's update changes. */
const serverFields = ['creationTimestamp', 'generation', 'resourceVersion'] as const

/** Quotas count it one by one; pods are counted when they are admitted. */
const isCounted = ({ kind, namespaced }: ResourceType) => namespaced && kind !== 'Pod'

/** Times of managers alone are no change. */
function isNoChange(old: JsonObject, next: JsonObject): boolean {
  const [before, after] = [metadataOf(old).managedFields, metadataOf(next).managedFields]
  return (
    sameButForTimes(before, after) && sameIgnoringNulls(withoutManagedFields(next), withoutManagedFields(old))
  )
}

/** What an update may not do to the metadata of any object (`validateCommonFields`). */
function metadataErrors(type: ResourceType, next: JsonObject, old: JsonObject): readonly FieldError[] {
  const metadata = new Findings(next).at('metadata')
  checkAnyObjectMeta(metadata, type.namespaced, pathSegmentErrors)
  checkAnyObjectMetaUpdate(metadata, metadataOf(old))
  return metadata.findings.errors
}

/** The body as an object of its type, with nothing in it that the type does not know. */
const asOfType = (type: ResourceType, body: JsonObject): JsonObject =>
  decode({ ...body, apiVersion: groupVersionOf(type), kind: type.kind }, structOf(type))

function refuseInvalid(type: ResourceType, object: JsonObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(type, stringIn(metadataOf(object), 'name'), errors)
}

/**
 * The writing half of the API: what a real server does between the body of a request and its storage. HTTP handlers use
 * it, and so do the sandbox's own loops where they act as clients would.
 */
export class Registry {
  readonly store: Store
  readonly #clock: SandboxClock
  readonly #names: Names

  constructor(store: Store, clock: SandboxClock, names: Names) {
    this.store = store
    this.#clock = clock
    this.#names = names
  }

  context(type: ResourceType): WriteContext {
    return { now: this.#clock.now(), store: this.store, type }
  }

  /** Where the objects of a resource are kept: for another view of a resource, that resource's own. */
  collection(type: ResourceType): Collection {
    return this.store.collection(type.view?.of ?? type)
  }

  /** The object, or the 404 that names it. */
  get(type: ResourceType, namespace: string | undefined, name: string): StoredObject {
    const found = this.collection(type).get(keyOf(namespace, name))
    if (!found) throw notFound(type, name)
    return found
  }

  create(
    type: ResourceType,
    namespace: string | undefined,
    body: JsonObject,
    options: WriteOptions,
  ): Written {
    return this.#create(type, namespace, body, options, (sent) =>
      managersOfChange(type, {}, sent, options, timestamp(this.#clock.now())),
    )
  }

  #create(
    type: ResourceType,
    namespace: string | undefined,
    body: JsonObject,
    options: WriteOptions,
    managersOf: (sent: JsonObject) => Managers,
  ): Written {
    const warnings = decodeBody(type, body, options)
    const raw = inNamespace(type, namespace, asOfType(type, body))
    requireNamespace(this.store, type, namespace, stringIn(metadataOf(raw), 'name'))
    options.guard?.(raw, undefined)
    const generated = stringIn(metadataOf(raw), 'name') === ''
    const wiped = { uid: this.#names.uid(), deletionTimestamp: null, deletionGracePeriodSeconds: null }
    const named = this.named(withMetadata(raw, { ...metadataOf(raw), ...wiped }))
    const { strategy } = type
    const prepared = warned(warnings, () => {
      const object = strategy.prepareForCreate(named, { ...this.context(type), generated })
      refuseInvalid(type, object, strategy.validate(object))
      if (isCounted(type)) requireQuota(this.store, type, object, undefined)
      if (!options.dryRun && stringIn(metadataOf(raw), 'resourceVersion'))
        throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
      return object
    })
    const managed = withManagers(prepared, managersOf(strategy.defaults?.(named) ?? prepared))
    const object = this.insert(type, managed, options.dryRun)
    return { object, warnings: [...warnings, ...strategy.warnings(prepared, this.context(type))] }
  }

  /** Stores a complete and correct object under a name that is free: the end of every creation. */
  insert(type: ResourceType, object: JsonObject, dryRun = false): StoredObject {
    const named = this.named(object)
    const metadata = metadataOf(named)
    const draft = asStored({
      ...named,
      apiVersion: groupVersionOf(type),
      kind: type.kind,
      metadata: tidyMetadata({
        ...metadata,
        uid: stringIn(metadata, 'uid') || this.#names.uid(),
        creationTimestamp: timestamp(this.#clock.now()),
        deletionTimestamp: null,
        deletionGracePeriodSeconds: null,
        ...(dryRun ? {} : { resourceVersion: null }),
      }),
    })
    const stored = type.view ? asStored(type.view.toStorage(asJson(draft))) : draft
    const collection = this.collection(type)
    const { name, namespace } = stored.metadata
    if (collection.get(keyOf(namespace, name))) throw alreadyExists(type, name)
    return dryRun ? stored : collection.put(stored)
  }

  /**
   * Replaces an object by what `change` makes of it. A change that changes nothing writes nothing.
   *
   * @param change May be called with a newer object than the caller saw; its answer's resourceVersion, if any, must match.
   */
  update(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    change: (current: JsonObject) => JsonObject,
    options: WriteOptions,
  ): Written {
    const old = asJson(this.#shown(type, this.get(type, namespace, name)))
    const body = change(old)
    const { managedFields } = metadataOf(body)
    return this.#replace(type, namespace, old, body, options, (sent) =>
      managersAfterUpdate(type, old, sent, options, timestamp(this.#clock.now()), managedFields),
    )
  }

  /** Server-side apply: makes an object have what a configuration says, or creates it. */
  apply(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    config: JsonObject,
    options: WriteOptions & { readonly force: boolean },
  ): Written & { readonly created: boolean } {
    const found = this.collection(type).get(keyOf(namespace, name))
    if (!found && options.status) throw notFound(type, name)
    const old = found && asJson(this.#shown(type, found))
    const { object, managers } = applyTo(type, old, config, options, timestamp(this.#clock.now()))
    if (old)
      return {
        ...this.#replace(type, namespace, old, object ?? old, options, () => managers),
        created: false,
      }
    requireSameName(name, object ?? {})
    requireNoUid(type, name, config)
    return { ...this.#create(type, namespace, object ?? {}, options, () => managers), created: true }
  }

  #shown(type: ResourceType, stored: StoredObject): StoredObject {
    return withMadeManagers(type, type.view ? type.view.fromStorage(stored) : stored)
  }

  #replace(
    type: ResourceType,
    namespace: string | undefined,
    old: JsonObject,
    body: JsonObject,
    options: WriteOptions,
    managersOf: (sent: JsonObject) => Managers,
  ): Written {
    const warnings = decodeBody(type, body, options)
    const raw = inNamespace(type, namespace, asOfType(type, body))
    requireSameObject(type, raw, asStored(old), options.replaces === true)
    const sent = this.#sent(type, raw, old, options)
    options.guard?.(sent, old)
    const { strategy } = type
    const managers = managersOf(strategy.defaults?.(sent) ?? sent)
    const prepared = options.status
      ? (strategy.prepareForStatus?.(sent, old) ?? sent)
      : strategy.prepareForUpdate(sent, old, this.context(type))
    warned(warnings, () => {
      const errors = options.status
        ? (strategy.validateStatus?.(prepared, old) ?? [])
        : strategy.validateUpdate(prepared, old)
      refuseInvalid(type, prepared, [...metadataErrors(type, prepared, old), ...errors])
      if (isCounted(type) && !options.status) requireQuota(this.store, type, prepared, old)
    })
    const told = [
      ...warnings,
      ...(options.status ? [] : strategy.warnings(prepared, this.context(type), old)),
    ]
    const next = withManagers(prepared, managers)
    const draft = (object: JsonObject) => asStored(type.view ? type.view.toStorage(object) : object)
    if (isNoChange(old, next)) return { object: draft(old), warnings: told }
    return { object: options.dryRun ? draft(next) : this.put(type, draft(next)), warnings: told }
  }

  /** The object that a client sends, with what it cannot change as it is. */
  #sent(type: ResourceType, raw: JsonObject, old: JsonObject, options: WriteOptions): JsonObject {
    const before = metadataOf(old)
    const given = metadataOf(raw)
    const kept = Object.fromEntries(serverFields.map((field) => [field, before[field] ?? null]))
    const metadata = tidyMetadata({
      ...given,
      ...kept,
      uid: given.uid || (before.uid ?? null),
      deletionTimestamp: before.deletionTimestamp ?? given.deletionTimestamp ?? null,
      deletionGracePeriodSeconds:
        given.deletionGracePeriodSeconds ?? before.deletionGracePeriodSeconds ?? null,
    })
    if (!options.status) return { ...raw, apiVersion: groupVersionOf(type), kind: type.kind, metadata }
    const { status: _old, metadata: _meta, ...fixed } = old
    return { ...fixed, metadata, status: raw.status ?? {} }
  }

  /** Stores a new state that a part of the cluster gives an object: as {@link put}, and its managers learn of it. */
  write(type: ResourceType, next: StoredObject, by: WriteOptions): StoredObject {
    const { namespace, name, managedFields } = next.metadata
    const old = this.collection(type).get(keyOf(namespace, name))
    if (!old || !managedFields) return this.put(type, next)
    const now = timestamp(this.#clock.now())
    const managers = managersAfterUpdate(type, asJson(old), asJson(next), by, now)
    return this.put(type, asStored(withManagers(asJson(next), managers)))
  }

  /** Stores a new state of an object, or lets it go if it was only waiting for its last finalizer. */
  put(type: ResourceType, next: StoredObject): StoredObject {
    const collection = this.collection(type)
    const { metadata } = next
    const stored = collection.put(next)
    if (metadata.deletionTimestamp && !isHeld(type, next))
      collection.remove(keyOf(metadata.namespace, metadata.name))
    return stored
  }

  /** Deletes, or begins to: see {@link Deletion}. */
  delete(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Deletion {
    const current = this.get(type, namespace, name)
    checkPreconditions(type, current, options)
    const grace = graceOf(type, current, options)
    const finalizers = finalizersFor(type, current.metadata.finalizers ?? [], options)
    const held = finalizers.length > 0 || grace > 0 || type.kind === 'Namespace'
    const collection = this.collection(type)
    const key = keyOf(namespace, name)
    if (!held) {
      const removed = options.dryRun ? current : collection.remove(key)
      return { object: removed ?? current, done: true }
    }
    const next = markedDeleted(type, current, grace, finalizers, this.#clock.now())
    if (!next) return { object: current, done: false }
    return { object: options.dryRun ? next : this.put(type, next), done: false }
  }

  /** The object with a name, made up if it has none. */
  named(object: JsonObject): JsonObject {
    const metadata = metadataOf(object)
    const prefix = stringIn(metadata, 'generateName')
    if (stringIn(metadata, 'name') || !prefix) return object
    return { ...object, metadata: { ...metadata, name: `${prefix.slice(0, 58)}${this.#names.suffix()}` } }
  }
}
