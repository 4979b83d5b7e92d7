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

  it('apps/v1beta2 did not', () => {
    expect(asAppsV1(of('apps/v1beta2', { template }))).toEqual(of('apps/v1', { template }))
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
