import { describe, expect, it } from 'vitest'
import type { Taint, Toleration } from '#kube/types.ts'
import type { UntoleratedTaint } from '#placement/decision.ts'
import { decide, explain, prepareDaemonSet } from '#placement/placement.ts'
import { firstUntolerated } from '#placement/tolerations.ts'
import { daemonSet, node } from './build.ts'

const notReady = 'node.kubernetes.io/not-ready'

describe('the controller adds its tolerations to those of the manifest', () => {
  const texts = (tolerations: readonly Toleration[], hostNetwork?: boolean) =>
    prepareDaemonSet(daemonSet({ tolerations, hostNetwork })).tolerations.map(({ origin, index, text }) =>
      index === null ? `${origin} ${text}` : `${origin} ${index} ${text}`,
    )
  const added = [
    'controller node.kubernetes.io/unreachable:NoExecute',
    'controller node.kubernetes.io/disk-pressure:NoSchedule',
    'controller node.kubernetes.io/memory-pressure:NoSchedule',
    'controller node.kubernetes.io/pid-pressure:NoSchedule',
    'controller node.kubernetes.io/unschedulable:NoSchedule',
  ]

  it('but for one that is there already, whatever its seconds', () => {
    const own = { key: notReady, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }
    expect(texts([own], false)).toEqual([`manifest 0 ${notReady}:NoExecute`, ...added])
  })

  it('and one more for the host network', () => {
    expect(texts([], true)).toEqual([
      `controller ${notReady}:NoExecute`,
      ...added,
      'controller node.kubernetes.io/network-unavailable:NoSchedule',
    ])
  })

  it.each([
    [{ key: notReady, operator: 'Exists' }, notReady],
    [{ key: notReady, operator: 'Exists', effect: 'NoSchedule' }, `${notReady}:NoSchedule`],
    [{ key: notReady, effect: 'NoExecute' }, `${notReady}=:NoExecute`],
    [{ key: notReady, operator: 'Exists', value: 'x', effect: 'NoExecute' }, `${notReady}:NoExecute`],
    [{ operator: 'Exists', effect: 'NoExecute' }, 'any taint:NoExecute'],
  ])('also beside one that differs: %j', (own, text) => {
    expect(texts([own])).toEqual([`manifest 0 ${text}`, `controller ${notReady}:NoExecute`, ...added])
  })

  it('as ones that exist, without a value', () => {
    expect(prepareDaemonSet(daemonSet({})).tolerations[0]).toEqual({
      origin: 'controller',
      index: null,
      key: notReady,
      operator: 'Exists',
      value: '',
      effect: 'NoExecute',
      text: `${notReady}:NoExecute`,
    })
  })
})

it.each<[Toleration | null, string]>([
  [{ operator: 'Exists' }, 'any taint'],
  [{ key: 'a', operator: 'Exists' }, 'a'],
  [{ key: 'a', value: 'b' }, 'a=b'],
  [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' }, 'a=b:NoSchedule'],
  [{ operator: 'Equal', value: 'b' }, 'any key=b'],
  [{ key: 'a', operator: 'Gt', value: '5', effect: 'NoExecute' }, 'a Gt 5:NoExecute'],
  [null, 'any key='],
])('%j reads as %s', (toleration, text) => {
  const one = daemonSet({ tolerations: [toleration as Toleration] })
  expect(prepareDaemonSet(one).tolerations[0]?.text).toBe(text)
})

describe('a toleration that nearly covers a taint', () => {
  const nearMisses = (taint: Taint, tolerations: readonly Toleration[], comparisonOperators = false) => {
    const prepared = prepareDaemonSet(daemonSet({ tolerations }), { comparisonOperators })
    const [reason] = explain(prepared, node('n1', {}, [taint])).reasons
    return (reason as UntoleratedTaint).nearMisses.map(({ toleration, differs }) => [
      toleration.index,
      differs,
    ])
  }
  const dedicated = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }

  it('differs in its value, its effect, or both', () => {
    expect(
      nearMisses(dedicated, [
        { key: 'dedicated', value: 'ml' },
        { key: 'dedicated', operator: 'Exists', effect: 'NoExecute' },
        { key: 'dedicated', operator: 'Equal', value: 'ml', effect: 'NoExecute' },
        { key: 'dedicated', value: 'gpu', effect: 'NoExecute' },
      ]),
    ).toEqual([
      [0, ['value']],
      [1, ['effect']],
      [2, ['value', 'effect']],
      [3, ['effect']],
    ])
  })

  it('has an operator that covers nothing', () => {
    expect(
      nearMisses(dedicated, [
        { key: 'dedicated', operator: 'exists' },
        { key: 'dedicated', operator: 'Gt', value: '5' },
      ]),
    ).toEqual([
      [0, ['operator']],
      [1, ['operator']],
    ])
  })

  it('compares and is not met', () => {
    const level = { key: 'level', value: '5', effect: 'NoSchedule' }
    expect(nearMisses(level, [{ key: 'level', operator: 'Gt', value: '5' }], true)).toEqual([[0, ['value']]])
  })

  it('has any key; one of another key is not near', () => {
    expect(
      nearMisses(dedicated, [
        { key: 'other', operator: 'Exists' },
        { operator: 'Exists', effect: 'NoExecute' },
      ]),
    ).toEqual([[1, ['effect']]])
  })
})

describe('Lt and Gt compare the taint with the toleration', () => {
  it.each([
    ['Gt', '5', '6', true],
    ['Gt', '5', '5', false],
    ['Gt', '5', '4', false],
    ['Lt', '5', '4', true],
    ['Lt', '5', '5', false],
    ['Lt', '5', '6', false],
    ['Lt', '5', 'a', false],
    ['Gt', '5', '', false],
    ['Lt', 'a', '4', false],
    ['Gt', '05', '6', false],
    ['lt', '5', '4', false],
  ])('%s %s, taint %s: %s', (operator, value, actual, covered) => {
    const one = daemonSet({ tolerations: [{ key: 'level', operator, value }] })
    const tainted = node('n1', {}, [{ key: 'level', value: actual, effect: 'NoSchedule' }])
    expect(explain(prepareDaemonSet(one, { comparisonOperators: true }), tainted).shouldRun).toBe(covered)
  })
})

it('the first taint that is not tolerated is found among those of the effects that matter', () => {
  const { tolerationIndex } = prepareDaemonSet(
    daemonSet({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }),
  )
  const taint = (key: string, effect: string) => ({ key, value: '', effect })
  const [gpu, soft] = [taint('gpu', 'NoSchedule'), taint('soft', 'PreferNoSchedule')]
  const [drained, full] = [taint('drained', 'NoExecute'), taint('full', 'NoSchedule')]
  const first = (...effects: string[]) =>
    firstUntolerated(tolerationIndex, [gpu, soft, drained, full], effects)
  expect(first('NoSchedule', 'NoExecute')).toBe(drained)
  expect(first('NoSchedule')).toBe(full)
  expect(first('PreferNoSchedule')).toBe(soft)
  expect(firstUntolerated(tolerationIndex, [gpu, soft], ['NoSchedule', 'NoExecute'])).toBeUndefined()
})

it('a null among the taints is one without an effect, which keeps nothing away', () => {
  const [prepared, odd] = [prepareDaemonSet(daemonSet({})), node('n1', {}, [null as never])]
  const { passes, shouldRun } = explain(prepared, odd)
  expect(shouldRun).toBe(true)
  expect(decide(prepared, odd).shouldRun).toBe(true)
  expect(passes).toMatchObject([{ code: 'TaintIgnored', taint: { key: '', value: '', effect: '' } }])
})
