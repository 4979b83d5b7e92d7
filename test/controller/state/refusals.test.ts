import { describe, expect, it } from 'vitest'
import { refusalIn } from '#controller/state/refusals.ts'

describe('what a FailedCreate Event says', () => {
  it.each<[string, string, string | undefined, string]>([
    [
      'Error creating: pods "agent-ln4cc" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)',
      'pod-security',
      'restricted',
      'violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)',
    ],
    [
      '(combined from similar events): Error creating: pods "agent-6lwtm" is forbidden: violates PodSecurity "baseline:v1.30": privileged (container "a" must not set securityContext.privileged=true)',
      'pod-security',
      'baseline',
      'violates PodSecurity "baseline:v1.30": privileged (container "a" must not set securityContext.privileged=true)',
    ],
    [
      'Error creating: pods "agent-" is forbidden: no PriorityClass with name none was found',
      'priority-class',
      'none',
      'no PriorityClass with name none was found',
    ],
    [
      'Error creating: pods "agent-pbsps" is forbidden: exceeded quota: q, requested: requests.cpu=3, used: requests.cpu=0, limited: requests.cpu=1',
      'quota',
      'q',
      'exceeded quota: q, requested: requests.cpu=3, used: requests.cpu=0, limited: requests.cpu=1',
    ],
    [
      'Error creating: pods "agent-x" is forbidden: failed quota: q: must specify requests.cpu for: a',
      'quota',
      'q',
      'failed quota: q: must specify requests.cpu for: a',
    ],
    [
      'Error creating: pods "agent-x" is forbidden: status unknown for quota: q, resources: pods',
      'quota',
      'q',
      'status unknown for quota: q, resources: pods',
    ],
    [
      'Error creating: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]',
      'quota',
      undefined,
      'insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]',
    ],
    [
      'Error creating: pods "agent-x" is forbidden: maximum cpu usage per Container is 1, but limit is 3',
      'limit-range',
      undefined,
      'maximum cpu usage per Container is 1, but limit is 3',
    ],
    [
      'Error creating: pods "agent-x" is forbidden: cpu max limit to request ratio per Pod is 2, but provided ratio is 3.000000',
      'limit-range',
      undefined,
      'cpu max limit to request ratio per Pod is 2, but provided ratio is 3.000000',
    ],
    [
      'Error creating: pods "agent-" is forbidden: error looking up service account default/none: serviceaccount "none" not found',
      'service-account',
      'none',
      'error looking up service account default/none: serviceaccount "none" not found',
    ],
    [
      'Error creating: pods "agent-" is forbidden: pod rejected: RuntimeClass "none" not found',
      'runtime-class',
      'none',
      'pod rejected: RuntimeClass "none" not found',
    ],
    [
      'Error creating: admission webhook "policy.example.com" denied the request: no',
      'webhook',
      'policy.example.com',
      'admission webhook "policy.example.com" denied the request: no',
    ],
    [
      'Error creating: Internal error occurred: failed calling webhook "inject.example.com": failed to call webhook: Post "https://x": timeout',
      'webhook',
      'inject.example.com',
      'Internal error occurred: failed calling webhook "inject.example.com": failed to call webhook: Post "https://x": timeout',
    ],
    [
      `Error creating: pods "a-x" is forbidden: ValidatingAdmissionPolicy 'no-host' with binding 'all' denied request: no`,
      'policy',
      'no-host',
      `ValidatingAdmissionPolicy 'no-host' with binding 'all' denied request: no`,
    ],
    [
      'Error creating: pods "agent-x" is forbidden: unable to create new content in namespace gone because it is being terminated',
      'namespace',
      'gone',
      'unable to create new content in namespace gone because it is being terminated',
    ],
    ['Error creating: namespaces "gone" not found', 'namespace', 'gone', 'namespaces "gone" not found'],
    [
      'Error creating: Pod "agent-62pvb" is invalid: spec.containers[0].resources.requests: Invalid value: "3": must be less than or equal to cpu limit of 500m',
      'invalid',
      undefined,
      'spec.containers[0].resources.requests: Invalid value: "3": must be less than or equal to cpu limit of 500m',
    ],
    ['Error creating: something new', 'forbidden', undefined, 'something new'],
  ])('%s', (text, cause, object, message) => {
    const { reason: _, ...told } = refusalIn(text)
    expect(told).toEqual({ cause, message, ...(object !== undefined && { object }) })
  })
})
