import { expect, it } from 'vitest'
import { nearestMiss, prepareDaemonSet } from '#placement/placement.ts'
import { daemonSet, node, withTerms } from './build.ts'

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

it('has nothing to compare with when there are no nodes', () => {
  const miss = nearestMiss(prepareDaemonSet(daemonSet({ nodeName: 'n1' })), [])
  expect(miss).toMatchObject({
    nearest: null,
    demands: [{ rule: 'nodeName', matchingNodes: 0, seenValues: [] }],
  })
})
