import { describe, expect, it } from 'vitest'
import type { Node, TopologySpreadConstraint } from '#kube/types.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { daemonSetOf, nodeOf, podOf, startOn } from './around.ts'

const spread = (more: TopologySpreadConstraint = {}) => ({
  topologySpreadConstraints: [
    {
      topologyKey: 'zone',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'agent' } },
      nodeAffinityPolicy: 'Ignore',
      ...more,
    },
  ],
})
const own = (name: string, on: string, more: object = {}) => {
  const pod = podOf(name, on, { app: 'agent', ...more })
  return { ...pod, metadata: { ...pod.metadata, namespace: 'n' } }
}
const tooMany = (there: number, least: number) =>
  `its topology spread over zone allows a skew of 1: a has ${there}, the least is ${least}`

describe('topology spread', () => {
  it.each<[string, TopologySpreadConstraint, readonly string[], readonly string[]]>([
    [
      'counts all domains where node affinity is ignored',
      {},
      ['a1', 'a2', 'b1', 'a2'],
      ['', tooMany(1, 0), '', ''],
    ],
    [
      'of pods that are pinned to a node knows only that node where node affinity is honoured',
      { nodeAffinityPolicy: 'Honor' },
      ['a1', 'a2'],
      ['', ''],
    ],
    [
      'counts as many domains as there have to be',
      { minDomains: 3 },
      ['a1', 'b1', 'a2'],
      ['', '', tooMany(1, 0)],
    ],
    ['is only wished for', { whenUnsatisfiable: 'ScheduleAnyway' }, ['a1', 'a2'], ['', '']],
    ['counts other pods', { labelSelector: { matchLabels: { app: 'other' } } }, ['a1', 'a2'], ['', '']],
    ['needs the label', {}, ['x'], ['its topology spread needs the label zone, which the node lacks']],
  ])('%s', (_, constraint, on, expected) => {
    expect(startOn(on, spread(constraint))).toEqual(expected)
  })

  it('counts the pods that are there, but neither terminating ones nor those of other namespaces', () => {
    const going = own('going', 'a1')
    const pods = [
      { ...going, metadata: { ...going.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      podOf('foreign', 'a1', { app: 'agent' }),
    ]
    expect(startOn(['a2'], spread(), { pods })).toEqual([''])
    expect(startOn(['a2'], spread(), { pods: [...pods, own('there', 'a1')] })).toEqual([tooMany(1, 0)])
  })

  it('wants more domains than a pinned pod ever sees', () => {
    const honoured = spread({ nodeAffinityPolicy: null, minDomains: 2 })
    expect(startOn(['a1', 'a2'], honoured, { pods: [own('there', 'a1')] })).toEqual([tooMany(1, 0), ''])
  })

  it('by revision leaves out those of the old one', () => {
    const old = own('old', 'a1', { 'controller-revision-hash': '1' })
    const byRevision = spread({ matchLabelKeys: ['controller-revision-hash', 'nobody-has-it'] })
    expect(startOn(['a2'], byRevision, { pods: [old], revision: '2' })).toEqual([''])
    expect(startOn(['a2'], byRevision, { pods: [old], revision: '1' })).toEqual([tooMany(1, 0)])
  })

  it('leaves out nodes whose taints are not tolerated, if it is to', () => {
    const tainted = (name: string) => ({
      ...nodeOf(name),
      spec: { taints: [{ key: 'k', effect: 'NoExecute' }] },
    })
    const nodes = [nodeOf('a1'), nodeOf('a2'), tainted('b1')]
    expect(startOn(['a1', 'a2'], spread({ nodeTaintsPolicy: 'Honor' }), { nodes })).toEqual(['', ''])
    expect(startOn(['a1', 'a2'], spread(), { nodes })).toEqual(['', tooMany(1, 0)])
  })

  it('leaves out nodes that the node selector leaves out, unless it is to ignore it', () => {
    const inB = { nodeSelector: { zone: 'b' } }
    const pods = [own('there', 'b1')]
    expect(startOn(['b2'], { ...spread(), ...inB }, { pods })).toEqual([
      'its topology spread over zone allows a skew of 1: b has 1, the least is 0',
    ])
    // The pod's own node is the only one that it knows; one that is left out is no domain, and has no pods.
    const honoured = { ...spread({ nodeAffinityPolicy: 'Honor', minDomains: 2 }), ...inB }
    expect(startOn(['b1', 'a1'], honoured, { pods: [...pods, own('astray', 'a1')] })).toEqual([
      'its topology spread over zone allows a skew of 1: b has 1, the least is 0',
      'the pod asks for nodes with label zone=b',
    ])
  })

  it('leaves out nodes with taints that forbid new pods, too', () => {
    const tainted: Node = { ...nodeOf('b1'), spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }
    const nodes = [nodeOf('a1'), nodeOf('a2'), tainted]
    expect(startOn(['a1', 'a2'], spread({ nodeTaintsPolicy: 'Honor' }), { nodes })).toEqual(['', ''])
  })

  it('leaves out nodes that lack the key of any constraint', () => {
    const two = {
      topologySpreadConstraints: [
        ...spread().topologySpreadConstraints,
        ...spread({ topologyKey: 'rack' }).topologySpreadConstraints,
      ],
    }
    const racked = (name: string) => {
      const node = nodeOf(name)
      return { ...node, metadata: { ...node.metadata, labels: { ...node.metadata?.labels, rack: name } } }
    }
    // Zone b has no rack, so it is no domain that has fewer.
    const nodes = [racked('a1'), racked('a2'), nodeOf('b1')]
    const fitter = new Fitter({ daemonSet: daemonSetOf(two), pods: [own('there', 'a1')], nodes })
    expect(fitter.judge(racked('a2')).fits).toBe(true)
    expect(fitter.judge(nodeOf('b1')).fits).toBe(false)
  })

  it('allows a skew of one where none is set, and more where more is', () => {
    const pods = [own('one', 'a1'), own('two', 'a1')]
    const none = { topologySpreadConstraints: [{ ...spread().topologySpreadConstraints[0], maxSkew: null }] }
    expect(startOn(['a2'], none, { pods: pods.slice(0, 1) })).toEqual([tooMany(1, 0)])
    expect(startOn(['a2'], spread({ maxSkew: 2 }), { pods: pods.slice(0, 1) })).toEqual([''])
    expect(startOn(['a2'], spread({ maxSkew: 3 }), { pods })).toEqual([''])
  })

  it('is told in the scheduler’s words', () => {
    const judge = (node: string) =>
      new Fitter({
        daemonSet: daemonSetOf({ ...spread(), priority: 5 }),
        pods: [own('there', 'a1')],
        nodes: ['a1', 'a2', 'b1'].map(nodeOf),
      }).judge(nodeOf(node))
    const words = "node(s) didn't match pod topology spread constraints"
    expect(judge('a2').reasons).toEqual([words])
    expect(judge('x')).toMatchObject({
      reasons: [`${words} (missing required label)`],
      preemption: ['Preemption is not helpful for scheduling'],
    })
  })

  it('evicts pods of lower priority that count', () => {
    const weak = { ...own('weak', 'a2'), spec: { nodeName: 'a2', priority: 1 } }
    expect(startOn(['a2'], { ...spread(), priority: 5 }, { pods: [weak] })).toEqual(['evicts weak'])
  })
})

describe('what keeps a pod from being scheduled at all', () => {
  it('are scheduling gates', () => {
    expect(startOn(['a1'], { schedulingGates: [{ name: 'example.com/wait' }] })).toEqual([
      'the pod stays SchedulingGated until its scheduling gates are removed: example.com/wait',
    ])
  })
})
