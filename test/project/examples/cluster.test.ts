import { describe, expect, it } from 'vitest'
import { nameOf, poolOf, readNodes } from './read-example.ts'

const nodes = readNodes()

function countBy(values: readonly string[]) {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

const taintsOf = (node: (typeof nodes)[number]) =>
  (node.spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)

const readyOf = (node: (typeof nodes)[number]) =>
  node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status

describe('the example cluster', () => {
  it('has 40 nodes of different names, listed by name', () => {
    const names = nodes.map(nameOf)
    expect(new Set(names).size).toBe(40)
    expect(names).toEqual(names.toSorted())
  })

  it('has these pools', () => {
    expect(countBy(nodes.map(poolOf))).toEqual({
      'control-plane': 3,
      general: 16,
      spot: 3,
      'spot-batch': 3,
      gpu: 4,
      windows: 3,
      arm64: 4,
      ingest: 3,
      virtual: 1,
    })
  })

  it('stands in three zones, but for the serverless node', () => {
    const zones = nodes.map((node) => node.metadata?.labels?.['topology.kubernetes.io/zone'] ?? 'none')
    expect(countBy(zones)).toEqual({ 'eu-west-1a': 15, 'eu-west-1b': 13, 'eu-west-1c': 11, none: 1 })
  })

  it('has these taints, each pool its own and four nodes one that tells of their state', () => {
    expect(countBy(nodes.flatMap(taintsOf))).toEqual({
      'node-role.kubernetes.io/control-plane:NoSchedule': 3,
      'node.example.com/spot=true:NoSchedule': 3,
      'nvidia.com/gpu=present:NoSchedule': 4,
      'os=windows:NoSchedule': 3,
      'dedicated=ingest:NoExecute': 3,
      'virtual-kubelet.io/provider=fargate:NoSchedule': 1,
      'node.kubernetes.io/unschedulable:NoSchedule': 1,
      'node.kubernetes.io/unreachable:NoSchedule': 1,
      'node.kubernetes.io/unreachable:NoExecute': 1,
      'node.kubernetes.io/not-ready:NoSchedule': 1,
      'node.example.com/maintenance=kernel:NoSchedule': 1,
    })
  })

  it('has one cordoned node', () => {
    const cordoned = nodes.filter((node) => node.spec?.unschedulable)
    expect(cordoned.map(taintsOf)).toEqual([['node.kubernetes.io/unschedulable:NoSchedule']])
  })

  it('has one node that fell silent and one that has just joined; the others are ready', () => {
    expect(countBy(nodes.map((node) => readyOf(node) ?? 'absent'))).toEqual({
      True: 38,
      Unknown: 1,
      False: 1,
    })
    const silent = nodes.find((node) => readyOf(node) === 'Unknown')
    expect(silent?.spec?.taints?.every((taint) => taint.timeAdded)).toBe(true)
    const joined = nodes.find((node) => readyOf(node) === 'False')
    expect(joined && taintsOf(joined)).toEqual(['node.kubernetes.io/not-ready:NoSchedule'])
  })
})
