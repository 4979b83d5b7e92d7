import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { admitPod } from '#apiserver/admission/admit-pod.ts'
import { podSecurityTemplateWarning } from '#apiserver/admission/pod-security/pod-security.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { JsonObject } from '#base/json.ts'
import { around, limitRange, namespaceWith, quota } from './objects.ts'

/* What a v1.36.2 server said to the pods of the fixtures, made in a dry run in namespaces of different rules. */

const strict = { namespace: namespaceWith({ enforce: 'restricted' }) }
const base = { namespace: namespaceWith({ enforce: 'baseline' }) }
const warned = { namespace: namespaceWith({ warn: 'baseline' }) }
const poor = { resourceQuotas: [quota('q', { pods: '2', 'requests.cpu': '1' })] }
const ranged = {
  limitRanges: [
    limitRange({
      type: 'Container',
      max: { cpu: '1' },
      default: { cpu: '500m', memory: '64Mi' },
      defaultRequest: { cpu: '200m', memory: '32Mi' },
    }),
  ],
}

const forbidden = (why: string) => ({
  status: 403,
  reason: 'Forbidden',
  message: `pods "agent-" is forbidden: ${why}`,
})
const restricted =
  'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
const tooMuch =
  'spec.containers[0].resources.requests: Invalid value: "3": must be less than or equal to cpu limit of 500m'

const refusals: readonly (readonly [string, string, Partial<AdmissionObjects>, object])[] = [
  ['pod', 'strict', strict, forbidden(`violates PodSecurity "restricted:latest": ${restricted}`)],
  [
    'pod-host',
    'base',
    base,
    forbidden('violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'),
  ],
  [
    'pod-priv',
    'base',
    base,
    forbidden(
      'violates PodSecurity "baseline:latest": privileged (container "a" must not set securityContext.privileged=true)',
    ),
  ],
  ['pod', 'poor', poor, forbidden('failed quota: q: must specify requests.cpu for: a')],
  [
    'pod-cpu',
    'poor',
    poor,
    forbidden('exceeded quota: q, requested: requests.cpu=3, used: requests.cpu=0, limited: requests.cpu=1'),
  ],
  [
    'pod-cpu',
    'ranged',
    ranged,
    { status: 422, reason: 'Invalid', message: `Pod "agent-" is invalid: ${tooMuch}` },
  ],
  ['pod-prio', 'default', {}, forbidden('no PriorityClass with name none was found')],
  [
    'pod-sa',
    'default',
    {},
    forbidden('error looking up service account default/none: serviceaccount "none" not found'),
  ],
  ['pod-rc', 'default', {}, forbidden('pod rejected: RuntimeClass "none" not found')],
  [
    'pod',
    'nons',
    { namespace: null },
    { status: 404, reason: 'NotFound', message: 'namespaces "nons" not found' },
  ],
]

function admit(file: string, namespace: string, objects: Partial<AdmissionObjects>) {
  const pod = JSON.parse(readFileSync(`test/fixtures/apiserver/preflight/${file}.json`, 'utf8')) as JsonObject
  const metadata = { ...(pod.metadata as JsonObject), namespace }
  return admitPod({ ...pod, metadata }, around(objects))
}

describe('pods of the preflight recording', () => {
  it.each(refusals)('%s is refused in %s', (file, namespace, objects, said) =>
    expect(admit(file, namespace, objects)).toMatchObject({ allowed: false, ...said }),
  )

  it.each([
    ['pod', 'default', {}],
    ['pod', 'base', base],
  ] as const)('%s is admitted to %s', (file, namespace, objects) =>
    expect(admit(file, namespace, objects)).toMatchObject({ allowed: true, warnings: [] }),
  )

  it('pod-host is admitted to a namespace that warns', () =>
    expect(admit('pod-host', 'warned', warned)).toMatchObject({
      allowed: true,
      warnings: ['would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'],
    }))

  it('a LimitRange gives a container what it does not ask for', () => {
    const answer = admit('pod', 'ranged', ranged)
    expect(answer).toMatchObject({
      allowed: true,
      pod: {
        metadata: {
          annotations: {
            'kubernetes.io/limit-ranger':
              'LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for container a',
          },
        },
        spec: {
          containers: [
            {
              resources: {
                limits: { cpu: '500m', memory: '64Mi' },
                requests: { cpu: '200m', memory: '32Mi' },
              },
            },
          ],
        },
      },
    })
  })

  it('a DaemonSet is only warned', () => {
    const template = { spec: { hostNetwork: true, containers: [{ name: 'a', image: 'nginx:1.25' }] } }
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
    expect(podSecurityTemplateWarning(template, labels)).toBe(
      `would violate PodSecurity "restricted:latest": host namespaces (hostNetwork=true), ${restricted}`,
    )
  })
})
