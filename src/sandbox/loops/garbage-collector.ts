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
export function collectGarbage({ clock, registry, store }: LoopContext): void {
  const dependents = new Map<string, Map<string, Dependent>>()
  for (const type of stored) {
    const collection = store.collection(type)
    for (const object of collection.values()) note(type, undefined, object)
    collection.subscribe(({ type: change, object, previous }) => {
      note(type, previous, change === 'DELETED' ? undefined : object)
      if (change === 'DELETED') soon(() => ownerGone(object))
      else if (object.metadata.deletionTimestamp && object.metadata.finalizers?.length)
        soon(() => finish(type, object))
      if (change === 'ADDED' && object.metadata.ownerReferences) soon(() => checkOwners(type, object))
      if (change === 'DELETED') retryOwnersOf(object)
    })
  }

  function soon(task: () => void): void {
    clock.schedule(1, task)
  }

  function note(
    type: ResourceType,
    previous: StoredObject | undefined,
    next: StoredObject | undefined,
  ): void {
    if (previous?.metadata.ownerReferences === next?.metadata.ownerReferences && previous && next) return
    const { metadata } = (next ?? previous) as StoredObject
    const name = `${type.plural}.${type.group}/${keyOf(metadata.namespace, metadata.name)}`
    for (const { uid } of previous?.metadata.ownerReferences ?? []) {
      const known = dependents.get(uid ?? '')
      known?.delete(name)
      if (known?.size === 0) dependents.delete(uid ?? '')
    }
    for (const { uid } of next?.metadata.ownerReferences ?? []) {
      const known = getOrMake(dependents, uid ?? '', () => new Map())
      known.set(name, { type, key: keyOf(metadata.namespace, metadata.name) })
    }
  }

  function dependentsOf(uid: string): { readonly type: ResourceType; readonly object: StoredObject }[] {
    return [...(dependents.get(uid)?.values() ?? [])].flatMap(({ type, key }) => {
      const object = store.collection(type).get(key)
      return object ? [{ type, object }] : []
    })
  }

  function ownerGone({ metadata }: StoredObject): void {
    for (const { type, object } of dependentsOf(metadata.uid)) checkOwners(type, object)
  }

  /** Deletes an object all of whose owners are known to be gone. */
  function checkOwners(type: ResourceType, { metadata }: StoredObject): void {
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
  function finish(type: ResourceType, { metadata }: StoredObject): void {
    const owner = store.collection(type).get(keyOf(metadata.namespace, metadata.name))
    if (owner?.metadata.uid !== metadata.uid) return
    const finalizers = owner.metadata.finalizers ?? []
    if (finalizers.includes(orphanFinalizer)) {
      for (const dependent of dependentsOf(metadata.uid))
        release(dependent.type, dependent.object, metadata.uid)
      takeOff(type, metadata, orphanFinalizer)
    } else if (finalizers.includes(foregroundFinalizer)) {
      const dependents = dependentsOf(metadata.uid)
      const blocking = dependents.filter(({ object }) =>
        object.metadata.ownerReferences?.some((one) => one.uid === metadata.uid && one.blockOwnerDeletion),
      )
      for (const { type: kind, object } of dependents) deleteDependent(kind, object)
      if (blocking.length === 0) takeOff(type, metadata, foregroundFinalizer)
    }
  }

  function deleteDependent(type: ResourceType, { metadata }: StoredObject): void {
    if (metadata.deletionTimestamp) return
    try {
      registry.delete(type, metadata.namespace, metadata.name, {
        propagationPolicy: 'Background',
      })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
  }

  function release(type: ResourceType, object: StoredObject, uid: string): void {
    const { ownerReferences, ...metadata } = asJson(object).metadata as Record<string, never> & {
      ownerReferences?: readonly { readonly uid?: string }[]
    }
    const others = (ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    const next = { ...metadata, ...(others.length > 0 ? { ownerReferences: others } : {}) }
    registry.write(type, asStored({ ...asJson(object), metadata: next as never }), by)
  }

  function takeOff(
    type: ResourceType,
    { namespace, name }: StoredObject['metadata'],
    finalizer: string,
  ): void {
    const object = store.collection(type).get(keyOf(namespace, name))
    if (!object) return
    const { finalizers = [], ...metadata } = object.metadata
    const left = finalizers.filter((one) => one !== finalizer)
    const next = { ...metadata, ...(left.length > 0 ? { finalizers: left } : {}) }
    registry.write(type, { ...object, metadata: next }, by)
  }

  /** A dependent is gone: an owner that waited for it may be, too. */
  function retryOwnersOf({ metadata }: StoredObject): void {
    for (const { kind, name, uid } of metadata.ownerReferences ?? []) {
      const type = stored.find((one) => one.kind === kind)
      const owner = type && store.get(type, type.namespaced ? metadata.namespace : undefined, name ?? '')
      if (type && owner && owner.metadata.uid === uid && owner.metadata.deletionTimestamp)
        soon(() => finish(type, owner))
    }
  }
}
