import { getOrMake } from '#base/once.ts'
import { foregroundFinalizer, orphanFinalizer } from '../api/deletion.ts'
import { asJson, asStored } from '../api/json.ts'
import { groupVersionOf, type ResourceType } from '../api/resource-type.ts'
import { resourceTypes } from '../api/resources.ts'
import { StatusError } from '../api/status-errors.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { LoopContext } from './context.ts'

interface Dependent {
  readonly type: ResourceType
  readonly key: string
}

const by = { manager: 'kube-controller-manager' }
const stored = resourceTypes.filter((type) => !type.view && type.verbs.includes('list'))

/**
 * Deletes what has lost its owner, or lets go of it: background, foreground and orphan, as the client who deleted the owner
 * asked. Objects whose owner's kind is not served are left alone: they come from dumps of bigger clusters.
 */
export class GarbageCollector {
  readonly #context: LoopContext
  readonly #dependents = new Map<string, Map<string, Dependent>>()

  constructor(context: LoopContext) {
    this.#context = context
  }

  start(): void {
    for (const type of stored) {
      const collection = this.#context.store.collection(type)
      for (const object of collection.values()) this.#note(type, undefined, object)
      collection.subscribe(({ type: change, object, previous }) => {
        this.#note(type, previous, change === 'DELETED' ? undefined : object)
        if (change === 'DELETED') this.#soon(() => this.#ownerGone(object))
        else if (object.metadata.deletionTimestamp && object.metadata.finalizers?.length)
          this.#soon(() => this.#finish(type, object))
        if (change === 'ADDED' && object.metadata.ownerReferences)
          this.#soon(() => this.#checkOwners(type, object))
        if (change === 'DELETED') this.#retryOwnersOf(object)
      })
    }
  }

  #soon(task: () => void): void {
    this.#context.clock.schedule(1, task)
  }

  #note(type: ResourceType, previous: StoredObject | undefined, next: StoredObject | undefined): void {
    if (previous?.metadata.ownerReferences === next?.metadata.ownerReferences && previous && next) return
    const { metadata } = (next ?? previous) as StoredObject
    const name = `${type.plural}.${type.group}/${keyOf(metadata.namespace, metadata.name)}`
    for (const { uid } of previous?.metadata.ownerReferences ?? []) {
      const known = this.#dependents.get(uid ?? '')
      known?.delete(name)
      if (known?.size === 0) this.#dependents.delete(uid ?? '')
    }
    for (const { uid } of next?.metadata.ownerReferences ?? []) {
      const known = getOrMake(this.#dependents, uid ?? '', () => new Map())
      known.set(name, { type, key: keyOf(metadata.namespace, metadata.name) })
    }
  }

  #dependentsOf(uid: string): { readonly type: ResourceType; readonly object: StoredObject }[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])].flatMap(({ type, key }) => {
      const object = this.#context.store.collection(type).get(key)
      return object ? [{ type, object }] : []
    })
  }

  #ownerGone({ metadata }: StoredObject): void {
    for (const { type, object } of this.#dependentsOf(metadata.uid)) this.#checkOwners(type, object)
  }

  /** Deletes an object all of whose owners are known to be gone. */
  #checkOwners(type: ResourceType, { metadata }: StoredObject): void {
    const { store, registry } = this.#context
    const object = store.collection(type).get(keyOf(metadata.namespace, metadata.name))
    const owners = object?.metadata.ownerReferences ?? []
    if (!object || object.metadata.uid !== metadata.uid || owners.length === 0) return
    const isGone = owners.every((owner) => {
      const kind = stored.find((one) => one.kind === owner.kind && groupVersionOf(one) === owner.apiVersion)
      if (!kind) return false
      const namespace = kind.namespaced ? metadata.namespace : undefined
      return store.get(kind, namespace, owner.name ?? '')?.metadata.uid !== owner.uid
    })
    if (isGone && !object.metadata.deletionTimestamp)
      registry.delete(type, metadata.namespace, metadata.name, { propagationPolicy: 'Background' })
  }

  /** Does what the finalizers of a deleted owner ask for, and takes them off. */
  #finish(type: ResourceType, { metadata }: StoredObject): void {
    const owner = this.#context.store.collection(type).get(keyOf(metadata.namespace, metadata.name))
    if (owner?.metadata.uid !== metadata.uid) return
    const finalizers = owner.metadata.finalizers ?? []
    if (finalizers.includes(orphanFinalizer)) {
      for (const dependent of this.#dependentsOf(metadata.uid))
        this.#release(dependent.type, dependent.object, metadata.uid)
      this.#takeOff(type, metadata, orphanFinalizer)
    } else if (finalizers.includes(foregroundFinalizer)) {
      const dependents = this.#dependentsOf(metadata.uid)
      const blocking = dependents.filter(({ object }) =>
        object.metadata.ownerReferences?.some((one) => one.uid === metadata.uid && one.blockOwnerDeletion),
      )
      for (const { type: kind, object } of dependents) this.#deleteDependent(kind, object)
      if (blocking.length === 0) this.#takeOff(type, metadata, foregroundFinalizer)
    }
  }

  #deleteDependent(type: ResourceType, { metadata }: StoredObject): void {
    if (metadata.deletionTimestamp) return
    try {
      this.#context.registry.delete(type, metadata.namespace, metadata.name, {
        propagationPolicy: 'Background',
      })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
  }

  #release(type: ResourceType, object: StoredObject, uid: string): void {
    const { ownerReferences, ...metadata } = asJson(object).metadata as Record<string, never> & {
      ownerReferences?: readonly { readonly uid?: string }[]
    }
    const others = (ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    const next = { ...metadata, ...(others.length > 0 ? { ownerReferences: others } : {}) }
    this.#context.registry.write(type, asStored({ ...asJson(object), metadata: next as never }), by)
  }

  #takeOff(type: ResourceType, { namespace, name }: StoredObject['metadata'], finalizer: string): void {
    const object = this.#context.store.collection(type).get(keyOf(namespace, name))
    if (!object) return
    const { finalizers = [], ...metadata } = object.metadata
    const left = finalizers.filter((one) => one !== finalizer)
    const next = { ...metadata, ...(left.length > 0 ? { finalizers: left } : {}) }
    this.#context.registry.write(type, { ...object, metadata: next }, by)
  }

  /** A dependent is gone: an owner that waited for it may be, too. */
  #retryOwnersOf({ metadata }: StoredObject): void {
    for (const { kind, name, uid } of metadata.ownerReferences ?? []) {
      const type = stored.find((one) => one.kind === kind)
      const owner =
        type && this.#context.store.get(type, type.namespaced ? metadata.namespace : undefined, name ?? '')
      if (type && owner && owner.metadata.uid === uid && owner.metadata.deletionTimestamp)
        this.#soon(() => this.#finish(type, owner))
    }
  }
}
