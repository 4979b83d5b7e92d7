import { describe, expect, it } from 'vitest'
import type { PlanChangesInput } from '#controller/changes/plan-changes.ts'
import { presentState } from '#controller/changes/present-state.ts'
import type { Pod } from '#kube/types.ts'
import {
  image,
  labels,
  manifest,
  node,
  now,
  ownerReferences,
  plan,
  pod,
  revisions,
  stored,
} from '../../helpers/snapshot.ts'

const n1 = [node('n1')]
const found = (input: Partial<Parameters<typeof presentState>[0]>) =>
  presentState({ daemonSet: manifest(), current: stored, nodes: n1, pods: [], revisions, now, ...input })
const withLabels = (one: Pod, more: object, creationTimestamp = '2026-01-01T00:00:00Z'): Pod => ({
  ...one,
  metadata: { ...one.metadata, labels: { ...one.metadata?.labels, ...more }, creationTimestamp },
})

describe('a template that the controller has not looked at', () => {
  const renewed = { ...stored, metadata: { ...stored.metadata, generation: 2 } }
  const changed = {
    ...renewed,
    spec: { ...stored.spec, template: { ...stored.spec?.template, spec: image('agent:9') } },
  }
  const pods = [pod('n1')]
  const at = (observedGeneration: number, more: object = {}) => {
    const current = { ...changed, status: { ...stored.status, observedGeneration } }
    const { rules, warnings } = found({ daemonSet: current, current, pods, ...more } as Parameters<
      typeof found
    >[0])
    return [rules.hash, warnings.map(({ code }) => code)]
  }

  it('is new to all pods, where there are revisions and none of them holds it', () => {
    expect(at(1)).toEqual(['new-template', []])
  })

  it('is that of the pods where nothing else is known', () => {
    expect(at(2)).toEqual(['h1', ['MissingRevision']])
    expect(at(1, { revisions: [] })).toEqual(['h1', ['MissingRevision']])
  })
})

describe('the warnings about a snapshot', () => {
  const bare = { ...pod('n1'), metadata: { name: 'p', namespace: 'n', labels } }
  const { metadata } = revisions[0] ?? {}

  it.each<[string, Partial<PlanChangesInput>, object[]]>([
    [
      'a pod without owner',
      { pods: [bare] },
      [
        {
          code: 'OrphanPod',
          message: 'pod p: has no owner and matches the selector: the controller will adopt it',
        },
      ],
    ],
    [
      'a pod that does not match any more',
      { pods: [{ ...bare, metadata: { name: 'p', namespace: 'n', ownerReferences } }] },
      [
        {
          code: 'ReleasedPod',
          message: 'pod p: no longer matches the selector: the controller will release it',
        },
      ],
    ],
    [
      'a pod on a node that is not there',
      { pods: [pod('n9')] },
      [{ code: 'DanglingNode', message: 'pod agent-n9 is on node n9, which is not there' }],
    ],
    [
      'a pod for no node',
      { pods: [{ ...pod('n1'), spec: {} }] },
      [{ code: 'PodWithoutNode', message: 'pod agent-n1 has no node and is not counted' }],
    ],
    [
      'nodes without names',
      { nodes: [{}, node('n1'), { metadata: {} }] },
      [
        { code: 'NodeWithoutName', message: 'a node without a name is skipped' },
        { code: 'NodeWithoutName', message: 'a node without a name is skipped' },
      ],
    ],
    [
      'nodes given twice',
      { nodes: [node('n1'), node('n2'), node('n1'), node('n1')] },
      [
        { code: 'DuplicateNode', message: 'node n1 is given twice, the first counts' },
        { code: 'DuplicateNode', message: 'node n1 is given twice, the first counts' },
      ],
    ],
    [
      'the present revision missing',
      { revisions: [] },
      [
        {
          code: 'MissingRevision',
          message: 'no ControllerRevision holds the template of agent: its hash is taken from the pods',
        },
      ],
    ],
    [
      'revisions without number and data',
      {
        revisions: [
          ...revisions,
          { metadata: { ...metadata, name: 'a' }, data: {} },
          { metadata: { ...metadata, name: 'b' }, revision: 3 },
          { data: {}, revision: 3 },
        ],
      },
      ['a', 'b'].map((name) => ({
        code: 'BrokenRevision',
        message: `ControllerRevision ${name} lacks its data, number or hash`,
      })),
    ],
    [
      'pods without their DaemonSet',
      { pods: [pod('n1')], daemonSets: [] },
      [
        {
          code: 'MissingDaemonSet',
          message:
            'DaemonSet agent is not there but its pods are: those of no known revision count as outdated',
        },
      ],
    ],
    [
      'another selector',
      { daemonSets: [{ ...stored, spec: { ...stored.spec, selector: { matchLabels: { app: 'b' } } } }] },
      [
        {
          code: 'SelectorChanged',
          message:
            'spec.selector differs from that of the DaemonSet in the cluster, and it cannot be changed',
          field: 'spec.selector',
        },
      ],
    ],
  ])('%s', (_, input, expected) => {
    const { warnings } = plan({ nodes: n1, ...input })
    expect(warnings).toEqual(expected.map((one) => ({ severity: 'warning', ...one })))
  })

  it('leave out what is of other namespaces and other owners', () => {
    const elsewhere = <T extends { readonly metadata?: object | null }>(one: T) => ({
      ...one,
      metadata: { ...one.metadata, namespace: 'm' },
    })
    const theirs = [{ uid: 'other', controller: true }]
    const input = {
      nodes: n1,
      pods: [elsewhere(bare), { ...bare, metadata: { ...bare.metadata, ownerReferences: theirs } }],
      revisions: [...revisions, elsewhere({ metadata: { ownerReferences } })],
    }
    expect(plan(input).warnings).toEqual([])
  })
})

describe('the DaemonSet as it would be stored', () => {
  it('has the identity of the one that is there, and its own annotations', () => {
    const annotations = { note: 'x', 'deprecated.daemonset.template.generation': '77' }
    const given = { ...manifest(), metadata: { ...manifest().metadata, annotations } }
    const status = { numberReady: 3 }
    const { daemonSet } = found({ daemonSet: given, current: { ...stored, status } })
    expect(daemonSet).toEqual({
      ...given,
      metadata: {
        ...given.metadata,
        uid: 'ds',
        annotations: { note: 'x', 'deprecated.daemonset.template.generation': '1' },
      },
      status,
    })
    expect(found({ current: undefined }).daemonSet.metadata).toEqual({
      ...manifest().metadata,
      uid: undefined,
      annotations: {},
    })
  })

  it('has the uid by which pods of its name say whose they are', () => {
    const owned = (kind: string, name: string, namespace = 'n'): Pod => ({
      ...pod('n1'),
      metadata: {
        ...pod('n1').metadata,
        namespace,
        ownerReferences: [{ kind, name, uid: 'u', controller: true }],
      },
    })
    const uidOf = (...pods: Pod[]) => found({ current: undefined, pods }).daemonSet.metadata?.uid
    expect(uidOf(owned('DaemonSet', 'agent'))).toBe('u')
    expect(
      uidOf(owned('DaemonSet', 'other'), owned('Job', 'agent'), owned('DaemonSet', 'agent', 'm'), {}),
    ).toBeUndefined()
    expect(found({ pods: [owned('DaemonSet', 'agent')] }).daemonSet.metadata?.uid).toBe('ds')
  })
})

describe('the template', () => {
  it('is new if its bytes are, whatever else has changed', () => {
    expect(found({}).templateChanged).toBe(false)
    expect(found({ daemonSet: manifest({}, { minReadySeconds: 3 }) }).templateChanged).toBe(false)
    expect(found({ daemonSet: manifest(image('i:2')) }).templateChanged).toBe(true)
    expect(found({ current: undefined }).templateChanged).toBe(true)
  })

  it('that is new has a hash that no pod carries, and no generation yet', () => {
    const { rules } = found({ daemonSet: manifest(image('i:2')), pods: [pod('n1')] })
    expect([rules.hash, rules.generation]).toEqual(['new-template', undefined])
  })

  it('that is there has the hash of its revision, and its generation', () => {
    const { rules } = found({ pods: [withLabels(pod('n1'), { 'controller-revision-hash': 'other' })] })
    expect([rules.hash, rules.generation]).toEqual(['h1', '1'])
  })

  it('without its revision has the hash of the youngest pod of its generation', () => {
    const of = (name: string, hash: string, generation: string, at: string): Pod => {
      const one = withLabels(
        pod('n1'),
        { 'controller-revision-hash': hash, 'pod-template-generation': generation },
        at,
      )
      return { ...one, metadata: { ...one.metadata, name } }
    }
    const pods = [
      of('a', 'x', '1', '2026-01-01T01:00:00Z'),
      of('b', 'y', '1', '2026-01-01T03:00:00Z'),
      of('c', 'z', '2', '2026-01-01T04:00:00Z'),
      of('d', '', '1', '2026-01-01T05:00:00Z'),
      of('e', 'w', '1', 'never'),
    ]
    const hashOf = (given: readonly Pod[], current = stored) =>
      found({ pods: given, revisions: [], current }).rules.hash
    expect(hashOf(pods)).toBe('y')
    expect(hashOf([...pods].reverse())).toBe('y')
    expect(hashOf(pods, { ...stored, metadata: { ...stored.metadata, annotations: {} } })).toBe('z')
    expect(hashOf([])).toBe('new-template')
  })

  it('is not known to be there by a revision of another namespace', () => {
    const elsewhere = revisions.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: 'm' } }))
    expect(found({ revisions: elsewhere }).warnings.map((one) => one.code)).toEqual(['MissingRevision'])
  })
})

it('a DaemonSet is new when neither it nor a pod of it is there', () => {
  expect(found({ current: undefined }).isNew).toBe(true)
  expect(found({ current: undefined, pods: [pod('n1')] }).isNew).toBe(false)
  expect(found({}).isNew).toBe(false)
})

it('the DaemonSet that is there is the one of the same namespace and name', () => {
  const renamed = (name: string, namespace: string | null) => ({
    ...stored,
    metadata: { ...stored.metadata, name, namespace },
  })
  const isNew = (...daemonSets: PlanChangesInput['daemonSets'] & object[]) => plan({ daemonSets }).isNew
  expect(isNew(renamed('agent', 'n'))).toBe(false)
  expect(isNew(renamed('other', 'n'), renamed('agent', 'm'), renamed('agent', null))).toBe(true)
  const bare = { ...manifest(), metadata: { name: 'agent' } }
  expect(plan({ daemonSet: bare, daemonSets: [renamed('agent', null)] }).isNew).toBe(false)
  expect(plan({ daemonSets: undefined }).isNew).toBe(true)
})

it('a server that compares numbers heeds tolerations that do', () => {
  const daemonSet = manifest({
    tolerations: [{ key: 'k', operator: 'Gt', value: '3', effect: 'NoSchedule' }],
  })
  const nodes = [node('n1', { spec: { taints: [{ key: 'k', value: '5', effect: 'NoSchedule' }] } })]
  expect(plan({ daemonSet, nodes }).kinds).toEqual({ n1: 'none' })
  expect(plan({ daemonSet, nodes, comparisonOperators: true }).kinds).toEqual({ n1: 'gain' })
})
