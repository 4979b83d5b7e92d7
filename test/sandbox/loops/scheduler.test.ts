import { beforeEach, describe, expect, it } from 'vitest'
import { types } from '#sandbox/api/resources.ts'
import {
  begin,
  change,
  clock,
  cluster,
  conditionOf,
  create,
  daemonSet,
  events,
  pods,
  statuses,
  taintNode,
} from '../../helpers/simulation.ts'

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

  it('leaves Pending a pod that names a claim: none is there', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    const spec = { ...withResources('1'), volumes }
    create(types.daemonSets, 'default', daemonSet('web', { spec }))
    clock.advance(1000)
    expect(statuses()).toEqual(['Pending', 'Pending', 'Pending'])
    expect(events('FailedScheduling')[0]).toContain('persistentvolumeclaim "data" not found')
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
