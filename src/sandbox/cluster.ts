import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import type { JsonObject, KubeObject, Node } from '#kube/types.ts'
import { asStored, metadataOf, tidyMetadata } from './api/json.ts'
import { Registry } from './api/registry.ts'
import { groupVersionOf, type ResourceType } from './api/resource-type.ts'
import { resourceTypes, types } from './api/resources.ts'
import { microTimestamp, type SandboxClock, timestamp } from './clock.ts'
import type { BehaviourOptions } from './loops/behaviour.ts'
import { NamespaceController, PodCollector } from './loops/clean-up.ts'
import { type LoopContext, podsOf } from './loops/context.ts'
import { DaemonSetController } from './loops/daemon-set-controller.ts'
import { GarbageCollector } from './loops/garbage-collector.ts'
import { Kubelets } from './loops/kubelet.ts'
import { NodeLifecycle } from './loops/node-lifecycle.ts'
import { NodeRoom } from './loops/node-room.ts'
import { Recorder } from './loops/recorder.ts'
import { Scheduler } from './loops/scheduler.ts'
import type { Names } from './names.ts'
import { keyOf } from './store/objects.ts'
import { Store } from './store/store.ts'

export interface ClusterOptions {
  readonly clock: SandboxClock
  readonly names: Names
  /** What there is at the start, in addition to what every cluster has. */
  readonly objects: readonly KubeObject[]
  readonly behaviour: BehaviourOptions
  /** How many changes of each resource can be watched from behind. */
  readonly logCapacity: number
  /** How many Events are kept. */
  readonly eventCapacity: number
}

/** The simulated cluster behind the API: its objects, and the loops that move them. */
export interface Cluster {
  readonly store: Store
  readonly registry: Registry
}

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

/** Makes a cluster and sets its loops going. Objects of kinds that are not served are passed over. */
export function startCluster(options: ClusterOptions): Cluster {
  const { clock, names, behaviour } = options
  const store = new Store(options.logCapacity)
  const registry = new Registry(store, clock, names)
  const loader = new Loader(registry, clock, names)
  for (const object of options.objects) loader.load(object as unknown as JsonObject)
  loader.complete()
  store.compact()
  const recorder = new Recorder(store, names, clock, options.eventCapacity)
  const context: LoopContext = { registry, store, clock, names, recorder }
  const room = new NodeRoom()
  for (const pod of podsOf(store).values()) room.note(undefined, pod)
  podsOf(store).subscribe(({ type, object, previous }) =>
    room.note(previous, type === 'DELETED' ? undefined : object),
  )
  new NamespaceController(context).start()
  new NodeLifecycle(context, room).start()
  new Scheduler(context, room).start()
  new Kubelets(context, behaviour).start()
  new GarbageCollector(context).start()
  new PodCollector(context).start()
  new DaemonSetController(context).start()
  return { store, registry }
}

/** Puts the first objects into the store as they are: no admission, for they have been through one already. */
class Loader {
  readonly #registry: Registry
  readonly #clock: SandboxClock
  readonly #names: Names

  constructor(registry: Registry, clock: SandboxClock, names: Names) {
    this.#registry = registry
    this.#clock = clock
    this.#names = names
  }

  load(object: JsonObject): void {
    const version = stringIn(object, 'apiVersion')
    const kind = stringIn(object, 'kind')
    if (kind.endsWith('List') && Array.isArray(object.items)) {
      const itemKind = kind.slice(0, -'List'.length)
      for (const item of object.items)
        this.load({ apiVersion: version, ...(itemKind ? { kind: itemKind } : {}), ...(item as JsonObject) })
      return
    }
    const type = resourceTypes.find((one) => one.kind === kind && groupVersionOf(one) === version)
    if (!type) return
    const metadata = metadataOf(object)
    if (!stringIn(metadata, 'name')) return
    const namespace = type.namespaced ? stringIn(metadata, 'namespace') || 'default' : null
    const complete = type === types.daemonSets ? withDefaults(object) : object
    this.#registry.put(
      type,
      asStored({
        ...complete,
        ...this.#parts(type, complete),
        metadata: tidyMetadata({
          uid: this.#names.uid(),
          creationTimestamp: timestamp(this.#clock.now()),
          ...(type === types.daemonSets ? { generation: 1 } : {}),
          ...metadata,
          ...(type === types.daemonSets ? { annotations: generationNoted(metadata) } : {}),
          namespace,
        }),
      }),
    )
  }

  #parts(type: ResourceType, object: JsonObject): JsonObject {
    if (type === types.nodes) return { spec: objectIn(object, 'spec'), status: objectIn(object, 'status') }
    if (type === types.namespaces)
      return {
        spec: { finalizers: ['kubernetes'] },
        status: { phase: stringIn(objectIn(object, 'status'), 'phase') || 'Active' },
      }
    return {}
  }

  /** What every cluster has, and what the loaded objects presuppose. */
  complete(): void {
    const { store } = this.#registry
    const needed = new Set<string>(systemNamespaces)
    for (const collection of [...store.collections()])
      for (const { metadata } of collection.values()) if (metadata.namespace) needed.add(metadata.namespace)
    const namespaces = store.collection(types.namespaces)
    for (const name of needed)
      if (!namespaces.get(name))
        this.load({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
        })
    const classes = store.collection(types.priorityClasses)
    for (const [name, value, description] of systemClasses)
      if (!classes.get(name))
        this.load({
          apiVersion: 'scheduling.k8s.io/v1',
          kind: 'PriorityClass',
          metadata: { name, generation: 1 },
          value,
          description,
          preemptionPolicy: 'PreemptLowerPriority',
        })
    this.#lease()
  }

  /** The lease by which each node says that it is there; `kubectl describe node` shows it. */
  #lease(): void {
    const { store } = this.#registry
    const renewTime = microTimestamp(this.#clock.now())
    const type = resourceTypes.find((one) => one.plural === 'leases')
    if (!type) return
    for (const { metadata } of store.collection(types.nodes).values())
      if (!store.collection(type).get(keyOf('kube-node-lease', metadata.name)))
        this.load({
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: metadata.name, namespace: 'kube-node-lease' },
          spec: { holderIdentity: metadata.name, leaseDurationSeconds: 40, renewTime },
        })
  }
}

/** A DaemonSet as stored, and with the status that it came with. */
const withDefaults = (daemonSet: JsonObject): JsonObject => {
  const complete = defaultDaemonSet(daemonSet)
  const status = { ...objectIn(complete, 'status'), ...objectIn(daemonSet, 'status') }
  return { ...complete, status }
}

const generationNoted = (metadata: JsonObject): JsonObject => ({
  [templateGenerationAnnotation]: '1',
  ...objectIn(metadata, 'annotations'),
})

/** `count` plain nodes: `node-1` (or `node-01` …), on three zones. */
export function simulatedNodes(count: number): Node[] {
  const width = String(count).length
  return Array.from({ length: count }, (_, at): Node => {
    const name = `node-${String(at + 1).padStart(width, '0')}`
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'node-role.kubernetes.io/worker': '',
          'topology.kubernetes.io/zone': `zone-${'abc'[at % 3]}`,
        },
      },
    }
  })
}
