import { expect, it } from 'vitest'
import type { DaemonSet, Node } from '#kube/types.ts'
import { NodeTable } from '#placement/node-table.ts'
import { explain, explainAll, prepareDaemonSet } from '#placement/placement.ts'
import { daemonSet, node, withTerms } from './build.ts'

const gpu = { key: 'gpu', value: 'a', effect: 'NoSchedule' }
/** Three zones, four disks (of which one is none at all), tainted or not; each kind three times, mixed. */
const nodes: readonly Node[] = Array.from({ length: 72 }, (_, i) => {
  const disk = Math.floor(i / 3) % 4
  const labels = { zone: `z${i % 3}`, ...(disk === 0 ? {} : { disk: `d${disk}` }), rack: `${i}` }
  return node(`n${i}`, labels, Math.floor(i / 12) % 2 === 0 ? [gpu] : [])
})

/** How many different decisions there are over the nodes, which must be right for each of them. */
function decisions(one: DaemonSet, on = nodes): number {
  const prepared = prepareDaemonSet(one)
  const all = explainAll(prepared, on).all()
  expect(all).toEqual(on.map((each) => explain(prepared, each)))
  return new Set(all).size
}

it.each<[string, DaemonSet, number]>([
  ['nothing but taints', daemonSet({}), 2],
  ['one label', daemonSet({ nodeSelector: { zone: 'z1' } }), 2 * 3],
  ['two labels', daemonSet({ nodeSelector: { zone: 'z1', disk: 'd2' } }), 2 * 3 * 4],
  ['a label that all nodes lack', daemonSet({ nodeSelector: { other: 'x', zone: 'z1' } }), 2 * 3],
  [
    'labels of affinity and of the selector',
    daemonSet({ nodeSelector: { zone: 'z1' }, affinity: withDisk() }),
    2 * 3 * 4,
  ],
  ['names', withTerms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }), 72],
  ['a name and labels', daemonSet({ nodeName: 'n1', nodeSelector: { zone: 'z1' } }), 72],
  ['labels that no two nodes share', daemonSet({ nodeSelector: { rack: '1', zone: 'z1' } }), 72],
])('nodes that look alike share a decision: a DaemonSet that asks %s', (_, one, wanted) => {
  expect(decisions(one)).toBe(wanted)
})

const fields = (operator: string, value: string) => ({
  matchFields: [{ key: 'metadata.name', operator, values: [value] }],
})
const racks = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: 'rack', operator, values }],
})

it.each<[string, DaemonSet, number]>([
  ['nothing but taints', daemonSet({}), 2],
  ['one of many values', daemonSet({ nodeSelector: { rack: '1' } }), 2 + 1],
  ['a value that no node has', daemonSet({ nodeSelector: { rack: 'none' } }), 2],
  ['for none of some values', withTerms(racks('NotIn', '1', '2')), 2 + 1],
  ['for a number above another', withTerms(racks('Gt', '30')), 2 * 2],
  ['one name', withTerms(fields('In', 'n1')), 2 + 1],
  ['for two names, in terms of their own', withTerms(fields('In', 'n1'), fields('In', 'n70')), 2 + 2],
  ['a name and a label', daemonSet({ nodeName: 'n1', nodeSelector: { zone: 'z1' } }), 2 * 2 + 1],
  ['no taint', daemonSet({ tolerations: [{ operator: 'Exists' }] }), 1],
])(
  'as many kinds of nodes as rules tell apart, whatever their values: a DaemonSet that asks %s',
  (_, one, wanted) => {
    expect(new NodeTable(nodes).kinds(prepareDaemonSet(one)).size).toBe(wanted)
  },
)

function withDisk() {
  return withTerms({ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }).spec?.template?.spec?.affinity
}

it('nodes look alike when they differ in what a taint does not say', () => {
  const written = [
    [{ key: 'gpu', effect: 'NoSchedule' }],
    [{ effect: 'NoSchedule', key: 'gpu', value: null as never, timeAdded: '2026-11-20T20:37:13Z' }],
    [{ key: 'gpu', value: '', effect: 'NoSchedule' }],
    [{ key: 'gpu', value: 'a', effect: 'NoSchedule' }],
  ].map((taints, i) => node(`n${i}`, {}, taints))
  expect(decisions(daemonSet({}), [...written, {}, { spec: { taints: [] } }, { spec: {} }])).toBe(3)
})

it('DaemonSets that look at the same labels share what was found about them', () => {
  const table = new NodeTable(nodes)
  const shapes = (nodeSelector: Record<string, string>) =>
    table.shapes(prepareDaemonSet(daemonSet({ nodeSelector })))
  expect(shapes({ zone: 'a', disk: 'b' })).toBe(shapes({ disk: 'c', zone: 'd' }))
  expect(shapes({ zone: 'a' })).not.toBe(shapes({ disk: 'a' }))
})

it('a list of nodes serves many DaemonSets, whatever their labels are called', () => {
  const odd = [node('n1', { a: '1', 'b label c': '1' }), node('n2', { a: '1', b: '1', c: '1' }), node('', {})]
  expect(decisions(daemonSet({ nodeSelector: { a: '1', 'b label c': '1' } }), odd)).toBe(3)
  expect(decisions(daemonSet({ nodeSelector: { a: '1', b: '1', c: '1' } }), odd)).toBe(3)
  expect(decisions(daemonSet({ nodeName: '' }), odd)).toBe(1)
})
