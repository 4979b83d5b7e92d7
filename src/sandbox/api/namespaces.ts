import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Store } from '../store/store.ts'
import { metadataOf } from './json.ts'
import type { ResourceType } from './resource-type.ts'
import { badRequest, forbidden, notFound, StatusError } from './status-errors.ts'

const namespaces = { group: '', plural: 'namespaces' }

/** The body with the namespace of its path. Throws 400 if it names another. */
export function inNamespace(type: ResourceType, namespace: string | undefined, body: JsonObject): JsonObject {
  const metadata = metadataOf(body)
  const given = stringIn(metadata, 'namespace')
  if (type.namespaced && given && given !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  return { ...body, metadata: { ...metadata, namespace: type.namespaced ? (namespace ?? null) : null } }
}

/** A namespaced object needs its namespace, and one that is not going away. */
export function requireNamespace(
  store: Store,
  type: ResourceType,
  namespace: string | undefined,
  name: string,
): void {
  if (!type.namespaced || namespace === undefined) return
  const found = store.collection(namespaces).get(namespace)
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
