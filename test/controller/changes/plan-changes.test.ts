import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePlacement } from '#controller/changes/compare-placement.ts'
import type { PlanChangesInput } from '#controller/changes/plan-changes.ts'
import { planChanges } from '#controller/changes/plan-changes.ts'
import { randomFrom } from '#controller/simulate/shuffle.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import type { DaemonSet, Pod, PodSpec } from '#kube/types.ts'
import { runs } from '../../helpers/random-cases.ts'
import {
  foreign,
  image,
  manifest,
  node,
  now,
  plan,
  pod,
  revisions,
  stored,
  surge,
  taint,
} from '../../helpers/snapshot.ts'

/** A pod with other metadata. */
const labelled = (of: Pod, more: Pod['metadata']): Pod => ({ ...of, metadata: { ...of.metadata, ...more } })

describe('a plan against the present state', () => {
  it('of an unchanged manifest changes nothing', () => {
    const result = plan({ nodes: [node('n1'), node('n2', taint('NoSchedule'))], pods: [pod('n1')] })
    expect(result.kinds).toEqual({ n1: 'keep', n2: 'none' })
    expect(result.totals).toEqual({
      add: 0,
      replace: 0,
      remove: 0,
      unchanged: 1,
      leftOver: 0,
      evicted: 0,
      unplaceable: 0,
      desired: 1,
    })
    expect(result).toMatchObject({ isNew: false, templateChanged: false, warnings: [] })
  })

  it('of a new image replaces, gains and loses', () => {
    const tainted = [node('n3', taint('NoExecute')), node('n4', taint('NoSchedule'))]
    const nodes = [node('n1'), node('n2'), ...tainted, node('n5')]
    const pods = [pod('n1'), pod('n3'), pod('n4'), pod('n5', { status: { phase: 'Failed' } })]
    const result = plan({ daemonSet: manifest(image('i:2')), nodes, pods })
    expect(result.kinds).toEqual({ n1: 'replace', n2: 'gain', n3: 'lose', n4: 'lose', n5: 'replace' })
    expect(result.totals).toMatchObject({ add: 1, replace: 2, remove: 2, unchanged: 0, desired: 3 })
    expect(result.templateChanged).toBe(true)
    expect(result.changes[2]).toMatchObject({
      pods: ['agent-n3'],
      reason: expect.stringContaining('k:NoExecute'),
    })
  })

  it('leaves a pod over that would not be started again', () => {
    const result = plan({ nodes: [node('n1', taint('NoSchedule'))], pods: [pod('n1')] })
    expect(result.kinds).toEqual({ n1: 'left-over' })
    expect(result.totals).toMatchObject({ leftOver: 1, desired: 0 })
  })

  it('keeps old pods with OnDelete, and says that they wait', () => {
    const daemonSet = manifest(image('i:2'), { updateStrategy: { type: 'OnDelete' } })
    const result = plan({ daemonSet, nodes: [node('n1'), node('n2')], pods: [pod('n1')] })
    expect(result.kinds).toEqual({ n1: 'keep', n2: 'gain' })
    expect(result.waitsForDelete).toBe(true)
  })

  it('of a DaemonSet that is not there adds everything', () => {
    const result = plan({ daemonSets: [], nodes: [node('n1'), node('n2')] })
    expect(result).toMatchObject({ isNew: true, kinds: { n1: 'gain', n2: 'gain' }, totals: { add: 2 } })
  })

  it('marks pods that will not fit, new ones and those that replace', () => {
    const other = { ...foreign, spec: { ...foreign.spec, nodeName: 'n2' } }
    const pods = [...Array.from({ length: 4 }, () => foreign), other, pod('n2')]
    const large = manifest({
      containers: [{ name: 'c', image: 'i:2', resources: { requests: { cpu: '3500m' } } }],
    })
    const result = plan({ daemonSet: large, nodes: [node('n1'), node('n2'), node('n3')], pods })
    expect(result.kinds).toEqual({ n1: 'unplaceable', n2: 'unplaceable', n3: 'gain' })
    expect(result.totals).toMatchObject({ add: 2, replace: 1, unplaceable: 2 })
    expect(result.changes[0]).toMatchObject({ replaces: false, reason: 'cpu: needs 3500m, only 0 of 4 free' })
    expect(result.changes[1]).toMatchObject({ replaces: true, reason: 'cpu: needs 3500m, only 3 of 4 free' })
  })

  describe('where pods of lower priority are in the way', () => {
    const other = (name: string, on: string, cpu: string, priority: number): Pod => ({
      metadata: { name, namespace: 'o', labels: { app: name } },
      spec: { nodeName: on, priority, containers: [{ resources: { requests: { cpu } } }] },
      status: { phase: 'Running' },
    })
    const pods = [other('low', 'n1', '1', 1), other('lower', 'n1', '3', 0), other('high', 'n2', '4', 99)]
    const daemonSet = manifest({ priority: 50 })
    const nodes = [node('n1'), node('n2'), node('n3')]

    it('they are evicted, and the pod starts', () => {
      const { changes, totals } = plan({ daemonSets: [], daemonSet, nodes, pods, disruptionBudgets: [] })
      expect(changes).toMatchObject([
        {
          change: 'gain',
          reason: 'no pod yet',
          fit: {
            fits: false,
            couldPreempt: true,
            evicts: [{ namespace: 'o', name: 'lower', priority: 0 }],
            reasons: ['Insufficient cpu'],
            message: 'cpu: needs 1, only 0 of 4 free',
            unknown: [],
          },
        },
        {
          change: 'unplaceable',
          fit: {
            couldPreempt: false,
            evicts: [],
            preemption: ['No preemption victims found for incoming pod'],
          },
        },
        { change: 'gain', fit: { fits: true, evicts: [] } },
      ])
      expect(totals).toMatchObject({ add: 3, unplaceable: 1, evicted: 1 })
    })

    it('a budget protects one if there is another', () => {
      const budget = {
        metadata: { namespace: 'o' },
        spec: { selector: { matchLabels: { app: 'lower' } } },
        status: { disruptionsAllowed: 0 },
      }
      const evicted = (disruptionBudgets?: object[]) => {
        const { fit } = plan({ daemonSets: [], daemonSet, nodes, pods, disruptionBudgets }).changes[0] ?? {}
        return [fit?.evicts.map(({ name }) => name), fit?.unknown.length]
      }
      expect(evicted([budget])).toEqual([['low'], 0])
      expect(evicted()).toEqual([['lower'], 1])
    })

    it('those of other DaemonSets are said to come back', () => {
      const ownerReferences = [{ kind: 'DaemonSet', name: 'cni', uid: 'other', controller: true }]
      const daemons = pods.map((one) => ({ ...one, metadata: { ...one.metadata, ownerReferences } }))
      const { warnings } = plan({ daemonSets: [], daemonSet, nodes, pods: daemons, disruptionBudgets: [] })
      expect(
        warnings.filter(({ code }) => code === 'EvictedDaemonPods').map(({ message }) => message),
      ).toEqual([
        'one of the evicted pods comes back on the same node, made by another DaemonSet, and may stay Pending',
      ])
    })

    it('none is evicted where the old pod makes room enough', () => {
      const own = pod('n1')
      const full = { ...own, spec: { ...own.spec, containers: [{ resources: { requests: { cpu: '1' } } }] } }
      const given = { daemonSet: manifest({ ...image('i:2'), priority: 50 }), nodes: [node('n1')] }
      const beside = [full, other('lower', 'n1', '3', 0)]
      expect(plan({ ...given, pods: beside }).changes).toMatchObject([
        { change: 'replace', fit: { fits: true } },
      ])
    })
  })

  it('sees that a host port and surge do not go together', () => {
    const ports: PodSpec = { containers: [{ name: 'c', image: 'i:1', ports: [{ hostPort: 80 }] }] }
    const holding = { ...pod('n1'), spec: { ...ports, nodeName: 'n1' } }
    expect(plan({ daemonSet: manifest(ports), nodes: [node('n1')], pods: [holding] }).kinds).toEqual({
      n1: 'replace',
    })
    const result = plan({ daemonSet: manifest(ports, surge), nodes: [node('n1')], pods: [holding] })
    expect(result.changes).toMatchObject([
      { change: 'unplaceable', reason: 'port 80/TCP is used by n/agent-n1' },
    ])
  })

  it('has room beside an old pod that is not ready: with surge, too, that one goes first', () => {
    const nodes = [node('n1', { status: { allocatable: { cpu: '1', pods: '9' } } })]
    const kinds = (old: Pod) => plan({ daemonSet: manifest(image('i:2'), surge), nodes, pods: [old] }).kinds
    expect(kinds(pod('n1'))).toEqual({ n1: 'unplaceable' })
    expect(kinds(pod('n1', { status: { phase: 'Pending' } }))).toEqual({ n1: 'replace' })
  })

  it('tells several pods of a node apart by what becomes of each', () => {
    const [tainted] = [node('n1', taint('NoSchedule'))]
    const twin = labelled(pod('n1'), { name: 'twin' })
    const failed = pod('n1', { status: { phase: 'Failed' } })
    expect(plan({ nodes: [tainted], pods: [failed, twin] }).kinds).toEqual({ n1: 'left-over' })
    expect(plan({ nodes: [tainted], pods: [failed] }).changes).toMatchObject([
      {
        change: 'lose',
        reason: 'pod has ended and is not recreated: taint k:NoSchedule is not tolerated',
      },
    ])
    expect(plan({ nodes: [node('n1')], pods: [pod('n1'), twin] }).changes).toMatchObject([
      { change: 'keep', reason: 'one pod stays, the others are deleted', pods: ['agent-n1', 'twin'] },
    ])
  })

  it('updates nothing by a percentage of no nodes', () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%', maxSurge: 0 } }
    const daemonSet = manifest(image('i:2'), { updateStrategy })
    const nodes = [node('n1', taint('NoSchedule'))]
    expect(plan({ daemonSet, nodes, pods: [pod('n1')] }).kinds).toEqual({ n1: 'left-over' })
    expect(plan({ daemonSet, nodes: [...nodes, node('n2')], pods: [pod('n1')] }).kinds).toEqual({
      n1: 'lose',
      n2: 'gain',
    })
  })

  it('takes pods of every revision for updated when several hold the template: they are relabelled', () => {
    const twins = revisions.map((one) => ({
      ...one,
      metadata: { ...one.metadata, name: 'twin' },
      revision: 7,
    }))
    const old = labelled(pod('n1'), { labels: { app: 'agent' } })
    const daemonSets = [{ ...stored, spec: manifest(image('i:2')).spec }]
    const given = { nodes: [node('n1')], pods: [old], daemonSets }
    expect(plan(given).kinds).toEqual({ n1: 'replace' })
    expect(plan({ ...given, revisions: [...revisions, ...twins] }).kinds).toEqual({ n1: 'keep' })
  })

  it('recognises an undo: the pods of the old revision are up to date', () => {
    const current = { ...stored, spec: manifest(image('i:2')).spec }
    const result = plan({ daemonSets: [current], nodes: [node('n1')], pods: [pod('n1')] })
    expect(result).toMatchObject({ templateChanged: true, kinds: { n1: 'keep' } })
  })
})

describe('the node selector of a namespace', () => {
  const nodes = [node('n1', {}, { zone: 'a' }), node('n2', {}, { zone: 'b' })]
  const namespace = (annotations: Record<string, string>) => [{ metadata: { name: 'n', annotations } }]
  const admission = { 'scheduler.alpha.kubernetes.io/node-selector': 'zone=a' }

  it('leaves pods of other nodes Pending: the controller does not heed it', () => {
    const result = plan({ nodes, namespaces: namespace(admission) })
    expect(result.kinds).toEqual({ n1: 'gain', n2: 'unplaceable' })
    expect(result.changes[1]?.reason).toContain('stays Pending')
    expect(result.namespaceSelector).toMatchObject({ labels: { zone: 'a' }, heededBy: 'scheduler' })
  })

  it('is heeded by the controller of OpenShift', () => {
    const namespaces = namespace({ 'openshift.io/node-selector': 'zone=a' })
    const result = plan({ nodes, pods: [pod('n2')], namespaces })
    expect(result.kinds).toEqual({ n1: 'gain', n2: 'lose' })
    expect(result.totals.desired).toBe(1)
    expect(result.namespaceSelector).toMatchObject({
      annotation: 'openshift.io/node-selector',
      heededBy: 'controller',
    })
  })

  it('makes admission refuse pods that ask for another value', () => {
    const daemonSet = manifest({ nodeSelector: { zone: 'b' } })
    const result = plan({ daemonSet, nodes, namespaces: namespace(admission) })
    expect(result.kinds).toEqual({ n1: 'none', n2: 'unplaceable' })
    expect(result.changes[1]?.reason).toContain('conflicts with its namespace node label selector')
  })

  it('is warned of when it cannot be read', () => {
    const unread = { 'scheduler.alpha.kubernetes.io/node-selector': 'zone in (a' }
    const result = plan({ nodes, namespaces: namespace(unread) })
    expect(result.kinds).toEqual({ n1: 'gain', n2: 'gain' })
    expect(result.warnings.map((one) => one.code)).toEqual(['NamespaceNodeSelector'])
  })
})

describe('a broken snapshot gives warnings', () => {
  const codes = (input: Partial<PlanChangesInput>) => plan(input).warnings.map((one) => one.code)

  const narrower = { ...stored.spec, selector: { matchLabels: { app: 'agent', x: 'y' } } }

  it.each<[string, Partial<PlanChangesInput>, string[]]>([
    ['a pod without owner', { pods: [labelled(pod('n1'), { ownerReferences: null })] }, ['OrphanPod']],
    ['an own pod that no longer matches', { pods: [labelled(pod('n1'), { labels: {} })] }, ['ReleasedPod']],
    ['a pod on a node that is not there', { pods: [pod('n9')] }, ['DanglingNode']],
    ['a pod for no node', { pods: [{ ...pod('n1'), spec: {} }] }, ['PodWithoutNode']],
    ['a node without a name', { nodes: [{}, node('n1')] }, ['NodeWithoutName']],
    ['a node given twice', { nodes: [node('n1'), node('n1')] }, ['DuplicateNode']],
    ['the present revision missing', { revisions: [] }, ['MissingRevision']],
    [
      'half a revision',
      { revisions: [{ metadata: { ...revisions[0]?.metadata, labels: { app: 'agent' } } }] },
      ['BrokenRevision', 'MissingRevision'],
    ],
    ['a selector that differs', { daemonSets: [{ ...stored, spec: narrower }] }, ['SelectorChanged']],
  ])('%s', (_, input, expected) => {
    expect(codes({ nodes: [node('n1')], ...input })).toEqual(expected)
  })

  it('empty objects everywhere', () => {
    const input = {
      nodes: [{}],
      pods: [{}],
      daemonSets: [{}],
      revisions: [{}],
      namespaces: [{}],
      priorityClasses: [{}],
    }
    expect(codes(input)).toContain('NodeWithoutName')
    expect(() => planChanges({ ...input, daemonSet: {}, now })).not.toThrow()
  })

  it('pods without their DaemonSet, told apart by the revisions alone', () => {
    const given = { nodes: [node('n1')], pods: [pod('n1')], daemonSets: [] }
    expect(codes(given)).toEqual(['MissingDaemonSet'])
    expect(plan(given)).toMatchObject({ isNew: false, kinds: { n1: 'keep' } })
    expect(plan({ ...given, revisions: [] }).kinds).toEqual({ n1: 'replace' })
  })

  it('a DaemonSet without uid', () => {
    const bare = { ...stored, metadata: { ...stored.metadata, uid: null } }
    expect(plan({ nodes: [node('n1')], pods: [pod('n1')], daemonSets: [bare] }).kinds).toEqual({ n1: 'keep' })
  })

  it('and still tells pods of the present template without its revision', () => {
    expect(plan({ nodes: [node('n1')], pods: [pod('n1')], revisions: [] }).kinds).toEqual({ n1: 'keep' })
  })
})

describe('two manifests without any pods', () => {
  it('add and remove nodes', () => {
    const nodes = [
      node('a', {}, { p: 'a' }),
      node('b', {}, { p: 'b' }),
      node('c', taint('NoSchedule'), { p: 'a' }),
      node('d', taint('NoSchedule'), { p: 'b' }),
    ]
    const named = (places: Iterable<number>) => Array.from(places, (at) => nodes[at]?.metadata?.name)
    const compared = (before: DaemonSet, after: DaemonSet) =>
      Object.fromEntries(
        Object.entries(comparePlacement(before, after, nodes)).map(([kind, at]) => [kind, named(at)]),
      )
    const tolerant = manifest({ nodeSelector: { p: 'a' }, tolerations: [{ operator: 'Exists' }] })
    expect(compared(tolerant, manifest())).toEqual({
      added: ['b'],
      removed: [],
      'not-recreated': ['c'],
      'as-before': ['a'],
      neither: ['d'],
    })
    expect(compared(tolerant, tolerant)).toMatchObject({ 'as-before': ['a', 'c'], neither: ['b', 'd'] })
    expect(compared(manifest(), tolerant)).toEqual({
      added: ['c'],
      removed: ['b'],
      'not-recreated': [],
      'as-before': ['a'],
      neither: ['d'],
    })
  })
})

describe('snapshots with holes', () => {
  type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

  /** The value with some of its parts, list items among them, gone or null. */
  function pierced(value: Json, random: () => number): Json {
    if (random() < 0.04) return null
    if (Array.isArray(value)) return value.map((item) => pierced(item, random))
    if (value === null || typeof value !== 'object') return value
    const kept = Object.entries(value).filter(() => random() >= 0.02)
    return Object.fromEntries(kept.map(([key, item]) => [key, pierced(item, random)]))
  }

  it('never make a plan or a simulation fail', () => {
    const full: Pod = {
      ...foreign,
      spec: { ...foreign.spec, initContainers: [{ restartPolicy: 'Always', ports: [{ hostPort: 80 }] }] },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
    }
    const whole = {
      nodes: [node('n1', taint('NoSchedule')), node('n2', {}, { zone: 'a' }), node('n3')],
      pods: [
        pod('n1'),
        pod('n2'),
        full,
        { ...full, metadata: { name: 'y', namespace: 'n', labels: { app: 'agent' } } },
      ],
      daemonSets: [stored],
      revisions,
      namespaces: [{ metadata: { name: 'n', annotations: { 'openshift.io/node-selector': 'zone=a' } } }],
      priorityClasses: [{ metadata: { name: 'p' }, value: 5, globalDefault: true }],
    }
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = randomFrom(seed)
        const lists = Object.entries(whole).map(([key, items]) => [
          key,
          items.map((item) => pierced(JSON.parse(JSON.stringify(item)), random) ?? {}),
        ])
        const holed = Object.fromEntries(lists) as typeof whole
        planChanges({ daemonSet: manifest(image('i:2')), now, ...holed })
        simulate({ daemonSet: manifest(image('i:2')), now, ...holed, current: holed.daemonSets[0] })
      }),
      runs(500),
    )
  })
})
