import { describe, expect, it } from 'vitest'
import { startOf } from '#controller/simulate/start.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { current, daemonSet, node, now, play, podFor, podOn, ready, secondsAgo, unready } from './scene.ts'

const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at + 1}`)
const n1 = [node('n1')]
const renamed = (name: string, one: Pod): Pod => ({ ...one, metadata: { ...one.metadata, name } })

describe('syncs of the controller', () => {
  it('make more pods than one may send in one moment', () => {
    const nodes = names(600).map((name) => node(name))
    const { waves, totalSeconds, end } = play({ nodes, pods: [] })
    expect(waves.map((wave) => [wave.startSeconds, wave.nodes.length])).toEqual([[0, 600]])
    expect([totalSeconds, end.state]).toEqual([20, 'done'])
  })

  it('remove more pods than one may send in one moment', () => {
    const nodes = names(600).map(
      (name): Node => ({ ...node(name), spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } }),
    )
    const { totalSeconds, end } = play({ nodes })
    expect([totalSeconds, end.state, end.counters.misscheduled]).toEqual([10, 'nothing-desired', 0])
  })

  it('wait a second before a second failed pod of a node is removed', () => {
    const pods = [podOn('n1', { phase: 'Failed' }), renamed('other', podOn('n1', { phase: 'Failed' }))]
    expect(play({ daemonSet: current, nodes: n1, pods })).toMatchObject({
      totalSeconds: 21,
      end: { state: 'done' },
    })
  })

  it('that have no end are a defect, and throw', () => {
    const { rollout } = startOf({ daemonSet: daemonSet(1), nodes: n1, now })
    expect(() => rollout.run(0)).toThrow('the roll-out has not finished in 0 syncs')
    expect(() => startOf({ daemonSet: daemonSet(1), nodes: n1, now }).rollout.run(4)).not.toThrow()
  })

  it('serve nodes in one order, those that wait after those that began to wait later', () => {
    const nodes = names(6).map((name) => node(name))
    const order = (pods: Pod[]) => play({ nodes, pods, seed: 5 }).waves.flatMap((wave) => wave.nodes)
    const all = order(names(6).map((name) => podOn(name)))
    expect(all.toSorted()).toEqual(names(6))
    const first = all[0] ?? ''
    const late = names(6).map((name) =>
      podOn(name, name === first ? unready() : ready(), { creationTimestamp: secondsAgo(0) }),
    )
    expect(order(late)[0]).toBe(first)
  })
})

describe('a surge', () => {
  const asking = (image: string) => ({
    containers: [{ name: 'c', image, resources: { requests: { cpu: '1' } } }],
  })
  const small: Node = {
    ...node('n1'),
    status: { ...node('n1').status, allocatable: { cpu: '1', pods: '9' } },
  }
  const fresh = (image: string): DaemonSet => daemonSet(0, 1, {}, asking(image))
  const old = (status: Pod['status']): Pod => {
    const one = podOn('n1', status)
    return { ...one, spec: { ...one.spec, ...asking('i:1') } }
  }

  it('finds no room beside a pod that serves', () => {
    const { end } = play({ daemonSet: fresh('i:2'), nodes: [small], pods: [old(ready())] })
    expect(end).toMatchObject({ state: 'stuck', holds: [{ cause: 'unplaceable', usesBudget: true }] })
    expect(end.holds[0]?.message).toBe('the new pod of fluentd on n1: cpu: needs 1, only 0 of 1 free')
  })

  it('takes the room that a pod leaves which does not serve', () => {
    const { totalSeconds, end } = play({ daemonSet: fresh('i:2'), nodes: [small], pods: [old(unready())] })
    expect([totalSeconds, end.state]).toEqual([30, 'done'])
  })

  it('does not wait for a pod that is leaving', () => {
    const leaving = podOn('n1', ready(), { deletionTimestamp: secondsAgo(1) })
    expect(play({ daemonSet: daemonSet(0, 1), nodes: n1, pods: [leaving] }).totalSeconds).toBe(20)
  })

  it('removes old pods of nodes that take none, once as many others serve', () => {
    const tainted = { ...node('n2'), spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }
    const { end, waves, minAvailable } = play({ daemonSet: daemonSet(0, 1), nodes: [node('n1'), tainted] })
    expect(end).toMatchObject({ state: 'done', counters: { desired: 1, misscheduled: 0 } })
    expect(waves.flatMap((wave) => wave.nodes).toSorted()).toEqual(['n1', 'n2'])
    expect(minAvailable).toBe(1)
  })
})

describe('pods of a node', () => {
  it('that are one too many go, and the oldest stays', () => {
    const young = renamed('young', podOn('n1', ready(), { creationTimestamp: secondsAgo(60) }))
    const { totalSeconds, end } = play({
      daemonSet: daemonSet(1, 0, { updateStrategy: { type: 'OnDelete' } }),
      nodes: n1,
      pods: [young, podOn('n1')],
    })
    expect(totalSeconds).toBe(10)
    expect(end).toMatchObject({ state: 'waits-for-delete', waiting: ['n1'] })
  })

  it('that wait for a node that takes none are gone at once', () => {
    const tainted = { ...node('n1'), spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } }
    const { totalSeconds, end } = play({ nodes: [tainted], pods: [podFor('n1', unready())] })
    expect([totalSeconds, end.counters.misscheduled]).toEqual([0, 0])
  })

  it('that are old and ready for too short are replaced at once', () => {
    const given = daemonSet(1, 0, { minReadySeconds: 60 })
    const nodes = names(2).map((name) => node(name))
    const { waves } = play({
      daemonSet: given,
      nodes,
      pods: [podOn('n1', ready(30)), podOn('n2', ready(30))],
    })
    expect(waves[0]?.nodes.toSorted()).toEqual(['n1', 'n2'])
  })

  it('keep their own state where the snapshot has another hash called old', () => {
    const template = daemonSet(1).spec?.template ?? {}
    const metadata = {
      name: 'fluentd-old',
      namespace: 'n',
      labels: { app: 'f', 'controller-revision-hash': 'old' },
      ownerReferences: [{ kind: 'DaemonSet', name: 'fluentd', uid: 'ds', controller: true }],
    }
    const revisions = [
      { metadata, data: { spec: { template: { ...template, $patch: 'replace' } } }, revision: 1 },
    ]
    const same = { ...daemonSet(1), metadata: { ...daemonSet(1).metadata, uid: 'ds' } }
    const { start } = play({ current: same, revisions: revisions as never, pods: undefined })
    expect(start.updated).toBe(0)
  })
})
