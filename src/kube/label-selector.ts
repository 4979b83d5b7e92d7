import type { LabelSelector, LabelSelectorRequirement, Maybe, StringMap } from './types.ts'

type LabelTest = (labels: StringMap) => boolean

function testOf(requirement: LabelSelectorRequirement): LabelTest {
  const { key, operator, values } = requirement
  const name = key ?? ''
  const wanted = new Set(values ?? [])
  const has = (labels: StringMap) => Object.hasOwn(labels, name)
  switch (operator) {
    case 'In':
      return (labels) => has(labels) && wanted.has(labels[name] ?? '')
    case 'NotIn':
      return (labels) => !has(labels) || !wanted.has(labels[name] ?? '')
    case 'Exists':
      return has
    case 'DoesNotExist':
      return (labels) => !has(labels)
    default:
      return () => false
  }
}

/**
 * Compiles a label selector to a test of an object's labels. An absent selector matches nothing, an empty one everything,
 * one with an unknown operator nothing. Mirrors LabelSelectorAsSelector of k8s.io/apimachinery.
 */
export function labelSelectorTest(selector: Maybe<LabelSelector>): LabelTest {
  if (!selector) return () => false
  const equal = Object.entries(selector.matchLabels ?? {})
  const tests = (selector.matchExpressions ?? []).map(testOf)
  return (labels) =>
    equal.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
    tests.every((test) => test(labels))
}
