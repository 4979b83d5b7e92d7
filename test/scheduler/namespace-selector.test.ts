import { describe, expect, it } from 'vitest'
import type { Namespace, Node } from '#kube/types.ts'
import { mismatchText, namespaceRule, refusalOn } from '#scheduler/namespace-selector.ts'

const admission = 'scheduler.alpha.kubernetes.io/node-selector'
const openShift = 'openshift.io/node-selector'

const named = (annotations: Record<string, string>): Namespace => ({
  metadata: { name: 'shop', annotations },
})
const node = (labels: Record<string, string>): Node => ({ metadata: { name: 'n1', labels } })
const ruleOf = (annotations: Record<string, string>, template: Record<string, string> = {}) =>
  namespaceRule(named(annotations), template).rule

describe("a namespace's node selector that admission heeds", () => {
  // The table of TestPodAdmission of the admission plugin PodNodeSelector.
  it.each<[string, string, Record<string, string>, boolean]>([
    ['with spaces, no conflict', ' infra = false ', {}, true],
    ['beside another label of the template', 'infra=true', { env: 'test' }, true],
    ['against the template, one label', 'infra=true', { infra: 'false' }, false],
    ['against the template, several labels', 'infra=false, env = test', { env: 'dev', color: 'blue' }, false],
    ['the same value in the template', 'infra=false, env = dev', { env: 'dev', color: 'blue' }, true],
    ['a label by a name that JavaScript knows', 'constructor=x', {}, true],
  ])('%s', (_, text, template, admitted) => {
    expect(ruleOf({ [admission]: text }, template)?.conflict === undefined).toBe(admitted)
  })

  it('names the label in conflict, and refuses the pod forevery node', () => {
    const rule = ruleOf({ [admission]: 'env=dev,infra=true' }, { infra: 'false' })
    const words =
      'pod node label selector conflicts with its namespace node label selector: infra=false, infra=true'
    expect(rule?.conflict).toBe(words)
    expect(refusalOn(rule, node({ env: 'dev', infra: 'true' }))).toBe(`admission refuses the pod: ${words}`)
  })

  it('leaves pods Pending whose node lacks one of its labels', () => {
    const rule = ruleOf({ [admission]: 'zone = a, tier=' })
    expect(rule?.selector).toEqual({
      annotation: admission,
      text: 'zone = a, tier=',
      labels: { zone: 'a', tier: '' },
      heededBy: 'scheduler',
    })
    expect(refusalOn(rule, node({ zone: 'a', tier: '', more: 'x' }))).toBeUndefined()
    const words = `the pod stays Pending: the node does not match the namespace's ${admission}: zone = a, tier=`
    expect(refusalOn(rule, node({ zone: 'a' }))).toBe(words)
    expect(refusalOn(rule, node({ zone: 'b', tier: '' }))).toBe(words)
    expect(refusalOn(rule, {})).toBe(words)
  })

  it.each([
    ['not pairs', 'zone in (a, b)'],
    ['a key without a value', 'zone'],
    ['a value without a key', '=a'],
    ['two values', 'zone=a=b'],
    ['nothing between two commas', 'zone=a,,tier=b'],
    ['a key that no label may have', 'my zone=a'],
    ['a value that no label may have', 'zone=a/b'],
  ])('cannot be read: %s', (_, text) => {
    expect(namespaceRule(named({ [admission]: text }), {})).toEqual({
      warning: {
        severity: 'warning',
        code: 'NamespaceNodeSelector',
        message: `cannot read annotation ${admission} of namespace shop: ${text}`,
      },
    })
  })

  it('cannot be read in a namespace without a name', () => {
    const { warning } = namespaceRule({ metadata: { annotations: { [admission]: '=' } } }, {})
    expect(warning?.message).toBe(`cannot read annotation ${admission} of namespace : =`)
  })
})

describe("a namespace's node selector that OpenShift's controller heeds", () => {
  it('is a label selector, and stands in no way of the pods that are made', () => {
    const rule = ruleOf({ [openShift]: 'zone in (a, b),!old' })
    expect(rule?.selector).toEqual({
      annotation: openShift,
      text: 'zone in (a, b),!old',
      labels: {},
      heededBy: 'controller',
    })
    expect(rule?.conflict).toBeUndefined()
    expect(rule?.matches(node({ zone: 'b' }))).toBe(true)
    expect(rule?.matches(node({ zone: 'b', old: '' }))).toBe(false)
    expect(rule?.matches(node({ zone: 'c' }))).toBe(false)
    expect(refusalOn(rule, node({ zone: 'c' }))).toBeUndefined()
    expect(rule && mismatchText(rule)).toBe(
      `the node does not match the namespace's ${openShift}: zone in (a, b),!old`,
    )
  })

  it('shows its labels where it is made of pairs, and knows no conflict', () => {
    const rule = ruleOf({ [openShift]: 'zone=a' }, { zone: 'b' })
    expect(rule?.selector.labels).toEqual({ zone: 'a' })
    expect(rule?.conflict).toBeUndefined()
  })

  it("is admission's, read as a selector, where both are written", () => {
    const rule = ruleOf({ [admission]: 'zone!=a', [openShift]: 'zone=a' })
    expect(rule?.selector).toMatchObject({ annotation: admission, heededBy: 'controller' })
    expect(rule?.matches(node({ zone: 'a' }))).toBe(false)
  })

  it("is admission's in a project of OpenShift, which other annotations tell", () => {
    const rule = ruleOf({ [admission]: 'zone in (a)', 'openshift.io/description': 'a shop' })
    expect(rule?.selector.heededBy).toBe('controller')
  })

  it('cannot be read', () => {
    expect(namespaceRule(named({ [openShift]: 'zone in (a' }), {})).toMatchObject({
      warning: { message: `cannot read annotation ${openShift} of namespace shop: zone in (a` },
    })
  })
})

describe('a namespace without a node selector', () => {
  it.each<[string, Namespace | undefined]>([
    ['that is not known', undefined],
    ['without metadata', {}],
    ['without annotations', { metadata: { name: 'shop' } }],
    ['with others', named({ 'openshift.io/description': 'a shop' })],
    ['with an empty one', named({ [admission]: ' ' })],
    [
      "with an empty one for admission, which goes before OpenShift's",
      named({ [admission]: '', [openShift]: 'a=b' }),
    ],
  ])('%s', (_, namespace) => {
    expect(namespaceRule(namespace, {})).toEqual({})
    expect(refusalOn(undefined, {})).toBeUndefined()
  })
})
