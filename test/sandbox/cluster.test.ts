import { beforeEach, describe, expect, it } from 'vitest'
import { types } from '#sandbox/api/resources.ts'
import { simulatedNodes } from '#sandbox/cluster.ts'
import {
  begin,
  change,
  clock,
  cluster,
  conditionOf,
  counters,
  create,
  daemonSet,
  events,
  podOn,
  pods,
  status,
  statuses,
  taintNode,
  taintsOf,
} from './simulation.ts'

beforeEach(() => begin())

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
