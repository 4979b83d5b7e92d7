import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject, KubeObject, Pod } from '#kube/types.ts'
import type { ResourceType } from '#sandbox/api/resource-type.ts'
import { types } from '#sandbox/api/resources.ts'
import { type ManualClock, manualClock } from '#sandbox/clock.ts'
import { type Cluster, type ClusterOptions, simulatedNodes, startCluster } from '#sandbox/cluster.ts'
import { nodesOf, podsOf } from '#sandbox/loops/context.ts'
import { randomNames } from '#sandbox/names.ts'
import type { StoredPod } from '#sandbox/store/store.ts'
import { podSummary } from '#sandbox/tables/pod-columns.ts'

const start = Date.parse('2026-11-20T20:00:00Z')
const manager = 'test'

let clock: ManualClock
let cluster: Cluster

function begin(options: Partial<ClusterOptions> = {}): void {
  clock = manualClock(start)
  let uid = 0
  const names = randomNames(Math.random, () => `uid-${++uid}`)
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

const daemonSet = (
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

const create = (type: ResourceType, namespace: string | undefined, body: JsonObject) =>
  cluster.registry.create(type, namespace, body, { manager }).object
const change = (
  type: ResourceType,
  namespace: string | undefined,
  name: string,
  how: (object: JsonObject) => JsonObject,
) => cluster.registry.update(type, namespace, name, how, { manager }).object
const annotateNode = (name: string, annotations: JsonObject) =>
  change(types.nodes, undefined, name, (node) => ({
    ...node,
    metadata: { ...(node.metadata as JsonObject), annotations },
  }))
const taintNode = (name: string, taints: JsonObject[]) =>
  change(types.nodes, undefined, name, (node) => ({
    ...node,
    spec: { ...(node.spec as JsonObject), taints },
  }))

const taintsOf = (name: string) => nodesOf(cluster.store).get(name)?.spec?.taints

const pods = (): StoredPod[] => [...podsOf(cluster.store).values()]
const podOn = (node: string) =>
  pods().find((pod) => pod.spec?.nodeName === node && !pod.metadata.deletionTimestamp)
const status = (pod: StoredPod | undefined) => pod && podSummary(pod, clock.now()).status
const statuses = () =>
  pods()
    .map((pod) => status(pod))
    .sort()
const events = (reason: string) =>
  [...cluster.store.collection(types.events).values()]
    .filter((event) => event.reason === reason)
    .map((event) => String(event.message))
const counters = (name: string) =>
  (cluster.store.get(types.daemonSets, 'default', name) as { status?: Record<string, number> } | undefined)
    ?.status
const conditionOf = (pod: Pod | undefined, type: string) =>
  pod?.status?.conditions?.find((one) => one.type === type)

beforeEach(() => begin())

describe('kubelets', () => {
  it('take pods from Pending to Ready, and tell of it', () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(50)
    expect(statuses()).toEqual(['ContainerCreating', 'ContainerCreating', 'ContainerCreating'])
    clock.advance(1000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
    expect(pods()[0]?.status).toMatchObject({
      phase: 'Running',
      qosClass: 'BestEffort',
      hostIP: expect.any(String),
    })
    expect(counters('web')).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3, numberAvailable: 3 })
    for (const reason of ['SuccessfulCreate', 'Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'])
      expect(events(reason), reason).toHaveLength(3)
  })

  it('keep an image with "bad" in its name in ImagePullBackOff, and let it go once it is mended', () => {
    create(types.daemonSets, 'default', daemonSet('web', { image: 'nginx:bad' }))
    clock.advance(1000)
    expect(statuses()).toEqual(['ImagePullBackOff', 'ImagePullBackOff', 'ImagePullBackOff'])
    expect(events('Failed')).toContain('Error: ErrImagePull')
    expect(events('BackOff')).toContain('Back-off pulling image "nginx:bad"')
    change(types.daemonSets, 'default', 'web', () => daemonSet('web', { image: 'nginx:2' }))
    clock.advance(5000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
  })

  it('restart crashing containers ever later', () => {
    create(
      types.daemonSets,
      'default',
      daemonSet('web', { annotations: { 'sandbox.kds.dev/failure': 'crash' } }),
    )
    clock.advance(3000)
    expect(statuses()).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff', 'CrashLoopBackOff'])
    clock.advance(60_000)
    const restarts = pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0
    expect(restarts).toBeGreaterThan(1)
    clock.advance(60_000)
    expect((pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0) - restarts).toBeLessThan(3)
    expect(events('BackOff')[0]).toMatch(
      /^Back-off restarting failed container c in pod web-\w+_default\(uid-\d+\)$/,
    )
  })

  it('leave never-ready pods running and not ready, until the annotation goes', () => {
    create(
      types.daemonSets,
      'default',
      daemonSet('web', { annotations: { 'sandbox.kds.dev/failure': 'never-ready' } }),
    )
    clock.advance(60_000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
    expect(counters('web')).toMatchObject({ numberReady: 0, numberUnavailable: 3 })
    for (const { metadata } of pods())
      change(types.pods, 'default', metadata.name, (pod) => ({
        ...pod,
        metadata: { ...(pod.metadata as JsonObject), annotations: {} },
      }))
    clock.advance(2000)
    expect(counters('web')).toMatchObject({ numberReady: 3 })
  })

  it('make a running pod fail while it runs', () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(1000)
    const name = podOn('node-2')?.metadata.name ?? ''
    change(types.pods, 'default', name, (pod) => ({
      ...pod,
      metadata: {
        ...(pod.metadata as JsonObject),
        annotations: { 'sandbox.kds.dev/failure': 'never-ready' },
      },
    }))
    clock.advance(1000)
    expect(counters('web')).toMatchObject({ numberReady: 2, numberUnavailable: 1 })
  })

  it('follow the times that pods, nodes and options give', () => {
    begin({ behaviour: { pullSeconds: 5 } })
    annotateNode('node-2', { 'sandbox.kds.dev/pull-seconds': '20' })
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(10_000)
    expect(statuses()).toEqual(['ContainerCreating', 'Running', 'Running'])
    clock.advance(11_000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
  })

  it('end slow pods within their grace period', () => {
    create(
      types.daemonSets,
      'default',
      daemonSet('web', { annotations: { 'sandbox.kds.dev/termination-seconds': '60' } }),
    )
    clock.advance(1000)
    const { metadata } = podOn('node-1') as StoredPod
    cluster.registry.delete(types.pods, 'default', metadata.name, {})
    clock.advance(29_000)
    expect(status(podsOf(cluster.store).get(`default/${metadata.name}`))).toBe('Terminating')
    clock.advance(2000)
    expect(podsOf(cluster.store).get(`default/${metadata.name}`)).toBeUndefined()
    expect(podOn('node-1')).toBeDefined()
  })
})

describe('a node whose kubelet is down', () => {
  const silence = () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(2000)
    annotateNode('node-2', { 'sandbox.kds.dev/kubelet': 'down' })
    clock.advance(60_000)
  }
  it('turns NotReady, with its taints, and its pods count as not ready but stay', () => {
    silence()
    expect(taintsOf('node-2')?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    expect(conditionOf(podOn('node-2'), 'Ready')).toMatchObject({ status: 'False' })
    expect(counters('web')).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2 })
    expect(events('NodeNotReady')).toHaveLength(1)
  })

  it('keeps deleted pods Terminating, and everything comes back when it does', () => {
    silence()
    const { metadata } = podOn('node-2') as StoredPod
    cluster.registry.delete(types.pods, 'default', metadata.name, {})
    clock.advance(600_000)
    expect(status(podsOf(cluster.store).get(`default/${metadata.name}`))).toBe('Terminating')
    annotateNode('node-2', { 'sandbox.kds.dev/silenced': 'true' })
    clock.advance(5000)
    expect(podsOf(cluster.store).get(`default/${metadata.name}`)).toBeUndefined()
    expect(taintsOf('node-2')).toBeUndefined()
    expect(counters('web')).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3 })
  })

  it('loses its pods some time after it is deleted', () => {
    silence()
    cluster.registry.delete(types.nodes, undefined, 'node-2', {})
    clock.advance(10_000)
    expect(podOn('node-2')).toBeDefined()
    clock.advance(60_000)
    expect(podOn('node-2')).toBeUndefined()
  })

  it('is so from the start if it comes NotReady from a dump', () => {
    const dumped = {
      ...simulatedNodes(1)[0],
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
    } as KubeObject
    begin({ objects: [dumped] })
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(60_000)
    expect(statuses()).toEqual(['Pending'])
  })
})

describe('the scheduler', () => {
  const withResources = (cpu: string) => ({
    containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }],
  })

  it('leaves Pending what finds no room, says why, and places it when there is', () => {
    create(types.daemonSets, 'default', daemonSet('big', { spec: withResources('5') }))
    clock.advance(1000)
    create(types.daemonSets, 'default', daemonSet('too-big', { spec: withResources('4') }))
    clock.advance(1000)
    const waiting = pods().filter((pod) => !pod.spec?.nodeName)
    expect(waiting).toHaveLength(3)
    const message =
      "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."
    expect(conditionOf(waiting[0], 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message,
    })
    expect(events('FailedScheduling')).toContain(message)
    cluster.registry.delete(types.daemonSets, 'default', 'big', {})
    clock.advance(5000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
  })

  it('keeps host ports apart', () => {
    const spec = {
      hostNetwork: true,
      containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }] }],
    }
    create(types.daemonSets, 'default', daemonSet('one', { spec }))
    clock.advance(1000)
    create(types.daemonSets, 'default', daemonSet('two', { spec }))
    clock.advance(1000)
    expect(events('FailedScheduling')[0]).toContain(
      "1 node(s) didn't have free ports for the requested pod ports",
    )
  })

  it('heeds taints, cordons and selectors for other pods', () => {
    taintNode('node-1', [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }])
    change(types.nodes, undefined, 'node-2', (node) => ({ ...node, spec: { unschedulable: true } }))
    clock.advance(100)
    const spec = { containers: [{ name: 'c', image: 'nginx' }], nodeSelector: { disk: 'ssd' } }
    create(types.pods, 'default', { metadata: { name: 'p' }, spec })
    clock.advance(100)
    expect(conditionOf(pods()[0], 'PodScheduled')?.message).toContain(
      "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were unschedulable.",
    )
    change(types.nodes, undefined, 'node-3', (node) => ({
      ...node,
      metadata: { name: 'node-3', labels: { disk: 'ssd' } },
    }))
    clock.advance(1000)
    expect(pods()[0]?.spec?.nodeName).toBe('node-3')
  })
})

describe('nodes', () => {
  it('that join get pods as soon as they are Ready', () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(1000)
    const node = create(types.nodes, undefined, { metadata: { name: 'new' } })
    expect((node.spec as { taints: object[] }).taints).toEqual([
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    ])
    clock.advance(2000)
    expect(status(podOn('new'))).toBe('Running')
  })

  it('lose pods that do not tolerate a NoExecute taint, after their tolerationSeconds', () => {
    const tolerations = [{ key: 'x', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }]
    create(types.daemonSets, 'default', daemonSet('web', { spec: { tolerations } }))
    clock.advance(1000)
    taintNode('node-1', [{ key: 'x', effect: 'NoExecute' }])
    clock.advance(9000)
    expect(podOn('node-1')).toBeDefined()
    clock.advance(1500)
    expect(events('TaintManagerEviction')).toHaveLength(1)
  })

  it('carry the taint of a cordon', () => {
    change(types.nodes, undefined, 'node-1', (node) => ({ ...node, spec: { unschedulable: true } }))
    clock.advance(100)
    const taints = () => taintsOf('node-1')
    expect(taints()).toMatchObject([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }])
    change(types.nodes, undefined, 'node-1', (node) => ({
      ...node,
      spec: { taints: taints() as never },
    }))
    clock.advance(100)
    expect(taints()).toBeUndefined()
  })
})

describe('priority', () => {
  it('comes from the class, and a missing class keeps the pods from being made', () => {
    create(types.daemonSets, 'default', daemonSet('web', { spec: { priorityClassName: 'high' } }))
    clock.advance(1000)
    expect(pods()).toEqual([])
    expect(events('FailedCreate')[0]).toBe(
      'Error creating: pods "web-" is forbidden: no PriorityClass with name high was found',
    )
    create(types.priorityClasses, undefined, { metadata: { name: 'high' }, value: 7 })
    clock.advance(60_000)
    expect(pods().map((pod) => pod.spec?.priority)).toEqual([7, 7, 7])
  })
})

describe('deletion', () => {
  beforeEach(() => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(1000)
  })
  const revisions = () => [...cluster.store.collection(types.controllerRevisions).values()]
  const drop = (propagationPolicy: 'Orphan' | 'Background' | 'Foreground') =>
    cluster.registry.delete(types.daemonSets, 'default', 'web', { propagationPolicy })

  it('in the background takes the owner at once, then what it owned', () => {
    expect(drop('Background').done).toBe(true)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')).toBeUndefined()
    clock.advance(2000)
    expect(pods()).toEqual([])
    expect(revisions()).toEqual([])
  })

  it('in the foreground takes the owner last', () => {
    expect(drop('Foreground').done).toBe(false)
    clock.advance(100)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')?.metadata.finalizers).toEqual([
      'foregroundDeletion',
    ])
    clock.advance(2000)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')).toBeUndefined()
    expect(pods()).toEqual([])
  })

  it('of an orphaning kind leaves what it owned, and a new owner adopts it', () => {
    drop('Orphan')
    clock.advance(100)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')).toBeUndefined()
    expect(pods().map((pod) => pod.metadata.ownerReferences)).toEqual([undefined, undefined, undefined])
    const before = pods().map((pod) => pod.metadata.uid)
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(1000)
    expect(pods().map((pod) => pod.metadata.uid)).toEqual(before)
    expect(counters('web')).toMatchObject({ numberReady: 3, updatedNumberScheduled: 3 })
  })

  it('of a namespace empties it first, and lets nothing new in', () => {
    create(types.namespaces, undefined, { metadata: { name: 'logs' } })
    create(types.daemonSets, 'logs', daemonSet('agent'))
    clock.advance(1000)
    cluster.registry.delete(types.namespaces, undefined, 'logs', {})
    expect(() => create(types.daemonSets, 'logs', daemonSet('other'))).toThrow(
      'daemonsets.apps "other" is forbidden: unable to create new content in namespace logs because it is being terminated',
    )
    clock.advance(5000)
    expect(cluster.store.get(types.namespaces, undefined, 'logs')).toBeUndefined()
    expect(pods().filter((pod) => pod.metadata.namespace === 'logs')).toEqual([])
  })
})

describe('events', () => {
  it('of one kind are counted, drawn together and silenced', () => {
    begin({ objects: simulatedNodes(40) })
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(2000)
    const about = events('SuccessfulCreate')
    expect(about.filter((message) => message.startsWith('(combined from similar events): '))).toHaveLength(1)
    expect(about).toHaveLength(11)
  })

  it('go after an hour', () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(2 * 3_600_000)
    create(types.daemonSets, 'default', daemonSet('other'))
    clock.advance(1000)
    expect(events('SuccessfulCreate').every((message) => message.includes('other-'))).toBe(true)
  })
})
