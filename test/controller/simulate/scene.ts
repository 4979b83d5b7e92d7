import { simulate } from '#controller/simulate/simulate.ts'
import type { Condition, ContainerStatus, DaemonSet, IntOrString, Node, Pod, PodSpec } from '#kube/types.ts'

export const now = Date.parse('2026-01-01T12:00:00Z')
export const secondsAgo = (seconds: number) => new Date(now - seconds * 1000).toISOString()
const hour = 3600

/** The DaemonSet `fluentd` with the image i:2. */
export const daemonSet = (
  maxUnavailable: IntOrString,
  maxSurge: IntOrString = 0,
  more: object = {},
  spec: PodSpec = {},
): DaemonSet => ({
  metadata: { name: 'fluentd', namespace: 'n' },
  spec: {
    selector: { matchLabels: { app: 'f' } },
    template: {
      metadata: { labels: { app: 'f' } },
      spec: { containers: [{ name: 'c', image: 'i:2' }], ...spec },
    },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } },
    ...more,
  },
})

export const node = (name: string, status = 'True', since: string | null = secondsAgo(3 * hour)): Node => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status, lastTransitionTime: since }] },
})

/** It as it stands in the cluster, with the image i:1. */
export const current: DaemonSet = {
  ...daemonSet(1, 0, {}, { containers: [{ name: 'c', image: 'i:1' }] }),
  metadata: {
    name: 'fluentd',
    namespace: 'n',
    uid: 'ds',
    generation: 1,
    annotations: { 'deprecated.daemonset.template.generation': '1' },
  },
}

/** Its old pod on a node, ready for hours. */
export function podOn(on: string, status: Pod['status'] = ready(), metadata: Pod['metadata'] = {}): Pod {
  return {
    metadata: {
      name: `fluentd-${on}`,
      namespace: 'n',
      labels: { app: 'f', 'controller-revision-hash': 'old', 'pod-template-generation': '1' },
      ownerReferences: [{ kind: 'DaemonSet', name: 'fluentd', uid: 'ds', controller: true }],
      creationTimestamp: secondsAgo(9 * hour),
      ...metadata,
    },
    spec: { ...current.spec?.template?.spec, nodeName: on },
    status,
  }
}

/** Its old pod that waits to be bound to a node. */
export function podFor(on: string, status: Pod['status']): Pod {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [on] }] }
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } }
  return { ...podOn(on, status), spec: { affinity: { nodeAffinity: required } } }
}

export const ready = (seconds = 9 * hour): Pod['status'] => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: secondsAgo(seconds) }],
})

/** Not ready, with what its containers and conditions say. */
export const unready = (
  containerStatuses: ContainerStatus[] = [],
  ...conditions: Condition[]
): Pod['status'] => ({
  phase: 'Pending',
  conditions: [...conditions, { type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(hour) }],
  containerStatuses,
})

type Input = Parameters<typeof simulate>[0]

/** The roll-out of i:2, by default over three nodes n1 … with an old pod each. */
export function play(input: Partial<Input> = {}) {
  const nodes = input.nodes ?? ['n1', 'n2', 'n3'].map((name) => node(name))
  return simulate({
    daemonSet: daemonSet(1),
    nodes,
    pods: nodes.map((one) => podOn(one.metadata?.name ?? '')),
    current,
    now,
    readyAfterSeconds: 20,
    terminateAfterSeconds: 10,
    ...input,
  })
}
