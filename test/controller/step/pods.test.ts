import { describe, expect, it } from 'vitest'
import type { StepInput } from '#controller/step-input.ts'
import { daemonSet, node, pod, surge, sync } from './scene.ts'

describe('one pod a node', () => {
  it('makes a pod where one should run and none is', () => {
    const { pods } = sync({ nodes: [node('n1'), node('n2', 'NoSchedule')] })
    expect(pods).toEqual(['+n1 missing'])
  })

  it('waits for a terminating pod to be gone, but not with surge', () => {
    const world = { nodes: [node('n1')], pods: [pod('p', 'n1', { deleting: true })] }
    expect(sync(world).pods).toEqual([])
    expect(sync({ ...world, daemonSet: surge }).pods).toEqual(['+n1 missing'])
  })

  it('does not wait for a pod that has ended and is being deleted', () => {
    const pods = [pod('p', 'n1', { deleting: true, phase: 'Failed' })]
    expect(sync({ nodes: [node('n1')], pods }).pods).toEqual(['+n1 missing'])
  })

  it('removes failed and succeeded pods, to make new ones afterwards', () => {
    const pods = [pod('p1', 'n1', { phase: 'Failed' }), pod('p2', 'n2', { phase: 'Succeeded' })]
    expect(sync({ nodes: [node('n1'), node('n2')], pods }).pods).toEqual(['-p1 failed', '-p2 succeeded'])
  })

  it('keeps the oldest of several, one that has its node before one that has not', () => {
    const pods = [
      pod('young', 'n1', { ageSeconds: 10 }),
      pod('old', 'n1', { ageSeconds: 500 }),
      pod('older-unbound', 'n1', { ageSeconds: 900, unbound: true }),
    ]
    expect(sync({ nodes: [node('n1')], pods }).pods).toEqual(['-young duplicate', '-older-unbound duplicate'])
  })

  it('leaves a pod under a NoSchedule taint and removes one under NoExecute', () => {
    const nodes = [node('n1', 'NoSchedule'), node('n2', 'NoExecute')]
    const result = sync({ nodes, pods: [pod('p1', 'n1'), pod('p2', 'n2')] })
    expect(result.pods).toEqual(['-p2 not-allowed'])
    expect(result.status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 2 })
  })

  it('removes pods that wait for a node that is gone, and leaves those that ran there', () => {
    const pods = [pod('waits', 'gone', { unbound: true }), pod('ran', 'gone')]
    expect(sync({ pods }).pods).toEqual(['-waits node-gone'])
  })

  it('heeds tolerations that compare numbers, where the server does', () => {
    const tolerations = [{ key: 'k', operator: 'Gt', value: '3', effect: 'NoExecute' }]
    const given = daemonSet()
    const template = { ...given.spec?.template, spec: { tolerations } }
    const input = {
      daemonSet: { ...given, spec: { ...given.spec, template } },
      nodes: [
        { metadata: { name: 'n1' }, spec: { taints: [{ key: 'k', value: '5', effect: 'NoExecute' }] } },
      ],
    }
    expect(sync(input).pods).toEqual([])
    expect(sync({ ...input, comparisonOperators: true }).pods).toEqual(['+n1 missing'])
  })

  it('passes over pods that are meant for no node', () => {
    const stray = { ...pod('p', 'n1'), spec: {} }
    expect(sync({ nodes: [node('n1')], pods: [stray] }).pods).toEqual(['+n1 missing'])
  })

  it('sends at most 250 creations and 250 deletions', () => {
    const nodes = Array.from({ length: 600 }, (_, index) =>
      node(`n${index}`, index < 300 ? 'NoExecute' : undefined),
    )
    const pods = nodes.slice(0, 300).map((one) => pod(`p-${one.metadata?.name}`, one.metadata?.name ?? ''))
    const { actions } = sync({ nodes, pods })
    expect(actions.filter((action) => action.kind === 'CreatePod')).toHaveLength(250)
    expect(actions.filter((action) => action.kind === 'DeletePod')).toHaveLength(250)
  })

  it('sends the first of them', () => {
    const nodes = ['n1', 'n2', 'n3', 'n4'].map((name) => node(name, name > 'n2' ? 'NoExecute' : undefined))
    const pods = [pod('p3', 'n3'), pod('p4', 'n4')]
    expect(sync({ nodes, pods, burst: 1 }).pods).toEqual(['+n1 missing', '-p3 not-allowed'])
  })
})

describe('why a pod is made or removed', () => {
  const messages = (input: Partial<StepInput>) =>
    sync(input).actions.flatMap((action) =>
      action.kind === 'CreatePod' || action.kind === 'DeletePod' ? [action.message] : [],
    )
  const old = { hash: 'old' }
  const young = { ageSeconds: 60 }
  const n1 = [node('n1')]

  it.each<[string, Partial<StepInput>, string]>([
    ['none there', { nodes: n1 }, 'n1: should run a pod and has none'],
    [
      'failed',
      { nodes: n1, pods: [pod('p', 'n1', { phase: 'Failed' })] },
      'p on n1: has failed and will be replaced',
    ],
    [
      'ended',
      { nodes: n1, pods: [pod('p', 'n1', { phase: 'Succeeded' })] },
      'p on n1: has ended and will be replaced',
    ],
    [
      'one too many',
      { nodes: n1, pods: [pod('p', 'n1', young), pod('q', 'n1')] },
      'p on n1: the node has more than one pod, the oldest stays',
    ],
    [
      'not allowed',
      { nodes: [node('n1', 'NoExecute')], pods: [pod('p', 'n1')] },
      'p on n1: the node no longer matches this DaemonSet',
    ],
    ['no node', { pods: [pod('p', 'n1', { unbound: true })] }, 'p on n1: its node does not exist any more'],
    [
      'outdated and not available',
      { nodes: n1, pods: [pod('p', 'n1', { ...old, readySeconds: -1 })] },
      'p on n1: is of an old revision and not available, it is replaced outside the budget',
    ],
    [
      'outdated',
      { nodes: n1, pods: [pod('p', 'n1', old)] },
      'p on n1: is of an old revision, it is replaced within maxUnavailable',
    ],
    [
      'surge beside a pod that is not available',
      { daemonSet: surge, nodes: n1, pods: [pod('p', 'n1', { ...old, readySeconds: -1 })] },
      'n1: its old pod is not available, a new one comes at once',
    ],
    [
      'surge',
      { daemonSet: surge, nodes: n1, pods: [pod('p', 'n1', old)] },
      'n1: a new pod is created next to the old one, within maxSurge',
    ],
    [
      'superseded',
      { daemonSet: surge, nodes: n1, pods: [pod('p', 'n1', old), pod('q', 'n1', young)] },
      'p on n1: the pod of the new revision takes over',
    ],
    [
      'left over',
      { daemonSet: surge, nodes: [node('n1', 'NoSchedule')], pods: [pod('p', 'n1', old)] },
      'p on n1: the node would not get a pod again',
    ],
  ])('%s', (_, input, message) => {
    expect(messages(input)).toEqual([message])
  })
})

describe('a sync that sees at once what it does', () => {
  const ownWritesVisible = true

  it('counts the pods that it has made, and not those that it has deleted', () => {
    const nodes = [node('n1'), node('n2', 'NoExecute')]
    const result = sync({ nodes, pods: [pod('p', 'n2')], ownWritesVisible })
    expect(result.pods).toEqual(['+n1 missing', '-p not-allowed'])
    expect(result.status).toMatchObject({
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      updatedNumberScheduled: 1,
      numberReady: 0,
      numberUnavailable: 1,
      numberMisscheduled: 0,
    })
  })

  it('goes on to the rolling update, in which they count', () => {
    const nodes = [node('n1'), node('n2'), node('n3', 'NoExecute')]
    const pods = [pod('p2', 'n2', { hash: 'old' }), pod('p3', 'n3', { hash: 'old' })]
    const result = sync({ nodes, pods, ownWritesVisible })
    expect(result.pods).toEqual(['+n1 missing', '-p3 not-allowed'])
    expect(result.budget?.used).toEqual([{ node: 'n1', pod: '', cause: 'new-unavailable' }])
    const two = daemonSet({ maxUnavailable: 2, maxSurge: 0 })
    expect(sync({ daemonSet: two, nodes, pods, ownWritesVisible }).pods).toEqual([
      '+n1 missing',
      '-p3 not-allowed',
      '-p2 outdated',
    ])
    expect(sync({ daemonSet: two, nodes, pods, ownWritesVisible }).status).toMatchObject({
      currentNumberScheduled: 1,
    })
  })

  it('removes every pod of a node that is one too many', () => {
    const pods = [pod('a', 'n1'), pod('b', 'n1', { ageSeconds: 5 }), pod('c', 'n1', { ageSeconds: 6 })]
    const result = sync({ nodes: [node('n1', 'NoExecute')], pods, ownWritesVisible })
    expect(result.pods).toEqual(['-a not-allowed', '-b not-allowed', '-c not-allowed'])
    expect(result.status.numberMisscheduled).toBe(0)
  })

  it('keeps the pod beside one that it has deleted', () => {
    const pods = [pod('a', 'n1'), pod('b', 'n1', { ageSeconds: 5, hash: 'old' })]
    const result = sync({ nodes: [node('n1')], pods, ownWritesVisible })
    expect(result.pods).toEqual(['-b duplicate'])
    expect(result.status).toMatchObject({ currentNumberScheduled: 1, updatedNumberScheduled: 1 })
  })

  it('leaves the nodes and pods that it was given as they are', () => {
    const input = { nodes: [node('n1')], pods: [pod('a', 'n1'), pod('b', 'n1')] }
    const before = structuredClone(input)
    sync({ ...input, ownWritesVisible })
    expect(input).toEqual(before)
  })
})
