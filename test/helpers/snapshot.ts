import type { PlanChangesInput } from '#controller/changes/plan-changes.ts'
import { planChanges } from '#controller/changes/plan-changes.ts'
import type { ControllerRevision, DaemonSet, Node, Pod, PodSpec } from '#kube/types.ts'

export const now = Date.parse('2026-01-01T12:00:00Z')
const allocatable = { cpu: '4', memory: '8Gi', pods: '110' }

export const node = (name: string, more: Partial<Node> = {}, labels: Record<string, string> = {}): Node => ({
  metadata: { name, labels },
  status: { allocatable },
  ...more,
})

export const taint = (effect: string): Partial<Node> => ({ spec: { taints: [{ key: 'k', effect }] } })

export const manifest = (spec: PodSpec = {}, more: object = {}): DaemonSet => ({
  metadata: { name: 'agent', namespace: 'n' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'c', image: 'i:1', resources: { requests: { cpu: '1' } } }], ...spec },
    },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    ...more,
  },
})

export const image = (name: string): PodSpec => ({
  containers: [{ name: 'c', image: name, resources: { requests: { cpu: '1' } } }],
})

/** A new pod comes before the old one goes. */
export const surge = {
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
}

/** A pod of somebody else. */
export const foreign: Pod = {
  metadata: { name: 'x', namespace: 'o' },
  spec: { nodeName: 'n1', ...image('x') },
  status: { phase: 'Running' },
}

export const stored: DaemonSet = {
  ...manifest(),
  metadata: {
    ...manifest().metadata,
    uid: 'ds',
    generation: 1,
    annotations: { 'deprecated.daemonset.template.generation': '1' },
  },
}

export const ownerReferences = [{ kind: 'DaemonSet', name: 'agent', uid: 'ds', controller: true }]
export const labels = { app: 'agent', 'controller-revision-hash': 'h1' }
export const revisions: ControllerRevision[] = [
  {
    metadata: { name: 'agent-h1', namespace: 'n', labels, ownerReferences },
    data: {
      spec: { template: { ...manifest().spec?.template, $patch: 'replace' } },
    } as ControllerRevision['data'],
    revision: 1,
  },
]

export const pod = (on: string, more: Partial<Pod> = {}): Pod => ({
  metadata: {
    name: `agent-${on}`,
    namespace: 'n',
    labels: { ...labels, 'pod-template-generation': '1' },
    ownerReferences,
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...more.metadata,
  },
  spec: { ...manifest().spec?.template?.spec, nodeName: on },
  status: more.status ?? {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
})

/** A pod that is meant for a node and has not been given it. */
export function unbound(node: string, status: NonNullable<Pod['status']>): Pod {
  const made = pod(node, { status })
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }]
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } }
  const { nodeName: _, ...spec } = made.spec ?? {}
  return { ...made, spec: { ...spec, affinity: { nodeAffinity: required } } }
}

export function plan(input: Partial<PlanChangesInput>) {
  const result = planChanges({
    daemonSet: manifest(),
    nodes: [],
    pods: [],
    daemonSets: [stored],
    revisions,
    now,
    ...input,
  })
  return { ...result, kinds: Object.fromEntries(result.changes.map(({ node, change }) => [node, change])) }
}

/** What stands around the pods where nothing is known but that there are no PriorityClasses. */
export const noClasses = {
  namespace: {},
  priorityClasses: [],
  serviceAccounts: undefined,
  runtimeClasses: undefined,
  limitRanges: undefined,
}
