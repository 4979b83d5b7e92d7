import { describe, expect, it } from 'vitest'
import { overheadOf } from '#controller/overhead.ts'
import type { PodSpec } from '#kube/types.ts'
import { manifest, node, taint } from '../helpers/snapshot.ts'

const asking = (name: string, spec: PodSpec) => {
  const daemonSet = { ...manifest(spec), metadata: { name, namespace: 'n' } }
  return { daemonSet, spec: daemonSet.spec?.template?.spec }
}
const container = (requests: Record<string, string> | undefined, more: object = {}): PodSpec => ({
  containers: [{ name: 'c', ...(requests && { resources: { requests } }), ...more }],
})
const small = { status: { allocatable: { cpu: '2', memory: '4Gi', pods: '10' } } }

describe('overhead', () => {
  const result = overheadOf(
    [
      asking('light', container({ cpu: '100m' })),
      asking('heavy', { ...container({ cpu: '1', 'example.com/card': '1' }), nodeSelector: { pool: 'x' } }),
      asking('silent', container(undefined)),
    ],
    [
      node('a', {}, { pool: 'x' }),
      node('b', {}, { pool: 'x' }),
      node('c'),
      node('d', { ...small, ...taint('NoSchedule') }),
      node('e', small),
      node('f', { status: {} }),
    ],
    { labels: ['pool'] },
  )

  it('sorts DaemonSets by what they ask of all nodes', () => {
    expect(result.daemonSets.map(({ daemonSet, nodes }) => [daemonSet.name, nodes])).toEqual([
      ['heavy', 2],
      ['light', 5],
      ['silent', 5],
    ])
  })

  it('sorts nodes into classes by size, labels and what runs there, the largest share first', () => {
    expect(
      result.classes.map(({ names, labels, runs, share }) => [names.join(), labels[0], runs.join(), share]),
    ).toEqual([
      // They have none of what one asks for.
      ['a,b', 'x', '0,1,2', Number.POSITIVE_INFINITY],
      ['e', null, '1,2', 0.2],
      ['c', null, '1,2', 0.025],
      ['d', null, '', 0],
      ['f', null, '1,2', 0],
    ])
  })

  it('takes nodes for equal that say the same in other words', () => {
    const sized = (name: string, allocatable: Record<string, string>) =>
      node(name, { status: { allocatable } })
    const { classes } = overheadOf(
      [asking('light', container({ cpu: '100m' }))],
      [
        sized('a', { cpu: '2', memory: '1Gi' }),
        sized('b', { cpu: '2000m', memory: '1024Mi', pods: '0' }),
        sized('c', { cpu: '1', memory: '1Gi' }),
        sized('d', { memory: '1Gi' }),
        sized('e', { cpu: 'many', memory: '1Gi' }),
        node('f', { status: {} }),
      ],
    )
    expect(classes.map(({ names }) => names.join()).sort()).toEqual(['a,b', 'c', 'd,e', 'f'])
  })

  it('adds up', () => {
    expect(Object.fromEntries(result.total)).toEqual({ cpu: 2500, 'example.com/card': 2, pods: 12 })
  })

  it('names containers that ask for nothing, unless the pod does', () => {
    const unset = (spec: PodSpec) => overheadOf([asking('x', spec)], [], {}).daemonSets[0]?.unset
    expect(unset(container(undefined))).toEqual([{ container: 'c', resources: ['cpu', 'memory'] }])
    expect(unset(container({ cpu: '1' }))).toEqual([{ container: 'c', resources: ['memory'] }])
    expect(unset(container(undefined, { resources: { limits: { cpu: '1', memory: '1' } } }))).toEqual([])
    expect(unset({ ...container(undefined), resources: { requests: { cpu: '1', memory: '1' } } })).toEqual([])
  })
})
