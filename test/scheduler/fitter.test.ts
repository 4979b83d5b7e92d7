import { describe, expect, it } from 'vitest'
import type { DaemonSet, Node, Pod, PodSpec } from '#kube/types.ts'
import { Fitter, type FitterInput } from '#scheduler/fitter.ts'

/** Nodes of two cores, in two zones. */
const node = (name: string, zone = 'a'): Node => ({
  metadata: { name, labels: { zone } },
  status: { allocatable: { cpu: '2', pods: '10' } },
})
const uses = (cpu: string): PodSpec => ({ containers: [{ name: 'c', resources: { requests: { cpu } } }] })
const ownedBy = (kind: string, uid: string) => [{ kind, name: kind, uid, controller: true }]

const pod = (name: string, on: string, cpu: string, more: Partial<Pod> = {}): Pod => ({
  ...more,
  metadata: { name, namespace: 'n', ...more.metadata },
  spec: { nodeName: on, priority: 0, ...uses(cpu), ...more.spec },
})

/** One that evicts, and wants no second of its kind in a zone. */
const daemonSet = (spec: PodSpec = {}): DaemonSet => ({
  metadata: { name: 'a', namespace: 'n', uid: 'ds' },
  spec: { template: { metadata: { labels: { app: 'a' } }, spec: { priority: 9, ...uses('1'), ...spec } } },
})
const alone: PodSpec = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'a' } } },
      ],
    },
  },
}
const fitter = (pods: Pod[], spec?: PodSpec, more: Partial<FitterInput> = {}) =>
  new Fitter({ daemonSet: daemonSet(spec), pods, nodes: [node('n1'), node('n2')], ...more })

describe('a scheduler that remembers what it has done', () => {
  it('finds no room where it has put a pod of its own beside', () => {
    const filled = fitter([pod('other', 'n1', '1')], alone)
    expect(filled.start(node('n1')).fits).toBe(true)
    expect(filled.judge(node('n2'))).toMatchObject({
      fits: false,
      message: expect.stringContaining('anti-affinity'),
    })
  })

  it('forgets a pod that ends, and only that', () => {
    const old = pod('old', 'n1', '1', {
      metadata: { name: 'old', labels: { app: 'a' }, ownerReferences: ownedBy('DaemonSet', 'ds') },
    })
    const stranger = pod('stranger', 'n1', '1', { metadata: { name: 'stranger', labels: { app: 'a' } } })
    const both = fitter([old, stranger], alone)
    both.end(node('n1'), old)
    expect(both.judge(node('n2')).fits).toBe(false)
    both.end(node('n1'), stranger)
    expect(both.judge(node('n2')).fits).toBe(true)
    both.start(node('n1'))
    expect(both.judge(node('n2')).fits).toBe(false)
    both.end(node('n1'), undefined)
    expect(both.judge(node('n2')).fits).toBe(true)
  })

  it('puts no pod where it cannot start', () => {
    const full = fitter([pod('equal', 'n1', '2', { spec: { priority: 9 } })], alone)
    expect(full.start(node('n1'))).toMatchObject({ fits: false, couldPreempt: false })
    expect(full.judge(node('n2')).fits).toBe(true)
  })

  it('finds where others have gone', () => {
    const peer = pod('peer', 'n1', '2', { metadata: { name: 'peer', labels: { app: 'a' } } })
    const evicting = fitter([peer], alone)
    expect(evicting.start(node('n1'))).toMatchObject({ couldPreempt: true })
    evicting.leave(node('n1'))
    expect(evicting.judge(node('n2')).fits).toBe(true)
  })

  it('forgets all of its own that leave a node', () => {
    const left = fitter([], alone)
    left.start(node('n1'))
    left.leave(node('n1'))
    expect(left.judge(node('n2')).fits).toBe(true)
  })

  it('gives the room of the evicted away once, and counts those that come back', () => {
    const evicted = fitter([
      pod('batch', 'n1', '1'),
      pod('other-agent', 'n1', '1', {
        metadata: { name: 'other-agent', ownerReferences: ownedBy('DaemonSet', 'other') },
      }),
    ])
    expect(evicted.start(node('n1'), true).evicts).toHaveLength(1)
    expect(evicted.start(node('n1'), true).evicts).toHaveLength(1)
    expect(evicted.evictedDaemonPods).toBe(1)
    const forBatch = fitter([pod('batch', 'n1', '2')])
    expect(forBatch.start(node('n1')).evicts).toHaveLength(1)
    expect(forBatch.evictedDaemonPods).toBe(0)
    expect(evicted.start(node('n1'), true)).toMatchObject({ fits: false, couldPreempt: false })
  })

  it('lets the old pod make room, unless it is to stay', () => {
    const old = pod('old', 'n1', '2', {
      metadata: { name: 'old', ownerReferences: ownedBy('DaemonSet', 'ds') },
      spec: { priority: 9 },
    })
    expect(fitter([old]).judge(node('n1')).fits).toBe(true)
    expect(fitter([old]).judge(node('n1'), true).fits).toBe(false)
    expect(fitter([old]).start(node('n1')).fits).toBe(true)
    expect(fitter([old]).start(node('n1'), true).fits).toBe(false)
  })

  it('keeps room for a pod of the same priority that is nominated, not for a lesser one', () => {
    const nominated = (priority: number) =>
      pod('waiting', '', '2', {
        spec: { nodeName: undefined, priority },
        status: { nominatedNodeName: 'n1' },
      })
    expect(fitter([nominated(9)]).judge(node('n1')).fits).toBe(false)
    expect(fitter([nominated(8)]).judge(node('n1')).fits).toBe(true)
  })

  it('says that budgets are not known only where somebody is evicted', () => {
    const unknown = 'PodDisruptionBudgets are not known: they may protect some of the pods that are evicted'
    const full = [pod('batch', 'n1', '2')]
    expect(fitter(full).judge(node('n1')).unknown).toEqual([unknown])
    expect(fitter(full, {}, { disruptionBudgets: [] }).judge(node('n1')).unknown).toEqual([])
    expect(fitter([]).judge(node('n1')).unknown).toEqual([])
  })
})
