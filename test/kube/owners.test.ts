import { expect, it } from 'vitest'
import { controllerOf } from '#kube/owners.ts'
import type { KubeObject } from '#kube/types.ts'

const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'u1' }
const of = (ownerReferences: unknown) => controllerOf({ metadata: { ownerReferences } } as KubeObject)

it('the controller is the owner that manages the object', () => {
  const manager = { ...owner, uid: 'u2', controller: true }
  expect(of([owner, manager])).toBe(manager)
})

it('an orphan has none', () => {
  expect(of([owner, { ...owner, controller: false }, null])).toBeUndefined()
  expect(of([])).toBeUndefined()
  expect(of(null)).toBeUndefined()
  expect(controllerOf({})).toBeUndefined()
})
