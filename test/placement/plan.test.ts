import { describe, expect, it } from 'vitest'
import type { DaemonSet, Node } from '#kube/types.ts'
import { groupTitle } from '#placement/placement.ts'
import { planPlacement } from '#placement/plan.ts'
import { daemonSet, node, requiring } from './build.ts'

const spot = { key: 'spot', effect: 'NoSchedule' }
const gpu = { key: 'gpu', value: 'a', effect: 'NoSchedule' }
const drained = { key: 'drained', effect: 'NoExecute' }

const plan = (one: DaemonSet, nodes: readonly Node[]) => planPlacement(one, nodes, 'default')

/** Each group in a line: result, deciding reasons, others with their number, nodes. */
const groups = (one: DaemonSet, nodes: readonly Node[]) =>
  plan(one, nodes).groups.map(({ result, reasons, also, nodes: members }) => [
    result,
    reasons.map(groupTitle).join(', '),
    also.map(({ reason, nodes: count }) => `${count} ${groupTitle(reason)}`).join(', '),
    [...members.names].join(' '),
  ])

describe('nodes are grouped by result and by what made it', () => {
  const ssd = daemonSet({ nodeSelector: { disk: 'ssd' } })

  it('run first, then stay, then no, the larger group first', () => {
    expect(
      groups(ssd, [
        node('a', {}),
        node('b', { disk: 'hdd' }),
        node('c', { disk: 'tape' }),
        node('d', { disk: 'ssd' }, [spot]),
        node('e', { disk: 'ssd' }),
        node('f', { disk: 'ssd' }, [drained]),
      ]),
    ).toEqual([
      ['run', '', '', 'e'],
      ['stay', 'taint spot:NoSchedule', '', 'd'],
      ['no', 'label disk is not "ssd"', '', 'b c'],
      ['no', 'no label disk', '', 'a'],
      ['no', 'taint drained:NoExecute', '', 'f'],
    ])
  })

  it('taints that only stop new pods do not part what may not run anyway, and are counted', () => {
    expect(
      groups(ssd, [
        node('a', {}, [spot]),
        node('b', {}),
        node('c', {}, [gpu, spot]),
        node('d', {}, [spot]),
        node('e', {}, [gpu]),
      ]),
    ).toEqual([['no', 'no label disk', '3 taint spot:NoSchedule, 2 taint gpu=a:NoSchedule', 'a b c d e']])
  })

  it('the rarer of such taints comes last, wherever it is met', () => {
    expect(groups(ssd, [node('a', {}, [gpu]), node('b', {}, [spot]), node('c', {}, [spot])])).toEqual([
      ['no', 'no label disk', '2 taint spot:NoSchedule, 1 taint gpu=a:NoSchedule', 'a b c'],
    ])
  })

  it('but they decide where a pod would stay', () => {
    expect(
      groups(daemonSet({}), [node('a', {}, [spot]), node('b', {}, [gpu, spot]), node('c', {}, [gpu])]),
    ).toEqual([
      ['stay', 'taint spot:NoSchedule', '', 'a'],
      ['stay', 'taint gpu=a:NoSchedule, taint spot:NoSchedule', '', 'b'],
      ['stay', 'taint gpu=a:NoSchedule', '', 'c'],
    ])
  })

  it('a taint that ends pods and one that stops new ones: the first decides', () => {
    expect(groups(daemonSet({}), [node('a', {}, [spot, drained])])).toEqual([
      ['no', 'taint drained:NoExecute', '1 taint spot:NoSchedule', 'a'],
    ])
  })

  it('by the name that is asked for, and by what fails of affinity', () => {
    const one = daemonSet({
      nodeName: 'a',
      affinity: requiring(
        { matchExpressions: [{ key: 'zone', operator: 'Exists' }] },
        {
          matchExpressions: [
            { key: 'disk', operator: 'In', values: ['ssd'] },
            { key: 'os', operator: 'In', values: ['linux'] },
          ],
        },
        { matchExpressions: [{ key: 'zone', operator: 'Exists' }] },
        {},
      ),
    })
    expect(groups(one, [node('a', { disk: 'hdd' }), node('b', { zone: '1' })])).toEqual([
      ['no', 'affinity: not zone; or not disk in (ssd) and no label os (wants os in (linux))', '', 'a'],
      ['no', 'node name is not "a"', '', 'b'],
    ])
  })

  it('by the message, when no term of affinity is usable', () => {
    expect(groups(daemonSet({ affinity: requiring() }), [node('a')])).toEqual([
      ['no', 'node affinity has no terms and matches no node', '', 'a'],
    ])
  })
})

describe('a plan', () => {
  const nodes = [node('a', {}, [spot]), node('b', {}, [drained]), {}, node('c')]

  it('has every node in the order given, with its result, and counts them', () => {
    const { nodes: planned, count } = plan(daemonSet({}), nodes)
    expect([...planned.names]).toEqual(['a', 'b', '', 'c'])
    expect(Array.from(planned, ({ name, result }) => [name, result])).toEqual([
      ['a', 'stay'],
      ['b', 'no'],
      ['', 'run'],
      ['c', 'run'],
    ])
    expect(Array.from(planned, (one) => one.node)).toEqual(nodes)
    expect(planned.objects).toEqual(nodes)
    expect(count).toEqual({ run: 2, stay: 1, no: 1 })
  })

  it('looks for the nearest node only when none runs the DaemonSet', () => {
    expect(plan(daemonSet({}), nodes).nearestMiss).toBeNull()
    expect(plan(daemonSet({}), nodes.slice(0, 2)).nearestMiss?.nearest).toMatchObject({
      nodeName: 'a',
      others: 1,
    })
    expect(plan(daemonSet({}), []).nearestMiss).toEqual({ demands: [], nearest: null })
  })

  it.each<[object | null, object]>([
    [
      { name: 'agent', namespace: 'kube-system' },
      { name: 'agent', namespace: 'kube-system' },
    ],
    [{ name: 'agent' }, { name: 'agent', namespace: 'default' }],
    [
      { name: 'agent', namespace: '' },
      { name: 'agent', namespace: 'default' },
    ],
    [{ generateName: 'agent-' }, { name: 'agent-', namespace: 'default' }],
    [null, { name: '', namespace: 'default' }],
  ])('of a DaemonSet with metadata %j is called %j', (metadata, called) => {
    const one = { metadata } as DaemonSet
    expect(plan(one, [])).toMatchObject({ daemonSet: called, source: one })
  })

  it('hands on the warnings, and the feature gate', () => {
    const one = daemonSet({ tolerations: [{ key: 'level', operator: 'Gt', value: '3' }] })
    const tainted = [node('a', {}, [{ key: 'level', value: '4', effect: 'NoSchedule' }])]
    expect(plan(one, tainted)).toMatchObject({
      warnings: [{ code: 'DisabledTolerationOperator' }],
      count: { stay: 1 },
    })
    expect(planPlacement(one, tainted, '', { comparisonOperators: true })).toMatchObject({
      warnings: [],
      count: { run: 1 },
    })
  })
})
