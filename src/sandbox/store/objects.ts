import type { ObjectMeta, OwnerReference } from '#kube/types.ts'

/** Metadata of a stored object: what the server fills in is there. */
interface StoredMeta extends ObjectMeta {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
  readonly namespace?: string
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly unknown[]
}

/**
 * An object as the store holds it. It is never changed: a write replaces it by another that shares what stayed the same,
 * so a reader may keep it, and the event log costs little.
 */
export interface StoredObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: StoredMeta
  readonly [field: string]: unknown
}

/** The key of an object within its resource, in the order in which lists are given. */
export const keyOf = (namespace: string | null | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name

/** Reads what stands at a path such as `spec.clusterIP`. */
export function valueAt<T = unknown>(path: string): (object: StoredObject) => T | null | undefined {
  const fields = path.split('.')
  return (object) => {
    let value: unknown = object
    for (const field of fields) value = (value as Record<string, unknown> | null | undefined)?.[field]
    return value as T | null | undefined
  }
}
