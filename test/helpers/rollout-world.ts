import { controllerRevisions, daemonSets, nodes, pods } from '#cluster/resources.ts'
import type { JsonObject } from '#kube/types.ts'
import { MemoryCluster } from './memory-cluster.ts'

export const template = (image: string): JsonObject => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image }], restartPolicy: 'Always' },
})

export interface Counters {
  readonly desired?: number
  readonly updated?: number
  readonly available?: number
  readonly observed?: number
}

export const daemonSet = (image: string, counters: Counters = {}, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name: 'a',
    namespace: 'default',
    uid: 'uid-a',
    generation: 2,
    ...(more.metadata as JsonObject),
  },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: template(image),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    ...(more.spec as JsonObject),
  },
  status: {
    observedGeneration: counters.observed ?? 2,
    desiredNumberScheduled: counters.desired ?? 3,
    updatedNumberScheduled: counters.updated ?? 3,
    numberAvailable: counters.available ?? 3,
  },
})

const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'a', uid: 'uid-a', controller: true }

export const revision = (number: number, image: string, cause?: string): JsonObject => ({
  metadata: {
    name: `a-${image}`,
    namespace: 'default',
    uid: `uid-${image}`,
    labels: { app: 'a', 'controller-revision-hash': `hash-${image}` },
    creationTimestamp: `2026-11-20T20:0${number}:00Z`,
    ownerReferences: [owner],
    ...(cause === undefined ? {} : { annotations: { 'kubernetes.io/change-cause': cause } }),
  },
  data: { spec: { template: { ...template(image), $patch: 'replace' } } },
  revision: number,
})

export const pod = (
  name: string,
  node: string,
  image: string,
  status: JsonObject,
  more: JsonObject = {},
): JsonObject => ({
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    labels: { app: 'a', 'controller-revision-hash': `hash-${image}` },
    ownerReferences: [owner],
    creationTimestamp: '2026-11-20T20:00:00Z',
    ...(more.metadata as JsonObject),
  },
  spec: { nodeName: node, ...(more.spec as JsonObject) },
  status,
})

export const ready = (since = '2026-11-20T20:00:00Z'): JsonObject => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
  containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: {} } }],
})

export const waiting = (reason: string, message = ''): JsonObject => ({
  phase: 'Pending',
  conditions: [{ type: 'Ready', status: 'False' }],
  containerStatuses: [{ name: 'c', ready: false, restartCount: 2, state: { waiting: { reason, message } } }],
})

export const node = (name: string, status = 'True', message = ''): JsonObject => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status, message, lastTransitionTime: '2026-11-20T19:00:00Z' }] },
})

/** A cluster with the DaemonSet `a` at `image`, its revisions, pods and nodes. */
export function world(given: {
  daemonSet?: JsonObject
  revisions?: readonly JsonObject[]
  pods?: readonly JsonObject[]
  nodes?: readonly JsonObject[]
}): MemoryCluster {
  const cluster = new MemoryCluster()
  if (given.daemonSet) cluster.put(daemonSets, given.daemonSet)
  for (const one of given.revisions ?? []) cluster.put(controllerRevisions, one)
  for (const one of given.pods ?? []) cluster.put(pods, one)
  for (const one of given.nodes ?? []) cluster.put(nodes, one)
  return cluster
}
