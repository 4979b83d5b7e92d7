import { describe, expect, it } from 'vitest'
import type { Pod } from '#kube/types.ts'
import { blockedNotes } from '#views/plan/blocked.ts'
import { foreign, image, manifest, node, plan, pod, surge } from '../../helpers/snapshot.ts'

describe('a plan', () => {
  it('has others evicted for a pod beside an old one that is not ready, as the scheduler does not wait for that to go', () => {
    const nodes = [node('n1', { status: { allocatable: { cpu: '4', pods: '2' } } })]
    const old = pod('n1', { status: { phase: 'Running' } })
    const lower = { ...foreign, spec: { ...foreign.spec, priority: -10 } }
    const result = plan({ daemonSet: manifest(image('i:2'), surge), nodes, pods: [old, lower] })
    expect(result.changes).toMatchObject([
      { change: 'replace', fit: { fits: false, evicts: [{ name: 'x' }], reasons: ['Too many pods'] } },
    ])
  })

  it('sees that admission sends pods to some nodes only, as a RuntimeClass does', () => {
    const nodes = [node('n1', {}, { pool: 'a' }), node('n2', {}, { pool: 'b' }), node('n3')]
    const admittedSpec = { ...image('i:1'), nodeSelector: { pool: 'a' } }
    const { changes, kinds } = plan({ daemonSets: [], nodes, admittedSpec })
    expect(kinds).toEqual({ n1: 'gain', n2: 'unplaceable', n3: 'unplaceable' })
    expect(changes[1]).toMatchObject({
      reason: 'the pod asks for nodes with label pool=a',
      fit: {
        reasons: ["node(s) didn't match Pod's node affinity/selector"],
        preemption: ['Preemption is not helpful for scheduling'],
      },
    })
  })

  it('says that the update is blocked where pods that find no room use up its budget before any is replaced', () => {
    const small = node('n1', { status: { allocatable: { cpu: '1', pods: '1' } } })
    const daemonSet = manifest(image('i:2'))
    const result = plan({ daemonSet, nodes: [small, node('n2')], pods: [foreign, pod('n2')] })
    expect(result.kinds).toEqual({ n1: 'unplaceable', n2: 'replace' })
    expect(result.budget).toMatchObject({ allowed: 1, usedBy: ['n1'] })
    expect(blockedNotes(result, { namespace: 'n', name: 'agent' })).toEqual([
      'The update is blocked: maxUnavailable 1 is used up by 1 pod without room on n1. Way out: make room, or raise maxUnavailable.',
    ])
    // The old pod serves until it is its turn.
    const last = plan({ daemonSet, nodes: [small, node('n2')], pods: [foreign, pod('n1'), pod('n2')] })
    expect(last).toMatchObject({ kinds: { n1: 'unplaceable' }, budget: { usedBy: [] } })
  })

  it('does not ask for budgets of pods that are going anyway', () => {
    const small = node('n1', { status: { allocatable: { cpu: '4', pods: '1' } } })
    const going = { ...foreign, metadata: { ...foreign.metadata, deletionTimestamp: '2026-01-01T12:00:00Z' } }
    const daemonSet = manifest({ ...image('i:1'), priority: 5 })
    const judged = (one: Pod) =>
      plan({ daemonSets: [], daemonSet, nodes: [small], pods: [one] }).changes[0]?.fit
    expect(judged(foreign)).toMatchObject({ couldPreempt: true, evicts: [{ name: 'x' }] })
    expect(judged(foreign)?.unknown).toHaveLength(1)
    expect(judged(going)).toMatchObject({ couldPreempt: true, evicts: [], unknown: [] })
  })
})
