import { describe, expect, it } from 'vitest'
import { asAppsV1 } from '#kube/retired.ts'
import type { DaemonSet } from '#kube/types.ts'

const template = { metadata: { labels: { app: 'a' } } }
const of = (apiVersion: string, spec: object) => ({ apiVersion, kind: 'DaemonSet', spec }) as DaemonSet

describe('DaemonSets of retired API versions', () => {
  it('extensions/v1beta1 took its selector from the template', () => {
    expect(asAppsV1(of('extensions/v1beta1', { template, templateGeneration: 3 }))).toEqual(
      of('apps/v1', { template, selector: { matchLabels: { app: 'a' } } }),
    )
  })

  it.each(['apps/v1beta1', 'apps/v1beta2'])('%s did not', (version) => {
    expect(asAppsV1(of(version, { template }))).toEqual(of('apps/v1', { template }))
  })

  it.each([{}, { template: {} }, { template: null }, { template: { metadata: {} } }])(
    'nothing is taken where there are no labels: %j',
    (spec) => {
      expect(asAppsV1(of('extensions/v1beta1', spec))).toEqual(of('apps/v1', spec))
    },
  )

  it('a bare object is one of apps/v1 with an empty spec', () => {
    expect(asAppsV1({ apiVersion: 'extensions/v1beta1' })).toEqual({ apiVersion: 'apps/v1', spec: {} })
    expect(asAppsV1({})).toEqual({})
  })

  it('a selector that is there stays', () => {
    const selector = { matchLabels: { b: 'c' } }
    expect(asAppsV1(of('extensions/v1beta1', { template, selector })).spec?.selector).toEqual(selector)
  })

  it('apps/v1 is left alone', () => {
    const current = of('apps/v1', { template, templateGeneration: 3 })
    expect(asAppsV1(current)).toBe(current)
  })
})
