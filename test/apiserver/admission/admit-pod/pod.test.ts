import { describe, expect, it } from 'vitest'
import { admitPod, unknownFor } from '#apiserver/admission/admit-pod.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import { around, namespaceWith, podOf, quota } from '../objects.ts'
import { whyNot } from './scene.ts'

describe('namespace', () => {
  it('one that is being deleted takes nothing new', () =>
    expect(
      whyNot({}, { namespace: { metadata: { name: 'default' }, status: { phase: 'Terminating' } } }),
    ).toBe('unable to create new content in namespace default because it is being terminated'))
  it('one that is not there is told before anything else', () =>
    expect(whyNot({ priorityClassName: 'none' }, { namespace: null })).toBe('namespaces "default" not found'))
})

describe('order', () => {
  const strict = { namespace: namespaceWith({ enforce: 'restricted' }) }

  it('what changes a pod refuses it before what checks it', () =>
    expect(whyNot({ priorityClassName: 'none', hostNetwork: true }, strict)).toBe(
      'no PriorityClass with name none was found',
    ))
  it('an invalid pod is told so before the levels are asked', () =>
    expect(whyNot({ hostNetwork: true, containers: [{ name: 'A', image: 'i' }] }, strict)).toMatch(
      /^Pod "agent-" is invalid: spec.containers\[0\].name: Invalid value: "A"/,
    ))
  it('levels before quotas', () =>
    expect(whyNot({}, { ...strict, resourceQuotas: [quota('q', { pods: '0' })] })).toMatch(
      /^violates PodSecurity/,
    ))
  it('with its name, where it has one', () =>
    expect(admitPod(podOf({}, { name: 'agent-x' }), around(strict))).toMatchObject({
      message: expect.stringMatching(/^pods "agent-x" is forbidden/),
    }))
})

describe('what is not known', () => {
  const nothing: AdmissionObjects = {
    namespace: undefined,
    priorityClasses: undefined,
    serviceAccounts: undefined,
    runtimeClasses: undefined,
    limitRanges: undefined,
    resourceQuotas: undefined,
  }
  it('is not judged', () =>
    expect(
      admitPod(
        podOf({ priorityClassName: 'x', serviceAccountName: 'x', runtimeClassName: 'x', hostNetwork: true }),
        nothing,
      ),
    ).toMatchObject({ allowed: true }))
  it('is named where it could have mattered', () => {
    expect(unknownFor({}, nothing)).toEqual(['namespace', 'limitRanges', 'resourceQuotas'])
    expect(
      unknownFor({ priorityClassName: 'x', serviceAccountName: 'x', runtimeClassName: 'x' }, nothing),
    ).toEqual([
      'namespace',
      'priorityClasses',
      'serviceAccounts',
      'runtimeClasses',
      'limitRanges',
      'resourceQuotas',
    ])
    expect(
      unknownFor({ priorityClassName: 'system-node-critical', serviceAccountName: 'default' }, nothing),
    ).toEqual(['namespace', 'limitRanges', 'resourceQuotas'])
    expect(unknownFor({}, around())).toEqual([])
  })
})
