import { writeManagers } from '#apiserver/managed-fields/managers.ts'
import { controllerOf } from '#kube/owners.ts'
import { objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
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

function entriesOfKubelet(type: ResourceType, pod: JsonObject, created: string): JsonObject[] {
  const status = objectIn(pod, 'status')
  const conditions = objectsIn(status, 'conditions')
  const scheduled = conditions.filter(({ type: of }) => of === 'PodScheduled')
  const before = { phase: 'Pending', qosClass: status.qosClass ?? null, conditions: scheduled }
  const times = [created, ...conditions.map((one) => stringIn(one, 'lastTransitionTime'))]
  const time = times.reduce((latest, one) => (one > latest ? one : latest))
  const by = { manager: 'kubelet', status: true }
  return writeManagers(managersOfChange(type, { status: before }, { status }, by, time))
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
