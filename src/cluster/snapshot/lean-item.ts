import { isObject, type Json, type JsonObject, setKey } from '#base/json.ts'
import { sharing } from '#base/sharing.ts'

/** Names of fields that are left out, or what is left out within them; within each item of a list. */
interface LeftOut {
  readonly [field: string]: true | LeftOut
}

const all = (...names: readonly string[]): Record<string, true> =>
  Object.fromEntries(names.map((name) => [name, true]))

const metadata = all('managedFields')

/** What a kubelet runs, and nothing here looks at. */
const container = all(
  'args',
  'command',
  'env',
  'envFrom',
  'lifecycle',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'volumeDevices',
  'volumeMounts',
)
const containerStatus = all('allocatedResourcesStatus', 'containerID', 'imageID', 'user', 'volumeMounts')

/** What kubelets tell that no model looks at, and what they are told: most of a dump of nodes and pods. */
const leftOut: Readonly<Record<string, LeftOut>> = {
  Node: {
    metadata,
    status: all(
      'addresses',
      'config',
      'daemonEndpoints',
      'images',
      'nodeInfo',
      'runtimeHandlers',
      'volumesAttached',
      'volumesInUse',
    ),
  },
  Pod: {
    metadata,
    spec: { containers: container, initContainers: container },
    status: {
      ...all('hostIP', 'hostIPs', 'podIP', 'podIPs'),
      containerStatuses: containerStatus,
      initContainerStatuses: containerStatus,
    },
  },
}

/** Pods of one template share most of what they say, nodes of one pool their room; other kinds are few. */
const share = {
  Node: sharing(['spec.taints', 'status.allocatable', 'status.capacity', 'status.conditions']),
  Pod: sharing([
    ...['labels', 'ownerReferences'].map((field) => `metadata.${field}`),
    ...['containers', 'initContainers', 'securityContext', 'tolerations', 'volumes'].map(
      (field) => `spec.${field}`,
    ),
    ...['conditions', 'containerStatuses'].map((field) => `status.${field}`),
  ]),
}

/**
 * An object of a dump without what nobody looks at: who manages its fields, and what a kubelet is told and tells besides. What is no object
 * of the expected form stays as it is, to be told about.
 */
export function leanItem(item: Json, own: (kept: Json) => Json): Json {
  if (!isObject(item) || !isObject(item.metadata)) return own(item)
  const { kind } = item
  const lean = own(without(item, ownOf(leftOut, String(kind)) ?? { metadata })) as JsonObject
  return kind === 'Node' || kind === 'Pod' ? share[kind](lean) : lean
}

function without(value: Json, left: LeftOut): Json {
  if (Array.isArray(value)) return value.map((item) => without(item, left))
  if (!isObject(value)) return value
  const kept: JsonObject = {}
  for (const name in value) {
    const part = value[name] ?? null
    const below = ownOf(left, name)
    if (below !== true) setKey(kept, name, below ? without(part, below) : part)
  }
  return kept
}

const ownOf = <T>(of: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined
