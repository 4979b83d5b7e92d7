import { describe, expect, it } from 'vitest'
import { admitPod } from '#apiserver/admission/admit-pod.ts'
import { releaseUsage, withUsage } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { JsonObject } from '#base/json.ts'
import { around, container, podOf, quota } from '../objects.ts'
import { whyNot } from './scene.ts'

describe('resource quota', () => {
  const ask = (quotas: JsonObject[], spec: JsonObject = {}, more: Partial<AdmissionObjects> = {}) =>
    whyNot(spec, { resourceQuotas: quotas, ...more })

  it('names all resources that do not fit, sorted', () =>
    expect(
      ask([quota('q', { 'requests.memory': '1Gi', 'requests.cpu': '1' }, { 'requests.cpu': '800m' })], {
        containers: [container('a', { cpu: '300m', memory: '2Gi' })],
      }),
    ).toBe(
      'exceeded quota: q, requested: requests.cpu=300m,requests.memory=2Gi, used: requests.cpu=800m,requests.memory=0, limited: requests.cpu=1,requests.memory=1Gi',
    ))
  it.each(['pods', 'count/pods'])('counts %s', (resource) =>
    expect(ask([quota('q', { [resource]: '2' }, { [resource]: '2' })])).toBe(
      `exceeded quota: q, requested: ${resource}=1, used: ${resource}=2, limited: ${resource}=2`,
    ),
  )
  it('counts extended resources and overhead', () =>
    expect(
      ask(
        [quota('q', { 'requests.nvidia.com/gpu': '1', 'requests.cpu': '1' })],
        {
          runtimeClassName: 'r',
          containers: [container('a', { cpu: '900m', 'nvidia.com/gpu': '2' }, { 'nvidia.com/gpu': '2' })],
        },
        { runtimeClasses: [{ metadata: { name: 'r' }, overhead: { podFixed: { cpu: '200m' } } }] },
      ),
    ).toBe(
      'exceeded quota: q, requested: requests.cpu=1100m,requests.nvidia.com/gpu=2, used: requests.cpu=0,requests.nvidia.com/gpu=0, limited: requests.cpu=1,requests.nvidia.com/gpu=1',
    ))
  it('every container must say what is counted', () =>
    expect(
      ask([quota('q', { 'limits.memory': '1Gi', cpu: '1', 'requests.ephemeral-storage': '1Gi' })], {
        initContainers: [container('i', { cpu: '1m' })],
        containers: [container('b'), container('a', {}, { memory: '1Mi' })],
      }),
    ).toBe('failed quota: q: must specify cpu for: a,b; limits.memory for: b,i'))
  it('unless the pod says it as a whole', () =>
    expect(
      ask([quota('q', { 'requests.cpu': '1' })], { resources: { requests: { cpu: '100m' } } }),
    ).toBeUndefined())
  it('a quota that was not looked at yet lets nobody in', () =>
    expect(
      ask(
        [
          {
            ...quota('q', {}),
            status: { hard: { pods: '5', 'limits.cpu': '1', services: '1' }, used: { services: '0' } },
          },
        ],
        {
          containers: [container('a', {}, { cpu: '1' })],
        },
      ),
    ).toBe('status unknown for quota: q, resources: limits.cpu,pods'))
  it('what is no pod`s is not asked', () =>
    expect(ask([quota('q', { services: '0', persistentvolumeclaims: '0' })])).toBeUndefined())

  const full = (spec: JsonObject) => [quota('q', { pods: '1' }, { pods: '1' }, spec)]
  const inPriority = (operator: string, values?: string[]) =>
    full({
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values ? { values } : {}) }],
      },
    })
  const asking = { containers: [container('a', { cpu: '1m' })] }
  it.each([
    ['BestEffort', {}, true],
    ['BestEffort', asking, false],
    ['NotBestEffort', {}, false],
    ['NotBestEffort', asking, true],
    ['Terminating', {}, false],
    ['Terminating', { activeDeadlineSeconds: 5 }, true],
    ['NotTerminating', {}, true],
    ['NotTerminating', { activeDeadlineSeconds: 5 }, false],
    ['PriorityClass', {}, false],
    ['PriorityClass', { priorityClassName: 'system-node-critical' }, true],
    ['CrossNamespacePodAffinity', {}, false],
  ] as [string, JsonObject, boolean][])('the scope %s', (scope, spec, counts) =>
    expect(ask(full({ scopes: [scope] }), spec) !== undefined).toBe(counts),
  )
  it.each([
    ['In', ['system-node-critical'], true],
    ['In', ['other'], false],
    ['NotIn', ['other'], true],
    ['Exists', undefined, true],
    ['DoesNotExist', undefined, false],
  ] as [string, string[] | undefined, boolean][])(
    'a scope of priority classes: %s %s',
    (operator, values, counts) =>
      expect(
        ask(inPriority(operator, values), { priorityClassName: 'system-node-critical' }) !== undefined,
      ).toBe(counts),
  )
  it('affinity across namespaces', () => {
    const term = { topologyKey: 'zone', namespaces: ['b'], labelSelector: {} }
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    expect(ask(full({ scopes: ['CrossNamespacePodAffinity'] }), { affinity })).toContain('exceeded quota')
  })

  it('the next pod finds this one counted', () => {
    const quotas = [quota('q', { pods: '2', 'requests.cpu': '1' }, { 'requests.cpu': '100m' })]
    const pod = podOf({ containers: [container('a', { cpu: '400m' })] })
    const first = admitPod(pod, around({ resourceQuotas: quotas }))
    if (!first.allowed) throw new Error(first.message)
    expect(first.resourceQuotas).toMatchObject([{ status: { used: { pods: '1', 'requests.cpu': '500m' } } }])
    const second = admitPod(pod, around({ resourceQuotas: first.resourceQuotas }))
    if (!second.allowed) throw new Error(second.message)
    expect(second.resourceQuotas).toMatchObject([{ status: { used: { pods: '2', 'requests.cpu': '900m' } } }])
    expect(admitPod(pod, around({ resourceQuotas: second.resourceQuotas }))).toMatchObject({
      message:
        'pods "agent-" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=400m, used: pods=2,requests.cpu=900m, limited: pods=2,requests.cpu=1',
    })
  })
})

describe('what a pod that is resized in place uses of a quota', () => {
  const used = (spec: JsonObject, status: JsonObject) => {
    const hard = Object.fromEntries(['requests.cpu', 'limits.cpu', 'pods'].map((name) => [name, '9']))
    const pod = { metadata: { name: 'p' }, spec, status }
    const counted = withUsage({ spec: { hard } }, [pod], 0)
    const [freed] = releaseUsage(pod, [counted], 0)
    expect(freed?.status).toMatchObject({ used: { 'requests.cpu': '0', 'limits.cpu': '0', pods: '0' } })
    return (counted.status as JsonObject).used
  }
  const containers = [container('a', { cpu: '1' }, { cpu: '2' })]
  const containerStatuses = [
    {
      name: 'a',
      resources: { requests: { cpu: '3' }, limits: { cpu: '4' } },
      allocatedResources: { cpu: '5' },
    },
  ]

  it('is what it holds where that is more than what it wishes', () =>
    expect(used({ containers }, { containerStatuses })).toEqual({
      'requests.cpu': '5',
      'limits.cpu': '4',
      pods: '1',
    }))
  it('is what is wished for the pod as a whole, whatever it holds', () =>
    expect(
      used(
        { containers, resources: { requests: { cpu: '2' }, limits: { cpu: '3' } } },
        { containerStatuses, resources: { requests: { cpu: '7' }, limits: { cpu: '7' } } },
      ),
    ).toEqual({ 'requests.cpu': '2', 'limits.cpu': '3', pods: '1' }))
})
