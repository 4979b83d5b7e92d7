import { describe, expect, it } from 'vitest'
import { ownersBy, upgradedManagers } from '#apiserver/managed-fields/client-side-upgrade.ts'
import type { JsonObject } from '#kube/types.ts'

const entry = (
  manager: string,
  operation: string,
  fields: JsonObject,
  more: JsonObject = {},
): JsonObject => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1: fields,
  ...more,
})
const annotation = { 'f:metadata': { 'f:annotations': { 'f:note': {} } } }
const image = { 'f:spec': { 'f:image': {} } }
const both = { ...annotation, ...image }

describe('fields of client-side apply, handed over', () => {
  it('belong to those who own all that is asked for', () => {
    const entries = [entry('a', 'Update', both), entry('b', 'Update', image), entry('c', 'Apply', both)]
    expect(ownersBy(entries, 'Update', annotation)).toEqual(['a'])
    expect(ownersBy(entries, 'Apply', annotation)).toEqual(['c'])
    expect(ownersBy(null, 'Apply', annotation)).toEqual([])
  })

  it('are joined to what the manager applies already', () => {
    const others = entry('kubelet', 'Update', image, { subresource: 'status' })
    const entries = [entry('kubectl', 'Apply', image), others, entry('client', 'Update', annotation)]
    expect(upgradedManagers(entries, ['client'], 'kubectl')).toEqual([
      entry('kubectl', 'Apply', both),
      others,
    ])
  })

  it('become the manager where it has applied nothing yet', () => {
    const entries = [entry('client', 'Update', annotation, { time: 'now' }), entry('other', 'Update', image)]
    expect(upgradedManagers(entries, ['client'], 'kubectl')).toEqual([
      entry('kubectl', 'Apply', annotation, { time: 'now' }),
      entry('other', 'Update', image),
    ])
  })

  it('are left alone where there are none, and below a subresource', () => {
    const status = entry('client', 'Update', annotation, { subresource: 'status' })
    expect(upgradedManagers([status, entry('other', 'Update', image)], ['client'], 'kubectl')).toBeUndefined()
    expect(upgradedManagers(undefined, ['client'], 'kubectl')).toBeUndefined()
  })

  it('of another version go, and give nothing', () => {
    const old = entry('client', 'Update', image, { apiVersion: 'apps/v1beta1' })
    const mine = entry('kubectl', 'Apply', annotation)
    expect(upgradedManagers([mine, old], ['client'], 'kubectl')).toEqual([mine])
  })
})
