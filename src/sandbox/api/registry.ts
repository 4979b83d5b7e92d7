import { sameIgnoringNulls } from '#base/json.ts'
import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { type SandboxClock, timestamp } from '../clock.ts'
import type { Names } from '../names.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { Store } from '../store/store.ts'
import { type DeleteOptions, type Deletion, finalizersFor } from './deletion.ts'
import { asJson, asStored, metadataOf, tidyMetadata } from './json.ts'
import {
  checkPreconditions,
  graceOf,
  managedFieldsAfter,
  pendingNamespace,
  refuse,
  requireSameObject,
  withManager,
  withoutManagedFields,
  withPlace,
  wrongKind,
} from './registry-checks.ts'
import { groupVersionOf, type ResourceType, type WriteContext, type WriteOptions } from './resource-type.ts'
import { alreadyExists, badRequest, forbidden, notFound, StatusError } from './status-errors.ts'

export interface Written {
  readonly object: StoredObject
  readonly warnings: readonly string[]
}

const namespaces = { group: '', plural: 'namespaces' }

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

  /** The object, or the 404 that names it. */
  get(type: ResourceType, namespace: string | undefined, name: string): StoredObject {
    const found = this.store.get(type.view?.of ?? type, namespace, name)
    if (!found) throw notFound(type, name)
    return found
  }

  create(
    type: ResourceType,
    namespace: string | undefined,
    body: JsonObject,
    options: WriteOptions,
  ): Written {
    const warnings = this.#decode(type, body, options)
    const raw = withPlace(type, namespace, body)
    if (stringIn(metadataOf(raw), 'resourceVersion'))
      throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
    this.requireNamespace(type, namespace, stringIn(metadataOf(raw), 'name'))
    const named = this.#named(raw)
    const context = this.context(type)
    const prepared = type.strategy.prepareForCreate(named, context)
    refuse(type, prepared, type.strategy.validate(prepared))
    const managed = withManager(type, prepared, options, timestamp(context.now))
    const object = this.insert(type, managed, options.dryRun)
    return { object, warnings: [...warnings, ...type.strategy.warnings(prepared)] }
  }

  /** Stores a complete and correct object under a name that is free: the end of every creation. */
  insert(type: ResourceType, object: JsonObject, dryRun = false): StoredObject {
    const named = this.#named(object)
    const metadata = metadataOf(named)
    const draft = asStored({
      ...named,
      apiVersion: groupVersionOf(type),
      kind: type.kind,
      metadata: tidyMetadata({
        ...metadata,
        uid: this.#names.uid(),
        creationTimestamp: timestamp(this.#clock.now()),
        deletionTimestamp: null,
        deletionGracePeriodSeconds: null,
        resourceVersion: null,
      }),
    })
    const stored = type.view ? asStored(type.view.toStorage(asJson(draft))) : draft
    const collection = this.store.collection(type.view?.of ?? type)
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
    const stored = this.get(type, namespace, name)
    const current = type.view ? type.view.fromStorage(stored) : stored
    const old = asJson(current)
    const body = change(old)
    const warnings = this.#decode(type, body, options)
    const raw = withPlace(type, namespace, body)
    requireSameObject(type, raw, current)
    const prepared = this.#prepareUpdate(type, raw, old, options)
    const errors = type.strategy.validateUpdate(prepared, old)
    refuse(type, prepared, errors)
    const told = [...warnings, ...(options.status ? [] : type.strategy.warnings(prepared))]
    if (sameIgnoringNulls(withoutManagedFields(prepared), withoutManagedFields(old)))
      return { object: stored, warnings: told }
    const managedFields = managedFieldsAfter(type, old, prepared, options, timestamp(this.#clock.now()))
    const next = asStored({
      ...prepared,
      metadata: { ...metadataOf(prepared), managedFields: managedFields as never },
    })
    const draft = type.view ? asStored(type.view.toStorage(asJson(next))) : next
    return { object: options.dryRun ? draft : this.put(type, draft), warnings: told }
  }

  #prepareUpdate(type: ResourceType, raw: JsonObject, old: JsonObject, options: WriteOptions): JsonObject {
    const oldMetadata = metadataOf(old)
    const metadata = metadataOf(raw)
    const kept = {
      uid: oldMetadata.uid ?? null,
      creationTimestamp: oldMetadata.creationTimestamp ?? null,
      deletionTimestamp: oldMetadata.deletionTimestamp ?? null,
      deletionGracePeriodSeconds: oldMetadata.deletionGracePeriodSeconds ?? null,
      generation: oldMetadata.generation ?? null,
      generateName: oldMetadata.generateName ?? null,
      resourceVersion: oldMetadata.resourceVersion ?? null,
      managedFields: oldMetadata.managedFields ?? null,
    }
    const placed: JsonObject = {
      ...raw,
      apiVersion: groupVersionOf(type),
      kind: type.kind,
      metadata: tidyMetadata({ ...metadata, ...kept }),
    }
    if (!options.status) return type.strategy.prepareForUpdate(placed, old, this.context(type))
    const { status: _old, metadata: _meta, ...fixed } = old
    return { ...fixed, metadata: placed.metadata ?? {}, status: raw.status ?? {} }
  }

  /** Stores a new state of an object, or lets it go if it was only waiting for its last finalizer. */
  put(type: ResourceType, next: StoredObject): StoredObject {
    const collection = this.store.collection(type.view?.of ?? type)
    const { metadata } = next
    const waiting =
      (metadata.finalizers?.length ?? 0) > 0 ||
      (metadata.deletionGracePeriodSeconds ?? 0) > 0 ||
      pendingNamespace(type, next)
    const stored = collection.put(next)
    if (metadata.deletionTimestamp && !waiting) collection.remove(keyOf(metadata.namespace, metadata.name))
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
    const finalizers = finalizersFor(current.metadata.finalizers ?? [], options)
    const held = finalizers.length > 0 || grace > 0 || type.kind === 'Namespace'
    const collection = this.store.collection(type.view?.of ?? type)
    const key = keyOf(namespace, name)
    if (!held) {
      const removed = options.dryRun ? current : collection.remove(key)
      return { object: removed ?? current, done: true }
    }
    const next = this.#markDeleted(type, current, grace, finalizers)
    if (!next) return { object: current, done: false }
    return { object: options.dryRun ? next : this.put(type, next), done: false }
  }

  /** The object with its deletion noted; undefined if a deletion at least as quick is under way. */
  #markDeleted(
    type: ResourceType,
    current: StoredObject,
    grace: number,
    finalizers: readonly string[],
  ): StoredObject | undefined {
    const { metadata } = current
    const pending = metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY
    if (
      metadata.deletionTimestamp &&
      grace >= pending &&
      sameIgnoringNulls(finalizers, metadata.finalizers ?? [])
    )
      return undefined
    const seconds = metadata.deletionTimestamp ? Math.min(grace, pending) : grace
    const now = this.#clock.now()
    const deletionTimestamp =
      metadata.deletionTimestamp && seconds === pending
        ? metadata.deletionTimestamp
        : timestamp(now + seconds * 1000)
    const marked = {
      ...metadata,
      ...(metadata.generation ? { generation: metadata.generation + 1 } : {}),
      deletionTimestamp,
      deletionGracePeriodSeconds: type.kind === 'Namespace' ? null : seconds,
      finalizers: finalizers as unknown as string[],
    }
    const next = asStored({ ...asJson(current), metadata: tidyMetadata(marked as unknown as JsonObject) })
    return type.kind === 'Namespace' ? { ...next, status: { phase: 'Terminating' } } : next
  }

  /** A namespaced object needs its namespace, and one that is not going away. */
  requireNamespace(type: ResourceType, namespace: string | undefined, name: string): void {
    if (!type.namespaced || namespace === undefined) return
    const found = this.store.collection(namespaces).get(namespace)
    if (!found) throw notFound(namespaces, namespace)
    if (found.metadata.deletionTimestamp && type.kind !== 'Event') {
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`
      const { status } = forbidden(type, name, why)
      throw new StatusError(403, 'Forbidden', status.message ?? '', {
        ...status.details,
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      })
    }
  }

  #decode(type: ResourceType, body: JsonObject, options: WriteOptions): string[] {
    const version = groupVersionOf(type)
    const kind = stringIn(body, 'kind') || type.kind
    const given = stringIn(body, 'apiVersion') || version
    if (kind !== type.kind || given !== version) throw wrongKind(type, given, kind)
    const { typeError, unknownFields } = type.strategy.decode({ ...body, kind, apiVersion: given })
    const reject = (why: string) =>
      badRequest(`${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ${why}`)
    if (typeError) throw reject(typeError)
    if (unknownFields.length === 0 || options.fieldValidation === 'Ignore' || options.status) return []
    if (options.fieldValidation === 'Strict')
      throw reject(`strict decoding error: ${unknownFields.join(', ')}`)
    return [...unknownFields]
  }

  #named(object: JsonObject): JsonObject {
    const metadata = metadataOf(object)
    const prefix = stringIn(metadata, 'generateName')
    if (stringIn(metadata, 'name') || !prefix) return object
    return { ...object, metadata: { ...metadata, name: `${prefix.slice(0, 58)}${this.#names.suffix()}` } }
  }
}
