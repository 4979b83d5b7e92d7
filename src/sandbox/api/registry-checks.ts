import type { FieldError } from '#apiserver/validation/types.ts'
import { listIn, numberOrNone, objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import type { DeleteOptions } from './deletion.ts'
import { asJson, metadataOf } from './json.ts'
import { afterUpdate, allFields, entryOf, type ManagedFieldsEntry } from './managed-fields.ts'
import { groupVersionOf, type ResourceType, type WriteOptions } from './resource-type.ts'
import { badRequest, conflict, invalid, modified, type StatusError } from './status-errors.ts'

export function wrongKind(type: ResourceType, apiVersion: string, kind: string): StatusError {
  const version = apiVersion.split('/').at(-1) ?? ''
  if (!/^[A-Z]/.test(kind))
    return badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    )
  if (kind === type.kind)
    return badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${groupVersionOf(type)})`,
    )
  const internal = type.group === '' ? 'core' : type.group.split('.')[0]
  return badRequest(
    `${kind} in version "${version}" cannot be handled as a ${type.kind}: converting (${version}.${kind}) to (${internal}.${type.kind}): unknown conversion`,
  )
}

/** The body with the namespace of its path. */
export function withPlace(type: ResourceType, namespace: string | undefined, body: JsonObject): JsonObject {
  const metadata = metadataOf(body)
  const given = stringIn(metadata, 'namespace')
  if (type.namespaced && given && given !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  return { ...body, metadata: { ...metadata, namespace: type.namespaced ? (namespace ?? null) : null } }
}

export function requireSameObject(type: ResourceType, raw: JsonObject, current: StoredObject): void {
  const metadata = metadataOf(raw)
  const name = stringIn(metadata, 'name')
  const version = stringIn(metadata, 'resourceVersion')
  const uid = stringIn(metadata, 'uid')
  const { metadata: stored } = current
  if (name !== stored.name)
    throw badRequest(
      name
        ? `the name of the object (${name}) does not match the name on the URL (${stored.name})`
        : 'name must be provided',
    )
  if (version && version !== stored.resourceVersion) throw modified(type, stored.name)
  if (uid && uid !== stored.uid)
    throw conflict(
      type,
      stored.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.uid}`,
    )
}

export function refuse(type: ResourceType, object: JsonObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(type, stringIn(metadataOf(object), 'name'), errors)
}

export function withManager(
  type: ResourceType,
  object: JsonObject,
  { manager }: WriteOptions,
  time: string,
): JsonObject {
  const { managedFields: _sent, ...metadata } = metadataOf(object)
  const owned: JsonObject = { ...object, metadata, status: null }
  const entry = entryOf({ manager, apiVersion: groupVersionOf(type), time }, allFields(owned))
  return { ...object, metadata: { ...metadata, managedFields: [entry] as never } }
}

export function managedFieldsAfter(
  type: ResourceType,
  old: JsonObject,
  next: JsonObject,
  { manager, status }: WriteOptions,
  time: string,
): readonly ManagedFieldsEntry[] {
  const entries = metadataOf(old).managedFields
  return afterUpdate(Array.isArray(entries) ? (entries as never) : [], old, next, {
    manager,
    apiVersion: groupVersionOf(type),
    time,
    subresource: status ? 'status' : undefined,
  })
}

export function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields: _books, ...metadata } = metadataOf(object)
  return { ...object, metadata }
}

export function pendingNamespace(type: ResourceType, object: StoredObject): boolean {
  if (type.kind !== 'Namespace') return false
  return listIn(objectIn(asJson(object), 'spec'), 'finalizers').length > 0
}

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

/** Seconds that a pod is given to end; other kinds go at once. */
export function graceOf(type: ResourceType, object: StoredObject, options: DeleteOptions): number {
  if (type.kind !== 'Pod') return 0
  const pod = asJson(object)
  const spec = objectIn(pod, 'spec')
  const phase = stringIn(objectIn(pod, 'status'), 'phase')
  if (!stringIn(spec, 'nodeName') || phase === 'Failed' || phase === 'Succeeded') return 0
  const grace = options.gracePeriodSeconds ?? numberOrNone(spec, 'terminationGracePeriodSeconds') ?? 30
  return Math.max(0, grace)
}
