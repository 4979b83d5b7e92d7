import { expect, it } from 'vitest'
import { askRules } from '#controller/changes/plan-admission.ts'
import type { NodesEdit } from '#controller/what-if/node-edits.ts'
import { whatIf } from '#controller/what-if/what-if.ts'
import type { DaemonSet, Node, Pod, PodSpec } from '#kube/types.ts'
import { manifest, node, now, pod, revisions, stored } from '../../helpers/snapshot.ts'

/* What is said of one node, in a case for each effect. */
const objects = {
  namespace: undefined,
  priorityClasses: undefined,
  serviceAccounts: undefined,
  runtimeClasses: undefined,
  limitRanges: undefined,
  resourceQuotas: undefined,
}

const of = (spec: PodSpec = {}): DaemonSet => ({ ...stored, spec: manifest(spec).spec })

function asked(
  edits: readonly NodesEdit[],
  more: {
    readonly nodes?: Node[]
    readonly pods?: Pod[]
    readonly daemonSet?: DaemonSet
    readonly added?: Node[]
  },
) {
  const { nodes = [node('a'), node('b')], pods = [pod('a'), pod('b')], daemonSet = of(), added = [] } = more
  const answer = whatIf({
    nodes,
    pods,
    daemonSets: [daemonSet],
    revisions,
    now,
    edits,
    added,
    ask: (one) => ({ asked: askRules(one, objects), objects }),
  })
  const [first] = answer.daemonSets
  return {
    ...answer,
    effects: (first?.effects ?? []).map(({ node: on, kind, reason }) => [on, kind, reason]),
    budget: first?.budget,
  }
}

const taint = (effect: string): NodesEdit => ({
  edit: { kind: 'taint', taint: { key: 'k', value: 'v', effect } },
  nodes: ['a'],
})
const tolerating = (more: object): PodSpec => ({ tolerations: [{ key: 'k', operator: 'Exists', ...more }] })
const noSchedule = { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }

it.each<[string, readonly NodesEdit[], Parameters<typeof asked>[1], readonly (readonly string[])[]]>([
  [
    'an untolerated NoExecute taint',
    [taint('NoExecute')],
    {},
    [['a', 'delete', 'taint k=v:NoExecute is not tolerated']],
  ],
  [
    'an untolerated NoSchedule taint',
    [taint('NoSchedule')],
    {},
    [['a', 'leftover', 'taint k=v:NoSchedule is not tolerated']],
  ],
  ['a taint that only advises', [taint('PreferNoSchedule')], {}, []],
  [
    'a taint that is tolerated for a while',
    [taint('NoExecute')],
    {
      daemonSet: of(tolerating({ effect: 'NoExecute', tolerationSeconds: 60 })),
      pods: [
        {
          ...pod('a'),
          spec: { nodeName: 'a', ...tolerating({ effect: 'NoExecute', tolerationSeconds: 60 }) },
        },
      ],
    },
    [
      [
        'a',
        'evict-again',
        'each pod is evicted after 60 s and created again: the taint is tolerated for 60 s only',
      ],
    ],
  ],
  [
    'a taint that the template tolerates and the pod there does not',
    [taint('NoExecute')],
    {
      daemonSet: {
        ...of(tolerating({})),
        spec: { ...of(tolerating({})).spec, updateStrategy: { type: 'OnDelete' } },
      },
    },
    [['a', 'restart', 'evicted at once: the pod there does not tolerate the taint, a new one does']],
  ],
  [
    'a label that the node selector asks for goes',
    [{ edit: { kind: 'label', key: 'pool', value: null }, nodes: ['a'] }],
    {
      nodes: [node('a', {}, { pool: 'x' })],
      pods: [pod('a')],
      daemonSet: of({ nodeSelector: { pool: 'x' } }),
    },
    [['a', 'delete', 'node has no label pool, wanted "x"']],
  ],
  [
    'a label comes that the node selector asks for',
    [{ edit: { kind: 'label', key: 'pool', value: 'x' }, nodes: ['a'] }],
    { pods: [], daemonSet: of({ nodeSelector: { pool: 'x' } }) },
    [['a', 'create', 'no pod yet']],
  ],
  ['a cordon', [{ edit: { kind: 'cordon' }, nodes: ['a', 'b'] }], {}, []],
  [
    'a node that is removed',
    [{ edit: { kind: 'remove' }, nodes: ['b'] }],
    {},
    [['b', 'delete', 'the node is gone']],
  ],
  [
    'the taint goes that made a pod the last one there',
    [{ edit: { kind: 'untaint', key: 'k' }, nodes: ['a'] }],
    { nodes: [node('a', noSchedule)], pods: [pod('a')] },
    [['a', 'kept', 'up to date']],
  ],
  [
    'a pod was missing where none is needed any more',
    [taint('NoSchedule')],
    { pods: [] },
    [['a', 'not-targeted', 'taint k=v:NoSchedule is not tolerated']],
  ],
  [
    'a new node has too little',
    [],
    { added: [node('new', { status: { allocatable: { cpu: '500m', memory: '1Gi', pods: '9' } } })] },
    [['new', 'unplaceable', 'cpu: needs 1, only 500m of 500m free']],
  ],
])('%s', (_, edits, more, effects) => {
  expect(asked(edits, more).effects).toEqual(effects)
})

it('a pod that does not fit uses up the budget for good, one that starts for a while', () => {
  const small = node('new', { status: { allocatable: { cpu: '500m', memory: '1Gi', pods: '9' } } })
  expect(asked([], { added: [small, node('large')] }).budget).toEqual({
    rule: 'maxUnavailable',
    configured: 1,
    allowed: 1,
    before: [],
    after: ['new'],
    starting: 1,
  })
})

it('pods of others that leave are counted', () => {
  const other: Pod = {
    metadata: { name: 'web', namespace: 'n' },
    spec: { nodeName: 'a' },
    status: { phase: 'Running' },
  }
  expect(asked([taint('NoExecute')], { pods: [pod('a'), other] }).otherPods).toBe(1)
})
