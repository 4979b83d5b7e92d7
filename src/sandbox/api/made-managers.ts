import { writeManagers } from '#apiserver/managed-fields/managers.ts'
import { isObject } from '#base/json.ts'
import { getOrMake } from '#base/once.ts'
import { controllerOf } from '#kube/owners.ts'
import { objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import { asJson, asStored, metadataOf, withMetadata } from './json.ts'
import { managersOfChange } from './managed-fields.ts'
import type { ResourceType } from './resource-type.ts'

/** What the controller's manager is said to have written into pods that share their containers, by their owner. */
const known = new WeakMap<object, { readonly owner: string; readonly entry: JsonObject }>()

const isDefaultAccount = (name: unknown) => name === 'default'

/** The pod as its controller has sent it: without what admission, scheduler and kubelet add. */
function asSent(pod: JsonObject): JsonObject {
  const { nodeName: _node, priority: _priority, preemptionPolicy: _policy, ...spec } = objectIn(pod, 'spec')
  const { serviceAccountName, serviceAccount, ...rest } = spec
  const account = isDefaultAccount(serviceAccountName) ? {} : { serviceAccountName, serviceAccount }
  return { metadata: metadataOf(pod), spec: { ...rest, ...account } as JsonObject }
}

function entryOfController(type: ResourceType, pod: JsonObject, owner: string, time: string): JsonObject {
  const { containers } = objectIn(pod, 'spec')
  const shared = Array.isArray(containers) ? known.get(containers) : undefined
  if (shared?.owner === owner) return { ...shared.entry, time }
  const by = { manager: 'kube-controller-manager' }
  const [entry = {}] = writeManagers(managersOfChange(type, {}, asSent(pod), by, time))
  if (Array.isArray(containers)) known.set(containers, { owner, entry })
  return entry
}

/** What a kubelet is said to have written into statuses of one shape: they differ in their values and addresses. */
const shapes = new Map<string, JsonObject>()

const shapeOf = (status: JsonObject): string =>
  Object.entries(status)
    .map(
      ([name, value]) => `${name}:${Array.isArray(value) && name === 'conditions' ? value.map(keysOf) : ''}`,
    )
    .join()
const keysOf = (part: Json) => (isObject(part) ? `${part.type} ${Object.keys(part)}` : '')

function fieldsOfKubelet(type: ResourceType, status: JsonObject): JsonObject {
  const shape = `${status.phase === 'Pending'}${shapeOf(status)}`
  return getOrMake(shapes, shape, () => {
    const scheduled = objectsIn(status, 'conditions').filter((one) => one.type === 'PodScheduled')
    const before = { phase: 'Pending', qosClass: status.qosClass ?? null, conditions: scheduled }
    const managers = managersOfChange(type, { status: before }, { status }, ofKubelet, '')
    const [entry] = writeManagers(managers)
    return objectIn(objectIn(entry, 'fieldsV1'), 'f:status')
  })
}

const ofKubelet = { manager: 'kubelet', status: true }

/** The pod's addresses as fields. */
const addresses = (status: JsonObject): JsonObject => ({
  '.': {},
  ...Object.fromEntries(
    objectsIn(status, 'podIPs').map(({ ip }) => [`k:${JSON.stringify({ ip })}`, { '.': {}, 'f:ip': {} }]),
  ),
})

function entriesOfKubelet(type: ResourceType, pod: JsonObject, created: string): JsonObject[] {
  const status = objectIn(pod, 'status')
  const fields = { ...fieldsOfKubelet(type, status) }
  if (Object.keys(fields).length === 0) return []
  if (fields['f:podIPs']) fields['f:podIPs'] = addresses(status)
  const times = objectsIn(status, 'conditions').map((one) => stringIn(one, 'lastTransitionTime'))
  const time = [created, ...times].sort().at(-1) ?? created
  return [
    {
      manager: ofKubelet.manager,
      operation: 'Update',
      apiVersion: 'v1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:status': fields },
      subresource: 'status',
    },
  ]
}

/**
 * A pod that a controller of the sandbox has made, with its managers as a real one has them. There may be thousands of such
 * pods, so the list is made when somebody looks, and kept only when a client has written to the pod.
 */
export function withMadeManagers(type: ResourceType, stored: StoredObject): StoredObject {
  const owner = type.kind === 'Pod' && !stored.metadata.managedFields && controllerOf(stored)
  if (!owner) return stored
  const pod = asJson(stored)
  const { creationTimestamp } = stored.metadata
  const managedFields = [
    entryOfController(type, pod, owner.uid ?? '', creationTimestamp),
    ...entriesOfKubelet(type, pod, creationTimestamp),
  ]
  return asStored(withMetadata(pod, { ...metadataOf(pod), managedFields }))
}
