import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import type { DeleteOptions } from './deletion.ts'
import { metadataOf } from './json.ts'
import type { ResourceType } from './resource-type.ts'
import { badRequest, conflict, modified } from './status-errors.ts'

/** Throws 400 if an object has another name than its path. */
export function requireSameName(wanted: string, object: JsonObject): void {
  const name = stringIn(metadataOf(object), 'name')
  if (name === wanted) return
  throw badRequest(
    name
      ? `the name of the object (${name}) does not match the name on the URL (${wanted})`
      : `the name of the object (${wanted} based on URL) was undeterminable: name must be provided`,
  )
}

/** Throws 409 if an object that is to be created by an apply was meant to be there. */
export function requireNoUid(type: ResourceType, name: string, object: JsonObject): void {
  const uid = stringIn(metadataOf(object), 'uid')
  if (!uid) return
  throw conflict(
    type,
    name,
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  )
}

/**
 * Throws 400 if a new state has another name than its path, 409 if it was made from another one.
 *
 * @param replaces it is a whole object, which must be the one that is there; of what a patch makes, the validation says so
 */
export function requireSameObject(
  type: ResourceType,
  raw: JsonObject,
  current: StoredObject,
  replaces: boolean,
): void {
  const metadata = metadataOf(raw)
  const version = stringIn(metadata, 'resourceVersion')
  const uid = stringIn(metadata, 'uid')
  const { metadata: stored } = current
  requireSameName(stored.name, raw)
  if (version && version !== '0' && version !== stored.resourceVersion) throw modified(type, stored.name)
  if (!replaces || !uid || uid === stored.uid) return
  const key = ['', type.plural, stored.namespace, stored.name].filter((part) => part !== undefined).join('/')
  const found = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.uid}`
  throw conflict(
    type,
    stored.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${found}`,
  )
}

/** Throws 409 if a deletion is meant for another object, or another state of it, than is there. */
export function checkPreconditions(
  type: ResourceType,
  { metadata }: StoredObject,
  { preconditions }: DeleteOptions,
): void {
  const about = { group: type.group, plural: type.kind }
  if (preconditions?.uid !== undefined && preconditions.uid !== metadata.uid)
    throw conflict(
      about,
      metadata.name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    )
  const version = preconditions?.resourceVersion
  if (version !== undefined && version !== metadata.resourceVersion)
    throw conflict(
      about,
      metadata.name,
      `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    )
}
