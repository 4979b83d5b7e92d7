import fc from 'fast-check'
import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { ownerReferenceTo, podToCreate } from '#controller/new-pod.ts'
import { revisionData } from '#controller/revision-data.ts'
import type {
  ControllerRevision,
  DaemonSet,
  DaemonSetUpdateStrategy,
  JsonObject,
  Node,
  Pod,
  PodSpec,
} from '#kube/types.ts'
import { randomNames } from '#sandbox/names.ts'

export const start = Date.parse('2026-01-01T12:00:00Z')
const hoursAgo = (hours: number) => new Date(start - hours * 3_600_000).toISOString().replace('.000', '')
export const generationAnnotation = 'deprecated.daemonset.template.generation'
export const hashLabel = 'controller-revision-hash'

const percent = fc.integer({ min: 1, max: 100 }).map((value) => `${value}%`)
const limit = fc.oneof(fc.integer({ min: 1, max: 4 }), percent)
const strategy: fc.Arbitrary<DaemonSetUpdateStrategy> = fc.oneof(
  { weight: 3, arbitrary: limit.map((maxUnavailable) => rolling(maxUnavailable, 0)) },
  { weight: 3, arbitrary: limit.map((maxSurge) => rolling(0, maxSurge)) },
  { weight: 1, arbitrary: fc.constant({ type: 'OnDelete' }) },
)

function rolling(maxUnavailable: number | string, maxSurge: number | string): DaemonSetUpdateStrategy {
  return { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } }
}

const targets = ['all', 'all', 'selector', 'affinity', 'tolerant'] as const
type Target = (typeof targets)[number]

const specs: Readonly<Record<Target, PodSpec>> = {
  all: {},
  selector: { nodeSelector: { pool: 'a' } },
  affinity: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['z'] }] }],
        },
      },
    },
  },
  tolerant: { tolerations: [{ operator: 'Exists' }] },
}

const nodeKind = fc.record({
  pool: fc.constantFrom('a', 'a', 'b'),
  zone: fc.constantFrom('x', 'x', 'z', undefined),
  taint: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    'NoSchedule',
    'NoSchedule',
    'NoExecute',
    'PreferNoSchedule',
  ),
  cordoned: fc.boolean(),
  /** Its kubelet does not answer, with or without the taints that say so. */
  ready: fc.constantFrom('yes', 'yes', 'yes', 'yes', 'yes', 'no', 'no, untainted'),
  /** For how many of the pods there is room. */
  cpu: fc.constantFrom('4', '4', '4', '4', '300m', '100m'),
})

const podKind = fc.record({
  /** Index into the nodes; beyond them: a node that is not there. Several pods meet on the first ones. */
  node: fc.constantFrom<number>(0, 0, 0, 1, 1, 2, 2, 3, 4, 8),
  version: fc.constantFrom(1, 2),
  state: fc.constantFrom(
    'ready',
    'ready',
    'ready',
    'unready',
    'unready',
    'failed',
    'failed',
    'succeeded',
    'terminating',
  ),
  ownership: fc.constantFrom('own', 'own', 'own', 'own', 'own', 'orphan', 'released', 'foreign'),
  ageHours: fc.integer({ min: 1, max: 9 }),
})

export const scenario = fc.record({
  nodes: fc.array(nodeKind, { maxLength: 6 }),
  /** A pod on each node for a start, of the present version. */
  filled: fc.boolean(),
  pods: fc.array(podKind, { maxLength: 8 }),
  /** What the templates of the versions 1, 2 and 3 select. Only 3 may be new to the cluster. */
  targets: fc.tuple(fc.constantFrom(...targets), fc.constantFrom(...targets), fc.constantFrom(...targets)),
  present: fc.constantFrom(1, 2),
  next: fc.constantFrom(1, 2, 3, 3, 3),
  missingRevisions: fc.boolean(),
  duplicateRevision: fc.constantFrom(false, false, false, true),
  strategy,
  minReadySeconds: fc.constantFrom(0, 0, 3),
  seed: fc.nat(),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never

export const names = randomNames(
  () => 0.5,
  () => 'uid',
)

function templateOf(given: Scenario, version: number): JsonObject {
  const spec = {
    ...specs[given.targets[version - 1] ?? 'all'],
    containers: [{ name: 'c', image: `i:${version}`, resources: { requests: { cpu: '200m' } } }],
  }
  return { metadata: { labels: { app: 'a' } }, spec } as unknown as JsonObject
}

/** The DaemonSet as stored, with a template of the history. */
function daemonSetOf(given: Scenario, version: number): DaemonSet {
  const stored = storedDaemonSet(
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'a', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: templateOf(given, version),
        updateStrategy: given.strategy,
        minReadySeconds: given.minReadySeconds,
      },
    } as DaemonSet,
    'default',
  )
  const generation = generationOf(given, version)
  const annotations = { [generationAnnotation]: String(generation) }
  return { ...stored, metadata: { ...stored.metadata, uid: 'ds', generation, annotations } }
}

/** The first template is the present one after an undo only. */
const generationOf = ({ present }: Scenario, version: number) =>
  version === 1 && present === 1 ? 3 : version

const dataOf = (daemonSet: DaemonSet) => revisionData(daemonSet as unknown as JsonObject)
const hashOf = (daemonSet: DaemonSet) => names.hash(dataOf(daemonSet))

function revisionOf(daemonSet: DaemonSet, number: number, hash = hashOf(daemonSet)): ControllerRevision {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `a-${hash}`,
      namespace: 'default',
      uid: `revision-${hash}`,
      labels: { app: 'a', [hashLabel]: hash },
      ownerReferences: [ownerReferenceTo(daemonSet)],
    },
    data: JSON.parse(dataOf(daemonSet)),
    revision: number,
  } as ControllerRevision
}

function nodeOf(kind: Scenario['nodes'][number], index: number): Node {
  const down = kind.ready === 'no' ? ['NoSchedule', 'NoExecute'] : []
  const taints = [
    ...(kind.taint ? [{ key: 'k', effect: kind.taint }] : []),
    ...(kind.cordoned ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] : []),
    ...down.map((effect) => ({ key: 'node.kubernetes.io/unreachable', effect })),
  ]
  const name = `n${index}`
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      labels: { 'kubernetes.io/hostname': name, pool: kind.pool, ...(kind.zone && { zone: kind.zone }) },
    },
    spec: { ...(kind.cordoned && { unschedulable: true }), ...(taints.length > 0 && { taints }) },
    status: {
      allocatable: { cpu: kind.cpu, memory: '8Gi', pods: '110' },
      conditions: [
        {
          type: 'Ready',
          status: kind.ready === 'yes' ? 'True' : 'Unknown',
          lastTransitionTime: hoursAgo(12),
        },
      ],
    },
  }
}

const statuses: Readonly<Record<Scenario['pods'][number]['state'], Pod['status']>> = {
  ready: readyStatus('True'),
  terminating: readyStatus('True'),
  unready: readyStatus('False'),
  failed: { phase: 'Failed' },
  succeeded: { phase: 'Succeeded' },
}

function readyStatus(ready: string): Pod['status'] {
  return {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready, lastTransitionTime: hoursAgo(1) }],
    containerStatuses: [{ name: 'c', ready: ready === 'True', state: { running: {} } }],
  } as Pod['status']
}

/** It tolerates every taint, so that nobody but the controller takes it away. */
function podOf(kind: Scenario['pods'][number], daemonSet: DaemonSet, name: string): Pod {
  const made = podToCreate(daemonSet, `n${kind.node}`, hashOf(daemonSet))
  const owner = {
    ...ownerReferenceTo(daemonSet),
    ...(kind.ownership === 'foreign' && { uid: 'x', kind: 'X' }),
  }
  return {
    ...made,
    metadata: {
      ...made.metadata,
      name,
      uid: name,
      labels: { ...made.metadata?.labels, ...(kind.ownership === 'released' && { app: 'b' }) },
      ...(kind.ownership === 'orphan' ? { ownerReferences: null } : { ownerReferences: [owner] }),
      creationTimestamp: hoursAgo(kind.ageHours),
      ...(kind.state === 'terminating' && {
        deletionTimestamp: hoursAgo(0),
        deletionGracePeriodSeconds: 30,
      }),
    } as Pod['metadata'],
    spec: {
      ...made.spec,
      nodeName: `n${kind.node}`,
      tolerations: [{ operator: 'Exists' }],
      // Whether there is room beside pods of others is the scheduler's question, not the controller's.
      ...(kind.ownership !== 'own' && { containers: [{ name: 'c', image: 'x' }] }),
    },
    status: statuses[kind.state],
  }
}

/** What room is left when only some of a node's own pods stay is judged coarsely: all of them or none. */
const roomy = (kind: Scenario['nodes'][number], pods: readonly unknown[]): typeof kind =>
  pods.length > 1 ? { ...kind, cpu: '4' } : kind

/** A cluster in which the DaemonSet is about to be changed. */
export function clusterOf(given: Scenario) {
  const versions = [1, 2, 3].map((version) => daemonSetOf(given, version))
  const at = (version: number) => versions[version - 1] ?? {}
  const current = at(given.present)
  const filling = given.nodes.map((_, node) => ({
    node,
    version: given.present,
    state: 'ready' as const,
    ownership: 'own' as const,
    ageHours: 5,
  }))
  const kinds = [...(given.filled ? filling : []), ...given.pods]
  // Without its revision the hash of an old template cannot be known: the server's own cannot be computed.
  const known = [1, 2].filter((one) => !given.missingRevisions || one === given.next)
  return {
    current,
    next: { ...at(given.next), metadata: current.metadata } as DaemonSet,
    nodes: given.nodes.map((kind, index) =>
      nodeOf(
        roomy(
          kind,
          kinds.filter(({ node }) => node === index),
        ),
        index,
      ),
    ),
    pods: kinds.map((kind, index) => podOf(kind, at(kind.version), `p${index}`)),
    revisions: [
      ...known.map((version) => revisionOf(at(version), generationOf(given, version))),
      ...(given.duplicateRevision && known.includes(given.next)
        ? [revisionOf(at(given.next), 7, 'twin')]
        : []),
    ],
  }
}

export type World = ReturnType<typeof clusterOf>
