import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { defaultCronJob, defaultJob } from '#apiserver/defaults/job.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject, KubeObject } from '#kube/types.ts'
import { asJson, asStored, metadataOf, tidyMetadata } from './api/json.ts'
import type { Registry } from './api/registry.ts'
import { groupVersionOf, type ResourceType } from './api/resource-type.ts'
import { resourceTypes, types } from './api/resources.ts'
import type { SandboxClock } from './clock.ts'
import { firstRoles } from './first-roles.ts'
import type { Names } from './names.ts'
import { keyOf } from './store/objects.ts'
import { microTimestamp, timestamp } from './timestamp.ts'

const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']
const systemClasses = [
  [
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
  [
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ],
] as const

/**
 * Puts what there is at the start into the store as it is, for it has been through an admission already, and what every cluster
 * has. No watch can reach back before it.
 */
export function loadFirstObjects(
  registry: Registry,
  objects: readonly KubeObject[],
  clock: SandboxClock,
  names: Names,
): void {
  const { store } = registry
  for (const object of objects) load(object as unknown as JsonObject)
  complete()
  store.compact()

  /** Kinds that are not served are passed over. */
  function load(object: JsonObject): void {
    const version = stringIn(object, 'apiVersion')
    const kind = stringIn(object, 'kind')
    if (kind.endsWith('List') && Array.isArray(object.items)) {
      const itemKind = kind.slice(0, -'List'.length)
      for (const item of object.items)
        load({ apiVersion: version, ...(itemKind ? { kind: itemKind } : {}), ...(item as JsonObject) })
      return
    }
    const type = resourceTypes.find((one) => one.kind === kind && groupVersionOf(one) === version)
    if (!type) return
    const metadata = metadataOf(object)
    if (!stringIn(metadata, 'name')) return
    const namespace = type.namespaced ? stringIn(metadata, 'namespace') || 'default' : null
    const uid = stringIn(metadata, 'uid') || names.uid()
    const complete = completed(type, object, uid)
    registry.put(
      type,
      asStored({
        ...complete,
        ...parts(type, complete),
        metadata: tidyMetadata({
          creationTimestamp: timestamp(clock.now()),
          ...(type === types.daemonSets ? { generation: 1 } : {}),
          ...metadata,
          uid,
          ...(type === types.daemonSets
            ? { annotations: objectIn(metadataOf(complete), 'annotations') }
            : {}),
          namespace,
        }),
      }),
    )
  }

  function parts(type: ResourceType, object: JsonObject): JsonObject {
    if (type === types.nodes) return { spec: objectIn(object, 'spec'), status: objectIn(object, 'status') }
    if (type === types.namespaces)
      return {
        spec: { finalizers: ['kubernetes'] },
        status: { phase: stringIn(objectIn(object, 'status'), 'phase') || 'Active' },
      }
    return {}
  }

  /** What every cluster has, and what the loaded objects presuppose. */
  function complete(): void {
    const needed = new Set<string>(systemNamespaces)
    for (const collection of [...store.collections()])
      for (const { metadata } of collection.values()) if (metadata.namespace) needed.add(metadata.namespace)
    const namespaces = store.collection(types.namespaces)
    for (const name of needed)
      if (!namespaces.get(name))
        load({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
        })
    for (const [namespace, name] of accounts())
      if (!store.collection(types.serviceAccounts).get(keyOf(namespace, name)))
        load({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })
    const classes = store.collection(types.priorityClasses)
    for (const [name, value, description] of systemClasses)
      if (!classes.get(name))
        load({
          apiVersion: 'scheduling.k8s.io/v1',
          kind: 'PriorityClass',
          metadata: { name, generation: 1 },
          value,
          description,
          preemptionPolicy: 'PreemptLowerPriority',
        })
    for (const role of firstRoles) {
      const type = role.kind === 'ClusterRole' ? types.clusterRoles : types.clusterRoleBindings
      if (!store.collection(type).get(stringIn(metadataOf(role), 'name'))) load(role)
    }
    lease()
  }

  /** The accounts of pods and templates: a dump that holds these and not those has lost them. */
  function accounts(): (readonly [namespace: string, name: string])[] {
    const specOf = (object: JsonObject) => objectIn(object, 'spec')
    const pods = [...store.collection(types.pods).values()].map(asJson)
    const daemonSets = [...store.collection(types.daemonSets).values()].map(asJson)
    const templates = daemonSets.map((one) => [one, specOf(objectIn(specOf(one), 'template'))] as const)
    return [...pods.map((one) => [one, specOf(one)] as const), ...templates]
      .map(
        ([one, spec]) =>
          [stringIn(metadataOf(one), 'namespace'), stringIn(spec, 'serviceAccountName')] as const,
      )
      .filter(([, name]) => name !== '')
  }

  /** The lease by which each node says that it is there; `kubectl describe node` shows it. */
  function lease(): void {
    const renewTime = microTimestamp(clock.now())
    for (const { metadata } of store.collection(types.nodes).values())
      if (!store.collection(types.leases).get(keyOf('kube-node-lease', metadata.name)))
        load({
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: metadata.name, namespace: 'kube-node-lease' },
          spec: { holderIdentity: metadata.name, leaseDurationSeconds: 40, renewTime },
        })
  }
}

/** The object as stored, and with the status that it came with: controllers rely on what the server fills in. */
function completed(type: ResourceType, object: JsonObject, uid: string): JsonObject {
  const complete =
    type === types.daemonSets
      ? defaultDaemonSet(object)
      : type === types.jobs
        ? defaultJob(object, uid)
        : type === types.cronJobs
          ? defaultCronJob(object)
          : undefined
  if (!complete) return object
  return { ...complete, status: { ...objectIn(complete, 'status'), ...objectIn(object, 'status') } }
}
