import { describe, expect, it } from 'vitest'
import type { DaemonSet, Pod, PodSpec } from '#kube/types.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { container, daemonSetOf, judgeFit, nodeOf, podOf, roomy } from './judged.ts'

describe('room on a node', () => {
  const wants = daemonSetOf({ containers: [container({ cpu: '500m', memory: '1Gi' })] })

  it('is there', () => {
    expect(judgeFit({ node: roomy, pods: [], daemonSet: wants })).toMatchObject({
      fits: true,
      shortages: [],
      evicts: [],
      message: '',
    })
  })

  it('is the business of the scheduler that is named by default', () => {
    const named = daemonSetOf({
      schedulerName: 'default-scheduler',
      containers: [container({ cpu: '5' })],
    })
    expect(judgeFit({ node: roomy, pods: [], daemonSet: named })).toMatchObject({ fits: false, unknown: [] })
  })

  it('for one pod more there is none, and those of lower priority leave', () => {
    const one = daemonSetOf({ containers: [container({ cpu: '1' })], priority: 5 })
    const weak = podOf('weak', { priority: 1 })
    const fit = judgeFit({ node: nodeOf({ cpu: '4', pods: '1' }), pods: [weak], daemonSet: one })
    expect(fit).toMatchObject({ couldPreempt: true, reasons: ['Too many pods'] })
    expect(fit).not.toHaveProperty('preemption')
    // A count of none is not said to be too small for good, as cores are.
    const none = judgeFit({ node: nodeOf({ cpu: '4', pods: '0' }), pods: [weak], daemonSet: one })
    expect(none).toMatchObject({ couldPreempt: false, preemption: ['Too many pods'] })
  })

  it('is short of what there is too little of alone', () => {
    const both = daemonSetOf({ containers: [container({ cpu: '4', memory: '9Gi' })] })
    const fit = judgeFit({ node: roomy, pods: [], daemonSet: both })
    expect(fit.shortages.map(({ resource }) => resource)).toEqual(['memory'])
    const unreadable = nodeOf({ cpu: 'many', memory: '8Gi', pods: '110' })
    expect(judgeFit({ node: unreadable, pods: [], daemonSet: both }).shortages).toHaveLength(1)
  })

  it('is not reckoned on a node that tells nothing of it, whatever else keeps a pod away', () => {
    const onPort = { containers: [container({ cpu: '1' }, { ports: [{ hostPort: 80 }] })] }
    const fit = judgeFit({
      node: { metadata: { name: 'n1' } },
      pods: [podOf('holder', onPort)],
      daemonSet: daemonSetOf(onPort),
    })
    expect(fit).toMatchObject({ fits: false, shortages: [], portConflicts: [{ port: 80 }] })
  })

  it('is being made by those that leave for it; others on their way out are not named', () => {
    const wants = daemonSetOf({ containers: [container({ cpu: '4' })], priority: 5 })
    const going = (reason: string) =>
      podOf(
        'going',
        { containers: [container({ cpu: '2' })], priority: 1 },
        {
          metadata: { name: 'going', namespace: 'other', deletionTimestamp: '2026-01-01T00:00:00Z' },
          status: { phase: 'Running', conditions: [{ type: 'DisruptionTarget', status: 'True', reason }] },
        },
      )
    const stays = podOf('weak', { containers: [container({ cpu: '1' })], priority: 1 })
    const evicts = (reason: string) =>
      new Fitter({ daemonSet: wants, pods: [going(reason), stays] })
        .judge(roomy, false, true)
        .evicts.map(({ name }) => name)
    expect(evicts('PreemptionByScheduler')).toEqual(['going'])
    expect(evicts('DeletionByTaintManager')).toEqual(['weak'])
  })

  it('is used up: wants, free, and by whom, the largest first', () => {
    const pods = [
      podOf('small', { containers: [container({ cpu: '700m' })] }),
      podOf('large', { containers: [container({ cpu: '3' })], priority: -5 }),
      podOf('ended', { containers: [container({ cpu: '3' })] }, { status: { phase: 'Succeeded' } }),
      podOf('broken', { containers: [container({ cpu: '3' })] }, { status: { phase: 'Failed' } }),
      podOf('asks for nothing', {}),
      podOf('elsewhere', { containers: [container({ cpu: '3' })], nodeName: 'n2' }),
    ]
    const result = judgeFit({ node: roomy, pods, daemonSet: wants })
    expect(result.message).toBe('cpu: needs 500m, only 300m of 4 free')
    expect(result).toMatchObject({
      fits: false,
      couldPreempt: true,
      shortages: [
        {
          resource: 'cpu',
          wants: { value: 0.5, text: '500m' },
          free: { value: 0.3, text: '300m' },
          allocatable: { value: 4, text: '4' },
          preemptible: { value: 3, text: '3' },
        },
      ],
    })
    expect(result.shortages[0]?.usedBy).toEqual([
      { namespace: 'other', pod: 'large', priority: -5, amount: { value: 3, text: '3' } },
      { namespace: 'other', pod: 'small', priority: 0, amount: { value: 0.7, text: '700m' } },
    ])
  })

  it('is had by exactly filling it', () => {
    const pods = [podOf('p', { containers: [container({ cpu: '3500m' })] })]
    expect(judgeFit({ node: roomy, pods, daemonSet: wants }).fits).toBe(true)
  })

  it('shows a shortage of one byte as one', () => {
    const pods = [podOf('p', { containers: [container({ memory: '7516192769' })] })]
    expect(judgeFit({ node: roomy, pods, daemonSet: wants }).message).toBe(
      'memory: needs 1Gi, only 1023.9Mi of 8Gi free',
    )
  })

  it('does not count the pod that makes way, unless it stays beside the new one', () => {
    const ownedBy = (uid: string) => ({ name: 'old', ownerReferences: [{ uid, controller: true }] })
    const old = podOf('old', { containers: [container({ cpu: '3800m' })] }, { metadata: ownedBy('ds') })
    expect(judgeFit({ node: roomy, pods: [old], daemonSet: wants }).fits).toBe(true)
    expect(judgeFit({ node: roomy, pods: [old], daemonSet: wants, ownPodsStay: true }).fits).toBe(false)
    const foreign = { ...old, metadata: ownedBy('other') }
    expect(judgeFit({ node: roomy, pods: [foreign], daemonSet: wants }).fits).toBe(false)
  })

  it('shows what is wanted rounded up', () => {
    const daemonSet = daemonSetOf({ containers: [container({ memory: '8589934593' })] })
    expect(judgeFit({ node: roomy, pods: [], daemonSet }).message).toBe(
      'memory: needs 8.1Gi, only 8Gi of 8Gi free',
    )
  })

  it('runs out of pods', () => {
    const pods = [podOf('p', {}), podOf('q', {})]
    const small = nodeOf({ cpu: '4', memory: '8Gi', pods: '2' })
    expect(judgeFit({ node: small, pods, daemonSet: wants }).message).toBe('the node is full: 2 of 2 pods')
    expect(judgeFit({ node: small, pods: pods.slice(1), daemonSet: wants }).fits).toBe(true)
  })

  it('is short of several things, the places for pods first', () => {
    const pods = [podOf('p', { containers: [container({ cpu: '4' })] })]
    const result = judgeFit({ node: nodeOf({ cpu: '4', memory: '1Ki', pods: '1' }), pods, daemonSet: wants })
    expect(result.message).toBe(
      'the node is full: 1 of 1 pods; cpu: needs 500m, only 0 of 4 free; memory: needs 1Gi, only 1Ki of 1Ki free',
    )
  })

  it('is had on a node that gave away too much, by a pod that asks for nothing', () => {
    const pods = [podOf('p', { containers: [container({ cpu: '5' })] })]
    const judged = (cpu: string) =>
      judgeFit({ node: roomy, pods, daemonSet: daemonSetOf({ containers: [container({ cpu })] }) })
    expect(judged('0').fits).toBe(true)
    expect(judged('1m').message).toBe('cpu: needs 1m, only 0 of 4 free')
  })

  it('has none of a resource that the node does not name', () => {
    const daemonSet = daemonSetOf({ containers: [container({ 'nvidia.com/gpu': '1' })] })
    expect(judgeFit({ node: roomy, pods: [], daemonSet }).message).toBe(
      'nvidia.com/gpu: needs 1, only 0 of 0 free',
    )
  })

  it('is not judged for a resource of which the node says nothing readable', () => {
    expect(
      judgeFit({ node: nodeOf({ cpu: 'much', memory: '8Gi', pods: '1' }), pods: [], daemonSet: wants }).fits,
    ).toBe(true)
  })

  it('is not judged where the node names nothing allocatable, or a request cannot be read', () => {
    const daemonSet = daemonSetOf({ containers: [container({ cpu: 'much' })] })
    expect(judgeFit({ node: { metadata: { name: 'n1' } }, pods: [], daemonSet })).toMatchObject({
      fits: true,
      unknown: ['cannot read the request cpu: much', 'the node names no allocatable resources'],
    })
  })
})

describe('host ports', () => {
  const ports = (...hostPorts: number[]): PodSpec => ({
    containers: [{ name: 'c', ports: hostPorts.map((hostPort) => ({ hostPort })) }],
  })
  const judged = (wants: PodSpec, pods: readonly Pod[]) =>
    judgeFit({ node: roomy, pods, daemonSet: daemonSetOf({ ...wants, priority: 10 }) })

  it('are free', () => {
    expect(judged(ports(80), [podOf('p', ports(81)), podOf('q', {})])).toMatchObject({
      fits: true,
      portConflicts: [],
      message: '',
    })
  })

  it('are held: by whom, though that pod holds others too', () => {
    const result = judged(ports(80, 82), [podOf('holder', { ...ports(79, 80), priority: 20 })])
    expect(result).toMatchObject({
      fits: false,
      shortages: [],
      couldPreempt: false,
      message: 'port 80/TCP is used by other/holder',
    })
    expect(result.portConflicts).toEqual([
      {
        port: 80,
        protocol: 'TCP',
        hostIP: '0.0.0.0',
        heldBy: { namespace: 'other', pod: 'holder', priority: 20 },
      },
    ])
  })

  it('are held by a pod of lower priority, or by one of lower and one of the same', () => {
    const lower = podOf('lower', { ...ports(80), priority: 9 })
    const same = podOf('same', { ...ports(81), priority: 10 })
    expect(judged(ports(80, 81), [lower])).toMatchObject({ fits: false, couldPreempt: true })
    expect(judged(ports(80, 81), [lower, same])).toMatchObject({
      couldPreempt: false,
      message: 'port 80/TCP is used by other/lower; port 81/TCP is used by other/same',
    })
  })
})

describe('objects with parts missing', () => {
  const anything = daemonSetOf({ containers: [container({ cpu: '1' })] })

  it.each<[string, DaemonSet]>([
    ['nothing', {}],
    ['no spec', { metadata: null, spec: null }],
    ['no template', { spec: { template: null } }],
    ['no pod spec', { spec: { template: { spec: null } } }],
  ])('a DaemonSet with %s asks for a place for its pod only', (_, daemonSet) => {
    expect(judgeFit({ node: roomy, pods: [], daemonSet })).toMatchObject({ fits: true, unknown: [] })
    const result = judgeFit({ node: nodeOf({ pods: '0' }), pods: [], daemonSet })
    expect(result.message).toBe('the node is full: 0 of 0 pods')
  })

  it('a node without a name is judged as an empty one', () => {
    const node = { status: { allocatable: { cpu: '1', pods: '1' } } }
    const pods = [podOf('p', {}), { ...podOf('q', {}), spec: { nodeName: '' } }]
    expect(judgeFit({ node, pods, daemonSet: anything })).toMatchObject({ fits: true })
  })

  it('a pod without a node takes no room, one without anything else a place', () => {
    const pods: Pod[] = [
      {},
      { spec: null },
      { spec: { nodeName: 'n1' } },
      { spec: { nodeName: 'n1' }, status: null },
    ]
    const result = judgeFit({ node: nodeOf({ cpu: '4', pods: '2' }), pods, daemonSet: anything })
    expect(result.shortages).toMatchObject([
      {
        resource: 'pods',
        usedBy: [
          { namespace: '', pod: '', priority: 0, amount: { value: 1, text: '1' } },
          { namespace: '', pod: '' },
        ],
      },
    ])
  })

  it('no pod is an own one of a DaemonSet that is not stored yet', () => {
    const pods = [podOf('p', { containers: [container({ cpu: '4' })] }, { metadata: { name: 'p' } })]
    const daemonSet = { ...anything, metadata: { name: 'a' } }
    expect(judgeFit({ node: roomy, pods, daemonSet }).fits).toBe(false)
    expect(judgeFit({ node: roomy, pods, daemonSet: { ...anything, metadata: null } }).fits).toBe(false)
  })
})

it('one fitter answers forevery node', () => {
  const daemonSet = daemonSetOf({ containers: [container({ cpu: '3' })] })
  const pods = [
    podOf('p', { containers: [container({ cpu: '2' })] }),
    podOf('q', { containers: [container({ cpu: '2' })], nodeName: 'n2' }),
    podOf('r', { containers: [container({ cpu: '1' })], nodeName: 'n2' }),
  ]
  const fitter = new Fitter({ daemonSet, pods })
  const at = (name: string) =>
    fitter.judge({ metadata: { name }, status: { allocatable: { cpu: '4', pods: '9' } } })
  expect(['n1', 'n2', 'n3'].map((name) => at(name).shortages[0]?.free.text)).toEqual(['2', '1', undefined])
})
