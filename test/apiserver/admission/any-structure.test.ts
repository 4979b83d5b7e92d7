import fc from 'fast-check'
import { expect, it } from 'vitest'
import { admitPod, unknownFor } from '#apiserver/admission/admit-pod.ts'
import { releaseUsage, withUsage } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { JsonObject } from '#base/json.ts'
import { podReferences } from '#kube/pod-references.ts'
import { changed } from '../../helpers/any-structure.ts'
import { longest, runs } from '../../helpers/random-cases.ts'
import { container, limitRange, namespaceWith, podOf, quota } from './objects.ts'

/* Objects of a dump may hold anything: whatever it is, there is an answer. */

const account = {
  metadata: { name: 'default', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
  secrets: [{ name: 's' }],
  imagePullSecrets: [{ name: 'k' }],
}
const runtimeClass = {
  metadata: { name: 'r' },
  overhead: { podFixed: { cpu: '1' } },
  scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'a', operator: 'Exists' }] },
}
const scopes = {
  scopes: ['NotBestEffort'],
  scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
}
const limits = limitRange(
  { type: 'Container', max: { cpu: '4' }, default: { memory: '1Gi' }, maxLimitRequestRatio: { cpu: '9' } },
  { type: 'Pod', min: { cpu: '1m' } },
)
const objects: AdmissionObjects = {
  namespace: namespaceWith({ enforce: 'restricted', warn: 'baseline', 'warn-version': 'v1.20' }),
  priorityClasses: [{ metadata: { name: 'high' }, value: 5, globalDefault: true, preemptionPolicy: 'Never' }],
  serviceAccounts: [account],
  runtimeClasses: [runtimeClass],
  limitRanges: [limits],
  resourceQuotas: [quota('q', { pods: '3', 'requests.cpu': '9' }, {}, scopes)],
}
const pod = podOf({
  priorityClassName: 'high',
  runtimeClassName: 'r',
  nodeSelector: { a: 'b' },
  containers: [
    {
      ...container('a', { cpu: '1' }, { cpu: '2' }),
      env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      securityContext: { capabilities: { drop: ['ALL'] }, seLinuxOptions: { type: 't' } },
    },
  ],
  volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'c' } }] } }],
})

it('of any structure', { timeout: longest }, () => {
  fc.assert(
    fc.property(changed({ pod, objects }, { below: 4 }), (given) => {
      const answer = admitPod(given.pod, given.objects)
      const said = answer.allowed ? answer.pod : answer.message
      expect(said).toBeTruthy()
      const spec = given.pod.spec as JsonObject
      expect(unknownFor(spec, given.objects)).toEqual([])
      expect(Array.isArray(podReferences(spec))).toBe(true)
      for (const one of given.objects.resourceQuotas ?? [])
        expect(releaseUsage(given.pod, [withUsage(one, [given.pod], 0)], 0).length).toBe(1)
    }),
    runs(1500),
  )
})

it('as it is, it is admitted but for its level', () =>
  expect(admitPod(pod, objects)).toMatchObject({ message: expect.stringContaining('violates PodSecurity') }))
