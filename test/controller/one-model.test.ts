import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import { planChanges } from '#controller/changes/plan-changes.ts'
import { presentState } from '#controller/changes/present-state.ts'
import type { DaemonPod, NodeState } from '#controller/daemon-pod.ts'
import { isAvailable, isFinished } from '#controller/daemon-pod.ts'
import { newDaemonPod, ownerReferenceTo, podToCreate } from '#controller/new-pod.ts'
import { revisionData } from '#controller/revision-data.ts'
import { shuffled } from '#controller/simulate/shuffle.ts'
import type { SimulateInput } from '#controller/simulate/start.ts'
import { startOf } from '#controller/simulate/start.ts'
import { allNodes, syncPods } from '#controller/sync-pods.ts'
import type { PodRules } from '#controller/update-strategy.ts'
import { isUpdated } from '#controller/update-strategy.ts'
import type {
  ControllerRevision,
  DaemonSet,
  DaemonSetUpdateStrategy,
  JsonObject,
  Node,
  Pod,
  PodSpec,
} from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { startCluster } from '#sandbox/cluster.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import { manualClock } from '#sandbox/manual-clock.ts'
import { randomNames } from '#sandbox/names.ts'
import type { Store } from '#sandbox/store/store.ts'

const start = Date.parse('2026-01-01T12:00:00Z')
const hoursAgo = (hours: number) => new Date(start - hours * 3_600_000).toISOString().replace('.000', '')
const generationAnnotation = 'deprecated.daemonset.template.generation'
const hashLabel = 'controller-revision-hash'

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

const scenario = fc.record({
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

const names = randomNames(
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
function clusterOf(given: Scenario) {
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

type World = ReturnType<typeof clusterOf>

/** The DaemonSet's pods on each node; one made on the way has no name of its own. */
type Pods = Readonly<Record<string, readonly string[]>>

const podText = (name: string, deleting: boolean, facts = '') =>
  `${/^p\d+$/.test(name) ? name : 'new'}${deleting ? ' terminating' : ''}${facts}`

function byNode(pods: readonly (readonly [node: string, text: string])[]): Pods {
  const found: Record<string, string[]> = {}
  for (const [node, text] of pods) found[node] = [...(found[node] ?? []), text].sort()
  return found
}

const podsOn = (
  nodes: readonly NodeState[],
  textOf = (pod: DaemonPod) => podText(pod.name, pod.deleting),
): Pods => byNode(nodes.flatMap((node) => node.pods.map((pod) => [node.name, textOf(pod)] as const)))

/** What a reader of the end looks at: one that is on its way out for good says no more than that. */
const endText = (rules: PodRules) => (pod: DaemonPod) =>
  podText(
    pod.name,
    pod.deleting,
    pod.deleting
      ? ''
      : `${isUpdated(pod, rules) ? ' updated' : ' old'}${isAvailable(pod, 0, rules.now) ? ' available' : ''}`,
  )

/** The pods after the first sync as the plan reads the cluster. */
function planned({ current, next, nodes, pods, revisions }: World): Pods {
  const state = presentState({ daemonSet: next, current, nodes, pods, revisions, now: start })
  for (const change of syncPods(allNodes(state.nodes), state.rules, new Map()).changes) {
    const { node } = change
    if (!('pod' in change)) node.pods.push(newDaemonPod(state.rules))
    else {
      const { pod } = change
      node.pods = node.pods.filter((one) => one !== pod)
      if (!isFinished(pod)) node.pods.push({ ...pod, deleting: true })
    }
  }
  return podsOn(state.nodes)
}

const simulateInput = (world: World, nodes: readonly Node[], seed: number): SimulateInput => ({
  daemonSet: world.next,
  current: world.current,
  nodes,
  pods: world.pods,
  revisions: world.revisions,
  now: start,
  seed,
  readyAfterSeconds: 0.4,
  terminateAfterSeconds: 0.2,
})

const mostTasks = 20_000

/** The world in a sandbox, on a clock that allows so many tasks and tells of each that was done. */
class SandboxRun {
  readonly #clock = manualClock(start)
  readonly #store: Store
  #tasks = 0
  #first: Pods | undefined

  constructor({ current, next, nodes, pods, revisions }: World) {
    const manual = this.#clock
    const clock = {
      ...manual,
      schedule: (delay: number, task: () => void) =>
        manual.schedule(delay, () => {
          if (++this.#tasks > mostTasks) throw new Error('the sandbox does not come to rest')
          task()
          this.#look()
        }),
    }
    let made = 0
    const { store, registry } = startCluster({
      clock,
      names: { ...names, uid: () => `uid-${++made}`, suffix: () => `s${++made}` },
      objects: [current, ...nodes, ...pods, ...revisions].map((one, at) =>
        at > nodes.length && at <= nodes.length + pods.length
          ? { apiVersion: 'v1', kind: 'Pod', ...one }
          : one,
      ),
      behaviour: {},
      logCapacity: 10,
      eventCapacity: 10,
    })
    this.#store = store
    registry.update(
      types.daemonSets,
      'default',
      'a',
      (old) => ({ ...old, spec: next.spec as unknown as JsonObject }),
      { manager: 'test' },
    )
  }

  get #daemonSet(): DaemonSet {
    return this.#store.get(types.daemonSets, 'default', 'a') as DaemonSet
  }

  get status() {
    return this.#daemonSet.status ?? {}
  }

  /** The first sync is the one that notes the generation. */
  #look(): void {
    if (this.#first || this.status.observedGeneration !== this.#daemonSet.metadata?.generation) return
    this.#first = this.pods(({ metadata }) =>
      podText(metadata?.name ?? '', Boolean(metadata?.deletionTimestamp)),
    )
  }

  pods(textOf: (pod: Pod) => string): Pods {
    const own = [...podsOf(this.#store).values()].filter(
      ({ metadata }) => metadata.ownerReferences?.[0]?.uid === 'ds' && metadata.labels?.app === 'a',
    )
    return byNode(own.map((pod) => [targetOf(pod), textOf(pod)] as const))
  }

  afterFirstSync(): Pods {
    this.#clock.advance(0)
    return this.#first ?? {}
  }

  end(): Pods {
    this.#clock.advance(600_000)
    const hash = [...this.#store.collection(types.controllerRevisions).values()]
      .sort((a, b) => Number(b.revision) - Number(a.revision))
      .map(({ metadata }) => metadata.labels?.[hashLabel])[0]
    const generation = this.#daemonSet.metadata?.annotations?.[generationAnnotation]
    return this.pods(({ metadata, status }) => {
      const labels = metadata?.labels ?? {}
      const updated = labels[hashLabel] === hash || labels['pod-template-generation'] === generation
      const available = status?.conditions?.some((one) => one?.type === 'Ready' && one.status === 'True')
      const deleting = Boolean(metadata?.deletionTimestamp)
      const facts = `${updated ? ' updated' : ' old'}${available ? ' available' : ''}`
      return podText(metadata?.name ?? '', deleting, deleting ? '' : facts)
    })
  }
}

function targetOf(pod: Pod): string {
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return pod.spec?.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0] ?? ''
}

/** The pods that a change leaves on its node in the end; one that finds no room may have old ones beside it. */
function saidBy({ change, pods }: NodeChange, present: readonly string[]): readonly string[] {
  const kept = present.filter((text) => pods.some((name) => text.startsWith(`${name} `)))
  const made = present.filter((text) => text.startsWith('new'))
  switch (change) {
    case 'gain':
    case 'replace':
      return ['new updated available']
    case 'lose':
    case 'none':
      return []
    case 'unplaceable':
      return made.length === 1 && made[0] === 'new updated' ? present : ['new updated']
    default:
      return kept.slice(0, 1)
  }
}

const runs = { numRuns: 300 }

describe('one model', () => {
  it('plan, simulation and sandbox have the same pods after one sync', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = clusterOf(given)
        const inOrder = { ...world, nodes: shuffled(world.nodes, given.seed) }
        const sandbox = new SandboxRun(inOrder).afterFirstSync()
        expect(planned(inOrder)).toEqual(sandbox)
        const { rollout } = startOf(simulateInput(world, world.nodes, given.seed))
        rollout.sync()
        expect(podsOn(rollout.nodes)).toEqual(sandbox)
      }),
      runs,
    )
  })

  it('simulation and sandbox end alike, and as the plan says where nothing holds them up', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = clusterOf(given)
        const inOrder = { ...world, nodes: shuffled(world.nodes, given.seed) }
        const run = new SandboxRun(inOrder)
        const sandbox = run.end()
        const { rollout, rules } = startOf(simulateInput(world, world.nodes, given.seed))
        rollout.run(10 * (world.nodes.length + world.pods.length + 1))
        const simulated = podsOn(rollout.nodes, endText({ ...rules, now: start + 600_000 }))
        expect(simulated).toEqual(sandbox)
        expect(rollout.counters).toMatchObject({
          desired: run.status.desiredNumberScheduled,
          updated: run.status.updatedNumberScheduled ?? 0,
          available: run.status.numberAvailable ?? 0,
          misscheduled: run.status.numberMisscheduled,
        })
        const plan = planChanges({
          ...inOrder,
          daemonSet: world.next,
          daemonSets: [world.current],
          now: start,
        })
        for (const change of plan.changes) {
          const node = rollout.nodes.find((one) => one.name === change.node)
          const isUnplaceable = node?.pods.some((pod) => pod.blocked?.cause === 'unplaceable')
          if (!rules.onDelete && node?.phase !== 'settled' && !isUnplaceable) continue
          // The plan takes every kubelet for one that answers.
          if (node?.notReady !== undefined) continue
          const present = (sandbox[change.node] ?? []).filter((text) => !text.includes('terminating'))
          expect({ ...change, present }).toEqual({ ...change, present: saidBy(change, present) })
        }
      }),
      runs,
    )
  })
})
