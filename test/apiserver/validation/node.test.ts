import { expect, it } from 'vitest'
import { validateNode } from '#apiserver/validation/node.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'

it('a node with two taints of one key and effect', () => {
  const taints = [1, 2].map(() => ({ key: 'a', effect: 'NoSchedule' }))
  expect(validateNode({ metadata: { name: 'n' }, spec: { taints } }).map(fieldErrorText)).toEqual([
    'spec.taints[1]: Duplicate value: {"key":"a","effect":"NoSchedule"}: taints must be unique by key and effect pair',
  ])
})
