/** A simulated cluster without its HTTP side, on a clock that is moved by hand: `begin` makes a new one. */

import { randomFrom } from '#controller/simulate/shuffle.ts'
import type { JsonObject, Pod } from '#kube/types.ts'
import type { ResourceType } from '#sandbox/api/resource-type.ts'
import { types } from '#sandbox/api/resources.ts'
import { type Cluster, type ClusterOptions, startCluster } from '#sandbox/cluster.ts'
import { nodesOf, podsOf } from '#sandbox/loops/context.ts'
import { randomNames } from '#sandbox/names.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import type { StoredPod } from '#sandbox/store/store.ts'
import { podSummary } from '#sandbox/tables/pod-columns.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'

export const start = Date.parse('2026-11-20T20:00:00Z')
export const manager = 'test'

export let clock: ManualClock
export let cluster: Cluster

export function begin(options: Partial<ClusterOptions> = {}): void {
  clock = manualClock(start)
  let uid = 0
  const names = randomNames(randomFrom(1), () => `uid-${++uid}`)
  cluster = startCluster({
    clock,
    names,
    objects: simulatedNodes(3),
    behaviour: {},
    logCapacity: 1000,
    eventCapacity: 1000,
    ...options,
  })
  clock.advance(100)
}

interface Wanted {
  readonly image?: string
  readonly spec?: JsonObject
  readonly annotations?: JsonObject
  readonly strategy?: JsonObject
}

export const daemonSet = (
  name: string,
  { image = 'nginx:1', spec = {}, annotations = {}, strategy = {} }: Wanted = {},
): JsonObject => ({
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    updateStrategy: strategy,
    template: {
      metadata: { labels: { app: name }, annotations },
      spec: { containers: [{ name: 'c', image }], ...spec },
    },
  },
})

export const create = (type: ResourceType, namespace: string | undefined, body: JsonObject) =>
  cluster.registry.create(type, namespace, body, { manager }).object
export const change = (
  type: ResourceType,
  namespace: string | undefined,
  name: string,
  how: (object: JsonObject) => JsonObject,
) => cluster.registry.update(type, namespace, name, how, { manager }).object
export const annotateNode = (name: string, annotations: JsonObject) =>
  change(types.nodes, undefined, name, (node) => ({
    ...node,
    metadata: { ...(node.metadata as JsonObject), annotations },
  }))
export const taintNode = (name: string, taints: JsonObject[]) =>
  change(types.nodes, undefined, name, (node) => ({
    ...node,
    spec: { ...(node.spec as JsonObject), taints },
  }))

export const taintsOf = (name: string) => nodesOf(cluster.store).get(name)?.spec?.taints

export const pods = (): StoredPod[] => [...podsOf(cluster.store).values()]
export const podOn = (node: string) =>
  pods().find((pod) => pod.spec?.nodeName === node && !pod.metadata.deletionTimestamp)
export const status = (pod: StoredPod | undefined) => pod && podSummary(pod, clock.now()).status
export const statuses = () =>
  pods()
    .map((pod) => status(pod))
    .sort()
export const events = (reason: string) =>
  [...cluster.store.collection(types.events).values()]
    .filter((event) => event.reason === reason)
    .map((event) => String(event.message))
export const counters = (name: string) =>
  (cluster.store.get(types.daemonSets, 'default', name) as { status?: Record<string, number> } | undefined)
    ?.status
export const conditionOf = (pod: Pod | undefined, type: string) =>
  pod?.status?.conditions?.find((one) => one.type === type)
