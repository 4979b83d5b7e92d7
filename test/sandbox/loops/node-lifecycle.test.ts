import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import type { StoredPod } from '#sandbox/store/store.ts'
import {
  annotateNode,
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
  status,
  statuses,
  taintNode,
  taintsOf,
} from '../../helpers/simulation.ts'

beforeEach(() => begin())

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

  it('keep pods as long as the first toleration of the taint says, whatever later ones say', () => {
    const tolerations = [
      { key: 'x', operator: 'Exists' },
      { key: 'x', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 },
    ]
    create(types.daemonSets, 'default', daemonSet('web', { spec: { tolerations } }))
    clock.advance(1000)
    taintNode('node-1', [{ key: 'x', effect: 'NoExecute' }])
    clock.advance(60_000)
    expect(podOn('node-1')).toBeDefined()
    expect(events('TaintManagerEviction')).toEqual([])
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
