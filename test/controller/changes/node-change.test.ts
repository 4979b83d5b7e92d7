import { describe, expect, it } from 'vitest'
import type { PlanChangesInput } from '#controller/changes/plan-changes.ts'
import type { Pod } from '#kube/types.ts'
import { image, manifest, node, plan, pod, surge, taint } from '../../helpers/snapshot.ts'

const fresh = manifest(image('i:2'))
const onDelete = { updateStrategy: { type: 'OnDelete' } }
const named = (one: Pod, name: string): Pod => ({ ...one, metadata: { ...one.metadata, name } })
const leaving = { metadata: { name: 'leaving', deletionTimestamp: '2026-01-01T11:00:00Z' } }
const ended = (phase: string) => pod('n1', { status: { phase } })
const untolerated = (effect: string) => `taint k:${effect} is not tolerated`

describe('what becomes of a node, and why', () => {
  it.each<[string, Partial<PlanChangesInput>, string, string, string[]]>([
    ['a pod up to date', { pods: [pod('n1')] }, 'keep', 'up to date', ['agent-n1']],
    [
      'a pod up to date, and another',
      { pods: [pod('n1'), named(pod('n1'), 'second')] },
      'keep',
      'one pod stays, the others are deleted',
      ['agent-n1', 'second'],
    ],
    [
      'a pod up to date, and another on its way out',
      { pods: [pod('n1'), pod('n1', leaving)] },
      'keep',
      'up to date',
      ['agent-n1'],
    ],
    ['no pod', {}, 'gain', 'no pod yet', []],
    ['a pod on its way out', { pods: [pod('n1', leaving)] }, 'gain', 'terminating, will be recreated', []],
    ['an old pod', { daemonSet: fresh, pods: [pod('n1')] }, 'replace', 'outdated pod', ['agent-n1']],
    [
      'an old pod, with surge',
      { daemonSet: manifest(image('i:2'), surge), pods: [pod('n1')] },
      'replace',
      'outdated pod',
      ['agent-n1'],
    ],
    [
      'an old pod, with OnDelete',
      { daemonSet: manifest(image('i:2'), onDelete), pods: [pod('n1')] },
      'keep',
      'outdated pod (OnDelete)',
      ['agent-n1'],
    ],
    ['a pod that has failed', { pods: [ended('Failed')] }, 'replace', 'pod has ended', ['agent-n1']],
    ['a pod that has succeeded', { pods: [ended('Succeeded')] }, 'replace', 'pod has ended', ['agent-n1']],
    [
      'no pod, and none needed',
      { nodes: [node('n1', taint('NoSchedule'))] },
      'none',
      untolerated('NoSchedule'),
      [],
    ],
    [
      'a pod that may stay',
      { nodes: [node('n1', taint('NoSchedule'))], pods: [pod('n1')] },
      'left-over',
      untolerated('NoSchedule'),
      ['agent-n1'],
    ],
    [
      'a pod that may not stay',
      { nodes: [node('n1', taint('NoExecute'))], pods: [pod('n1')] },
      'lose',
      untolerated('NoExecute'),
      ['agent-n1'],
    ],
    [
      'an old pod that might stay',
      { daemonSet: fresh, nodes: [node('n1', taint('NoSchedule'))], pods: [pod('n1')] },
      'lose',
      `pod is deleted and not recreated: ${untolerated('NoSchedule')}`,
      ['agent-n1'],
    ],
    [
      'a pod that has failed where none is started',
      { nodes: [node('n1', taint('NoSchedule'))], pods: [ended('Failed')] },
      'lose',
      `pod has ended and is not recreated: ${untolerated('NoSchedule')}`,
      ['agent-n1'],
    ],
    [
      'a pod on its way out where none is wanted',
      { nodes: [node('n1', taint('NoSchedule'))], pods: [pod('n1', leaving)] },
      'none',
      untolerated('NoSchedule'),
      [],
    ],
  ])('%s', (_, input, change, reason, pods) => {
    const { changes } = plan({ nodes: [node('n1')], ...input })
    expect(changes).toHaveLength(1)
    expect(changes[0]).toMatchObject({ node: 'n1', change, pods, reason })
  })

  it('is told of a node that the rules of its namespace leave out', () => {
    const namespaces = [{ metadata: { name: 'n', annotations: { 'openshift.io/node-selector': 'zone=a' } } }]
    expect(plan({ nodes: [node('n1')], namespaces }).changes).toEqual([
      {
        node: 'n1',
        change: 'none',
        outcome: 'not-targeted',
        pods: [],
        reason: "the node does not match the namespace's openshift.io/node-selector: zone=a",
      },
    ])
  })
})

describe('whether there is room for the pod', () => {
  const tenant = (cpu: string): Pod => ({
    metadata: { name: 'x', namespace: 'o' },
    spec: { nodeName: 'n1', containers: [{ resources: { requests: { cpu } } }] },
  })

  it('is told of a pod that is started, and of no other', () => {
    const { changes } = plan({ nodes: [node('n1'), node('n2')], pods: [pod('n2')] })
    expect(changes[0]).toMatchObject({ change: 'gain', fit: { fits: true } })
    expect(changes[0]).not.toHaveProperty('replaces')
    expect(changes[1]).not.toHaveProperty('fit')
  })

  it('is judged without the old pod, or beside it with surge', () => {
    const given = { nodes: [node('n1')], pods: [pod('n1'), tenant('3')] }
    expect(plan({ ...given, daemonSet: fresh }).changes[0]).toMatchObject({
      change: 'replace',
      fit: { fits: true },
    })
    expect(plan({ ...given, daemonSet: manifest(image('i:2'), surge) }).changes[0]).toMatchObject({
      change: 'unplaceable',
      replaces: true,
      reason: 'cpu: needs 1, only 0 of 4 free',
      fit: { fits: false },
    })
  })

  it('does not matter where admission refuses the pod', () => {
    const annotations = { 'scheduler.alpha.kubernetes.io/node-selector': 'zone=a' }
    const namespaces = [{ metadata: { name: 'n', annotations } }]
    expect(plan({ nodes: [node('n1')], pods: [tenant('4')], namespaces }).changes[0]).toMatchObject({
      change: 'unplaceable',
      replaces: false,
      reason:
        "the pod stays Pending: the node does not match the namespace's scheduler.alpha.kubernetes.io/node-selector: zone=a",
    })
  })
})
