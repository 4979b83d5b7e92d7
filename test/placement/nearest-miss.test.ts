import { expect, it } from 'vitest'
import type { DaemonSet, Node } from '#kube/types.ts'
import { nearestMiss, prepareDaemonSet } from '#placement/placement.ts'
import { daemonSet, node, requiring, withTerms } from './build.ts'

const nodes = [
  node('n1', { disktype: 'hdd', zone: 'a' }, [{ key: 'spot', effect: 'NoSchedule' }]),
  node('n2', { disktype: 'hdd', zone: 'b' }),
  node('n3', { disktype: 'tape', zone: 'c' }),
  node('n4', { zone: 'b' }),
]

it('tells what no node has, and what they have instead', () => {
  const miss = nearestMiss(
    prepareDaemonSet(daemonSet({ nodeSelector: { disktype: 'ssd', zone: 'b' } })),
    nodes,
  )
  expect(miss.demands).toMatchObject([
    {
      rule: 'nodeSelector',
      text: 'disktype=ssd',
      matchingNodes: 0,
      nodesWithKey: 3,
      seenValues: [
        { value: 'hdd', nodes: 2 },
        { value: 'tape', nodes: 1 },
      ],
    },
    { text: 'zone=b', matchingNodes: 2, nodesWithKey: 4 },
  ])
  expect(miss.nearest).toMatchObject({ nodeName: 'n2', failingRules: 1, others: 1 })
})

it('counts the nearest of several affinity terms', () => {
  const prepared = prepareDaemonSet(
    withTerms(
      {
        matchExpressions: [
          { key: 'gpu', operator: 'Exists' },
          { key: 'zone', operator: 'In', values: ['z'] },
        ],
      },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n9'] }] },
      {},
    ),
  )
  const miss = nearestMiss(prepared, nodes)
  expect(miss.demands.map(({ text, matchingNodes }) => [text, matchingNodes])).toEqual([
    ['gpu', 0],
    ['zone in (z)', 0],
    ['metadata.name=n9', 0],
  ])
  expect(miss.nearest).toMatchObject({ nodeName: 'n2', failingRules: 1, others: 2 })
})

it('shows the five most frequent values, those of one frequency by name', () => {
  const disks = ['e', 'b', 'd', 'a', 'f', 'c', 'c', 'f', 'g', 'g', 'g']
  const miss = nearestMiss(
    prepareDaemonSet(daemonSet({ nodeSelector: { disk: 'x' } })),
    disks.map((disk, i) => node(`n${i}`, { disk })),
  )
  expect(miss.demands[0]?.seenValues).toEqual([
    { value: 'g', nodes: 3 },
    { value: 'c', nodes: 2 },
    { value: 'f', nodes: 2 },
    { value: 'a', nodes: 1 },
    { value: 'b', nodes: 1 },
  ])
})

it('counts the node of the name that is asked for, and those without a name as one of ""', () => {
  const { demands } = nearestMiss(prepareDaemonSet(daemonSet({ nodeName: 'n2' })), [...nodes.slice(1, 3), {}])
  expect(demands).toMatchObject([
    {
      matchingNodes: 1,
      nodesWithKey: 3,
      seenValues: [
        { value: '', nodes: 1 },
        { value: 'n2', nodes: 1 },
        { value: 'n3', nodes: 1 },
      ],
    },
  ])
})

it('asks by name, by selector and by affinity, each with its place', () => {
  const one = daemonSet({
    nodeName: 'n9',
    nodeSelector: { 'metadata.name': 'n1' },
    affinity: requiring({ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }] }),
  })
  const { demands } = nearestMiss(prepareDaemonSet(one), [...nodes, {}])
  const place = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0'
  expect(
    demands.map(({ rule, path, text, key, matchingNodes, nodesWithKey, seenValues }) => [
      rule,
      path.join('.'),
      text,
      key,
      [matchingNodes, nodesWithKey, seenValues.length],
    ]),
  ).toEqual([
    ['nodeName', 'spec.template.spec.nodeName', 'metadata.name=n9', 'metadata.name', [0, 5, 5]],
    // A label of that name is not the name.
    [
      'nodeSelector',
      'spec.template.spec.nodeSelector.metadata.name',
      'metadata.name=n1',
      'metadata.name',
      [0, 0, 0],
    ],
    [
      'nodeAffinity',
      `spec.template.spec.${place}.matchFields.0`,
      'metadata.name!=n1',
      'metadata.name',
      [4, 5, 5],
    ],
  ])
})

it('counts rules of every kind, and an affinity without usable terms as one', () => {
  const failing = (one: DaemonSet, nodes: readonly Node[]) =>
    nearestMiss(prepareDaemonSet(one), nodes).nearest
  const spot = { key: 'spot', effect: 'NoSchedule' }
  const selector = { nodeSelector: { a: '1', b: '2' } }
  expect(failing(daemonSet({ ...selector, nodeName: 'n9' }), [node('n1', {}, [spot, spot])])).toMatchObject({
    failingRules: 5,
    others: 0,
  })
  expect(failing(withTerms({}), [node('n1'), node('n2')])).toMatchObject({ failingRules: 1, others: 1 })
  const twoTerms = withTerms(
    { matchExpressions: ['a', 'e', 'f'].map((key) => ({ key, operator: 'Exists' })) },
    {
      matchExpressions: [
        { key: 'b', operator: 'Exists' },
        { key: 'c', operator: 'Exists' },
        { key: 'd', operator: 'DoesNotExist' },
      ],
    },
    {},
  )
  expect(failing(twoTerms, [node('n1', {}, [spot])])).toMatchObject({ failingRules: 3 })
  expect(
    failing(daemonSet(selector), [node('n1'), node('n2', { a: '1' }), node('n3', { b: '2' })]),
  ).toMatchObject({
    nodeName: 'n2',
    failingRules: 1,
    others: 1,
    decision: { reasons: [{ code: 'NodeSelectorMismatch', key: 'b' }] },
  })
})

it('has nothing to compare with when there are no nodes', () => {
  const miss = nearestMiss(prepareDaemonSet(daemonSet({ nodeName: 'n1' })), [])
  expect(miss).toMatchObject({
    nearest: null,
    demands: [{ rule: 'nodeName', matchingNodes: 0, seenValues: [] }],
  })
})
