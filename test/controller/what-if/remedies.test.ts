import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editNodes } from '#controller/what-if/node-edits.ts'
import { remediesFor, withRemedy } from '#controller/what-if/remedies.ts'
import type { DaemonSet, Node, NodeSelectorRequirement } from '#kube/types.ts'
import { decide, prepareDaemonSet } from '#placement/placement.ts'
import { runs } from '../../helpers/random-cases.ts'
import { manifest, node } from '../../helpers/snapshot.ts'

/* Each suggestion is applied, and asked again: the pod is wanted then, and is so still where it was before. */
const key = fc.constantFrom('a', 'b', 'c')
const value = fc.constantFrom('x', 'y', '3', '7', '')
const labels = fc.dictionary(key, value, { maxKeys: 3 })
const taint = fc.record({
  key: fc.constantFrom('t', 'u', 'node.kubernetes.io/disk-pressure', 'node.kubernetes.io/unreachable'),
  value: fc.constantFrom('', 'v'),
  effect: fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
})
const nodes = fc.array(fc.record({ labels, taints: fc.array(taint, { maxLength: 2 }) }), {
  minLength: 1,
  maxLength: 4,
})
const requirement: fc.Arbitrary<NodeSelectorRequirement> = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  fc.record({ key, operator: fc.constantFrom('Gt', 'Lt'), values: fc.constantFrom(['5'], ['oops']) }),
)
const field: fc.Arbitrary<NodeSelectorRequirement> = fc.record({
  key: fc.constant('metadata.name'),
  operator: fc.constantFrom('In', 'NotIn'),
  values: fc.constantFrom(['n0'], ['n1']),
})
const term = fc.record(
  {
    matchExpressions: fc.array(requirement, { maxLength: 3 }),
    matchFields: fc.array(field, { maxLength: 1 }),
  },
  { requiredKeys: [] },
)
const spec = fc.record(
  {
    nodeName: fc.constantFrom('', 'n0', 'n9'),
    nodeSelector: labels,
    terms: fc.array(term, { maxLength: 3 }),
    tolerations: fc.array(fc.record({ key: fc.constant('t'), operator: fc.constant('Exists') }), {
      maxLength: 1,
    }),
  },
  { requiredKeys: ['tolerations'] },
)

const daemonSetOf = ({ terms, ...more }: typeof spec extends fc.Arbitrary<infer T> ? T : never): DaemonSet =>
  manifest({
    ...more,
    ...(terms && {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
      },
    }),
  })

const isOn = (daemonSet: DaemonSet, on: Node) => decide(prepareDaemonSet(daemonSet), on).shouldRun

it('what is suggested helps, and takes no other node away', () => {
  const told = { template: 0, node: 0, neither: 0 }
  fc.assert(
    fc.property(spec, nodes, (given, kinds) => {
      const daemonSet = daemonSetOf(given)
      const all = kinds.map(({ labels: of, taints }, at) => node(`n${at}`, { spec: { taints } }, of))
      for (const one of all) {
        const remedies = remediesFor(daemonSet, one)
        expect(remedies === undefined).toBe(isOn(daemonSet, one))
        if (!remedies) continue
        if (remedies.template) {
          told.template++
          const mended = withRemedy(daemonSet, remedies.template)
          expect(isOn(mended, one)).toBe(true)
          for (const other of all) if (isOn(daemonSet, other)) expect(isOn(mended, other)).toBe(true)
        }
        if (remedies.node) {
          told.node++
          const edits = remedies.node.map((edit) => ({ edit, nodes: [one.metadata?.name ?? ''] }))
          expect(isOn(daemonSet, editNodes([one], edits)[0] ?? {})).toBe(true)
        }
        if (!remedies.template && !remedies.node) told.neither++
      }
    }),
    runs(2000),
  )
  expect(told.template).toBeGreaterThan(1000)
  expect(told.node).toBeGreaterThan(300)
  // A template can always be changed.
  expect(told.neither).toBe(0)
})

describe('what is suggested', () => {
  const on = (more: Partial<Node>, of: Record<string, string> = {}) => node('n', more, of)
  it('for a taint: a toleration, or to take it away', () => {
    const tainted = on({ spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } })
    expect(remediesFor(manifest(), tainted)).toEqual({
      template: { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }] },
      node: [{ kind: 'untaint', key: 'gpu', effect: 'NoSchedule' }],
      ofState: [],
    })
  })

  it('for a taint by which the node controller tells the state of the node: not to take it away', () => {
    const down = on({ spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] } })
    expect(remediesFor(manifest(), down)).toMatchObject({
      node: undefined,
      ofState: ['node.kubernetes.io/unreachable'],
    })
  })

  it('for a node selector: the label, or a term more that keeps what was matched', () => {
    const remedies = remediesFor(
      manifest({ nodeSelector: { disk: 'ssd', os: 'linux' } }),
      on({}, { disk: 'hdd', os: 'linux' }),
    )
    expect(remedies?.node).toEqual([{ kind: 'label', key: 'disk', value: 'ssd' }])
    expect(remedies?.template).toEqual({
      nodeSelector: { os: 'linux' },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
              { matchExpressions: [{ key: 'disk', operator: 'In', values: ['hdd'] }] },
            ],
          },
        },
      },
    })
  })

  const terms = (...all: NodeSelectorRequirement[][]) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: all.map((matchExpressions) => ({ matchExpressions })),
      },
    },
  })
  const cores = (operator: string, value: string): NodeSelectorRequirement => ({
    key: 'cores',
    operator,
    values: [value],
  })

  it.each([
    ['Gt', '9'],
    ['Lt', '7'],
  ])('for a number that is asked for with %s: the next one', (operator, value) => {
    const remedies = remediesFor(
      manifest({ affinity: terms([cores(operator, '8')]) }),
      on({}, { cores: '8' }),
    )
    expect(remedies?.node).toEqual([{ kind: 'label', key: 'cores', value }])
  })

  it('for a node selector beside affinity: each term goes on asking what the selector asked', () => {
    const daemonSet = manifest({ nodeSelector: { disk: 'ssd' }, affinity: terms([cores('Gt', '4')]) })
    expect(remediesFor(daemonSet, on({}, { disk: 'hdd', cores: '8' }))?.template).toEqual({
      nodeSelector: null,
      affinity: terms(
        [cores('Gt', '4'), { key: 'disk', operator: 'In', values: ['ssd'] }],
        [cores('Gt', '4'), { key: 'disk', operator: 'In', values: ['hdd'] }],
      ),
    })
  })

  it('nothing to the node, where the template names another', () => {
    const remedies = remediesFor(manifest({ nodeName: 'other' }), on({}))
    expect(remedies).toEqual({ template: { nodeName: null }, node: undefined, ofState: [] })
  })
})
