import { describe, expect, it } from 'vitest'
import type { DaemonSet } from '#kube/types.ts'
import { prepareDaemonSet } from '#placement/placement.ts'
import { daemonSet, withTerms } from './build.ts'

const found = (one: DaemonSet, comparisonOperators = false) =>
  prepareDaemonSet(one, { comparisonOperators }).warnings.map(({ code, path }) => `${code} ${path.join('.')}`)
const terms = 'spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution'
const gt = (value: string) => ({ matchExpressions: [{ key: 'cores', operator: 'Gt', values: [value] }] })
const required = (selector: object | null) =>
  daemonSet({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: selector } } })

describe('what the API takes and yet matches nothing is warned of', () => {
  it.each([
    ['no affinity at all', daemonSet({}), []],
    ['required: null is no constraint', required(null), []],
    ['required: {}', required({}), [`NoAffinityTerms ${terms}`]],
    ['an empty list of terms', withTerms(), [`NoAffinityTerms ${terms}`]],
    [
      'an empty term among others',
      withTerms(gt('3'), {}),
      [`EmptyAffinityTerm ${terms}.nodeSelectorTerms.1`],
    ],
    [
      'Gt with a word',
      withTerms(gt('abc')),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchExpressions.0.values.0`],
    ],
    [
      'Gt beyond 64 bits',
      withTerms(gt('9223372036854775808')),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchExpressions.0.values.0`],
    ],
    [
      'the third of several values that no label can have',
      withTerms({ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b', 'c/d'] }] }),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchExpressions.0.values.2`],
    ],
    [
      'a key that no label can have',
      withTerms({ matchExpressions: [{ key: 'a:b', operator: 'Exists' }] }),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchExpressions.0.key`],
    ],
    [
      'an operator of label selectors, with its value',
      withTerms({
        matchExpressions: [
          { key: 'a', operator: 'Exists' },
          { key: 'b', operator: '=', values: ['c'] },
        ],
      }),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchExpressions.1.operator`],
    ],
    [
      'In without values',
      withTerms({ matchExpressions: [{ key: 'zone', operator: 'In' }] }),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchExpressions.0.values`],
    ],
    [
      'a name to match',
      withTerms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }),
      [],
    ],
    [
      'two names to match, in a field that no node has',
      withTerms({ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['a', 'b'] }] }),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchFields.0.values`],
    ],
    [
      'a null among the expressions, which is one without an operator',
      withTerms({ matchExpressions: [null as never] }),
      [`DroppedAffinityTerm ${terms}.nodeSelectorTerms.0.matchExpressions.0.operator`],
    ],
    ['Gt at the edge of 64 bits', withTerms(gt('9223372036854775807')), []],
    [
      'a field other than the name',
      withTerms({ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['x'] }] }),
      [`UnknownMatchField ${terms}.nodeSelectorTerms.0.matchFields.0.key`],
    ],
    ['labels that nodes can have', daemonSet({ nodeSelector: { zone: 'a', 'example.com/empty': '' } }), []],
    [
      'a label key that no node can have',
      daemonSet({ nodeSelector: { 'a b': 'c' } }),
      ['ImpossibleNodeSelector spec.template.spec.nodeSelector.a b'],
    ],
    [
      'a label value that no node can have',
      daemonSet({ nodeSelector: { zone: 'a/b' } }),
      ['ImpossibleNodeSelector spec.template.spec.nodeSelector.zone'],
    ],
    [
      'an unknown effect',
      daemonSet({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'noschedule' }] }),
      ['UnknownTolerationEffect spec.template.spec.tolerations.0.effect'],
    ],
    [
      'an unknown operator',
      daemonSet({ tolerations: [{ operator: 'Exists' }, { key: 'a', operator: 'exists' }] }),
      ['UnknownTolerationOperator spec.template.spec.tolerations.1.operator'],
    ],
    [
      'a comparing operator behind the gate',
      daemonSet({ tolerations: [{ key: 'a', operator: 'Gt', value: '5' }] }),
      ['DisabledTolerationOperator spec.template.spec.tolerations.0.operator'],
    ],
    [
      'every operator and effect that there is',
      daemonSet({
        tolerations: [
          { key: 'a', operator: 'Equal', effect: 'NoSchedule' },
          { key: 'a', operator: 'Exists', effect: 'NoExecute' },
          { key: 'a', effect: 'PreferNoSchedule' },
        ],
      }),
      [],
    ],
    [
      'a redundant toleration is none',
      daemonSet({ tolerations: [{ operator: 'Exists' }, { operator: 'Exists' }] }),
      [],
    ],
  ])('%s', (_, one, wanted) => {
    expect(found(one)).toEqual(wanted)
  })

  it('a bound that is no plain integer, with the gate on', () => {
    const tolerations = [
      ...['5', '05', '-5'].map((value) => ({ key: 'a', operator: 'Lt', value })),
      ...['5', '+5'].map((value) => ({ key: 'a', operator: 'Gt', value })),
    ]
    expect(found(daemonSet({ tolerations }), true)).toEqual([
      'UnparsableTolerationValue spec.template.spec.tolerations.1.value',
      'UnparsableTolerationValue spec.template.spec.tolerations.4.value',
    ])
  })

  it.each([
    [required({}), 'required node affinity without terms matches no node; leave it out to match every node'],
    [
      daemonSet({ nodeSelector: { 'a/b/c': 'd' } }),
      `no node can have the label a/b/c="d": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
    [withTerms({}), 'an empty affinity term matches no node'],
    [
      withTerms({ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['x'] }] }),
      'nodes have no field "metadata.uid" to match (only metadata.name): this requirement matches no node',
    ],
    [
      withTerms({ matchFields: [{ key: 'metadata.uid', operator: 'NotIn', values: ['x'] }] }),
      'nodes have no field "metadata.uid" to match (only metadata.name): this requirement always holds',
    ],
    [
      withTerms({ matchFields: [{ key: 'metadata.uid', operator: 'In', values: [''] }] }),
      'nodes have no field "metadata.uid" to match (only metadata.name): this requirement always holds',
    ],
    [
      daemonSet({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'noschedule' }] }),
      'no effect is called "noschedule", so this toleration covers no taint (known: NoSchedule, PreferNoSchedule, NoExecute)',
    ],
    [
      daemonSet({ tolerations: [{ key: 'a', operator: 'exists' }] }),
      'no operator is called "exists", so this toleration covers no taint (known: Equal, Exists)',
    ],
    [
      daemonSet({ tolerations: [{ key: 'a', operator: 'Gt', value: '5' }] }),
      'operator Gt tolerates nothing while the feature gate TaintTolerationComparisonOperators is off',
    ],
    [
      daemonSet({ tolerations: [{ key: 'a', operator: 'Gt', value: '05' }] }),
      'operator Gt needs a plain 64-bit integer, "05" is none: this toleration covers no taint',
      true,
    ],
  ])('says what follows from it: %#', (one, message, comparisonOperators = false) => {
    const { warnings } = prepareDaemonSet(one, { comparisonOperators })
    expect(warnings.map((warning) => warning.message)).toEqual([message])
  })

  it('a dropped term quotes the upstream error', () => {
    const [warning] = prepareDaemonSet(withTerms(gt('abc'))).warnings
    expect(warning?.message).toBe(
      "this affinity term is dropped whole and matches no node: nodeSelectorTerms[0].matchExpressions[0].values[0]: Invalid value: \"abc\": for 'Gt', 'Lt' operators, the value must be an integer",
    )
  })
})

it('objects of any shape are prepared without a crash', () => {
  const odd: unknown[] = [
    {},
    { spec: null },
    { spec: {} },
    { spec: { template: {} } },
    { spec: { template: { spec: { nodeSelector: { a: 1, b: null }, tolerations: [null, { key: 5 }] } } } },
    { spec: { template: { spec: { tolerations: 'x', affinity: { nodeAffinity: 3 } } } } },
    withTerms(null, { matchExpressions: [{}, { key: 1 as never, operator: 'In', values: 'x' as never }] }),
  ]
  for (const one of odd) expect(() => prepareDaemonSet(one as DaemonSet)).not.toThrow()
})
