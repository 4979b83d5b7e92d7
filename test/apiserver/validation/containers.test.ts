import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#kube/types.ts'
import { brief, daemonSet, withContainer } from './manifests.ts'

describe('containers', () => {
  const init = (...initContainers: JsonObject[]) =>
    daemonSet({ initContainers: initContainers.map((more) => ({ name: 'i', image: 'x', ...more })) })
  it.each<[string, JsonObject, string[]]>([
    [
      'no name, no image',
      daemonSet({ containers: [{}] }),
      ['Required containers[0].name', 'Required containers[0].image'],
    ],
    ['white space around an image', withContainer({ image: ' x ' }), []],
    ['an init container called like another', init({ name: 'c' }), ['Duplicate initContainers[0].name']],
    [
      'a probe of an init container',
      init({ livenessProbe: { exec: { command: ['a'] } } }),
      ['Forbidden initContainers[0].livenessProbe'],
    ],
    [
      'a probe of a sidecar',
      init({ restartPolicy: 'Always', livenessProbe: { exec: { command: ['a'] } } }),
      [],
    ],
    [
      'a policy that is none',
      init({ restartPolicy: 'Sometimes' }),
      ['NotSupported initContainers[0].restartPolicy'],
    ],
    [
      'rules without a policy',
      withContainer({
        restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
      }),
      ['Required containers[0].restartPolicy'],
    ],
    [
      'a rule without exit codes',
      withContainer({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] }),
      ['Required containers[0].restartPolicyRules[0].exitCodes'],
    ],
    [
      'resizing twice',
      withContainer({
        resizePolicy: [
          { resourceName: 'cpu', restartPolicy: 'NotRequired' },
          { resourceName: 'cpu', restartPolicy: 'Now' },
        ],
      }),
      ['Duplicate containers[0].resizePolicy[1]', 'NotSupported containers[0].resizePolicy'],
    ],
    [
      'a pull policy in the wrong case',
      withContainer({ imagePullPolicy: 'always' }),
      ['NotSupported containers[0].imagePullPolicy'],
    ],
    [
      'one host port twice, in two containers',
      daemonSet({
        containers: [1, 2].map((n) => ({
          name: `c${n}`,
          image: 'x',
          ports: [{ containerPort: 80, hostPort: 80 }],
        })),
      }),
      ['Duplicate containers[1].ports[0].hostPort'],
    ],
    [
      'one host port twice, of two protocols',
      withContainer({
        ports: [
          { containerPort: 53, hostPort: 53 },
          { containerPort: 53, hostPort: 53, protocol: 'UDP' },
        ],
      }),
      [],
    ],
    [
      'another host port on the host network',
      withContainer({ ports: [{ containerPort: 80, hostPort: 81 }] }, { hostNetwork: true }),
      ['Invalid containers[0].ports[0].hostPort'],
    ],
    ['a variable with spaces', withContainer({ env: [{ name: 'a b' }] }), []],
    ['a variable with =', withContainer({ env: [{ name: 'a=b' }] }), ['Invalid containers[0].env[0].name']],
    [
      'value and source',
      withContainer({
        env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      }),
      ['Invalid containers[0].env[0].valueFrom'],
    ],
    [
      'no such field',
      withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }),
      ['Invalid containers[0].env[0].valueFrom.fieldRef.fieldPath'],
    ],
    [
      'a label by its key',
      withContainer({
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a/b/c']" } } }],
      }),
      ['Invalid containers[0].env[0].valueFrom.fieldRef'],
    ],
    [
      'a divisor of cpu',
      withContainer({
        env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } }],
      }),
      ['Invalid containers[0].env[0].valueFrom.resourceFieldRef.divisor'],
    ],
    [
      'a file of no volume',
      withContainer({
        env: [{ name: 'A', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'f', key: 'A' } } }],
      }),
      ['NotFound containers[0].env[0].valueFrom.fileKeyRef.volumeName'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('resources', () => {
  const resources = (value: JsonObject) => withContainer({ resources: value })
  const at = (rest: string) => `containers[0].resources.${rest}`
  it.each<[string, JsonObject, string[]]>([
    [
      'an unknown short name',
      resources({ limits: { gpus: 1 } }),
      [`Invalid ${at('limits[gpus]')}`, `Invalid ${at('limits[gpus]')}`],
    ],
    [
      'half a GPU',
      resources({ limits: { 'nvidia.com/gpu': '500m' } }),
      [`Invalid ${at('limits[nvidia.com/gpu]')}`],
    ],
    [
      'a GPU asked for without a limit',
      resources({ requests: { 'nvidia.com/gpu': 1 } }),
      [`Required ${at('limits')}`],
    ],
    [
      'huge pages alone',
      resources({ limits: { 'hugepages-2Mi': '4Mi' } }),
      ['Forbidden containers[0].resources'],
    ],
    [
      'huge pages that do not fit',
      resources({ limits: { 'hugepages-2Mi': '3Mi', cpu: 1 } }),
      [`Invalid ${at('limits[hugepages-2Mi]')}`],
    ],
    ['a claim that the pod has not', resources({ claims: [{ name: 'x' }] }), [`NotFound ${at('claims[0]')}`]],
    [
      'a pod too small for its containers',
      withContainer({ resources: { requests: { cpu: '2' } } }, { resources: { requests: { cpu: '1' } } }),
      ['Invalid resources.requests[cpu]'],
    ],
    [
      'a pod that leaves to its containers what it does not ask for itself',
      withContainer(
        { resources: { requests: { memory: '1Gi', 'ephemeral-storage': '2Gi' } } },
        { resources: { requests: { cpu: '1' }, limits: { memory: '3Gi' } } },
      ),
      [],
    ],
    [
      'huge pages beyond those of the pod',
      withContainer(
        { resources: { limits: { cpu: '1', 'hugepages-2Mi': '8Mi' } } },
        { resources: { limits: { cpu: '1', 'hugepages-2Mi': '4Mi' } } },
      ),
      ['Invalid resources.limits[hugepages-2Mi]', 'Invalid resources.containers[0][hugepages-2Mi].limits'],
    ],
    [
      'storage of a whole pod',
      daemonSet({ resources: { limits: { 'ephemeral-storage': '1Gi' } } }),
      ['NotSupported resources.limits[ephemeral-storage]'],
    ],
    [
      'overhead of a negative amount',
      daemonSet({ overhead: { cpu: '-1' } }),
      ['Invalid overhead.limits[cpu]'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('probes and hooks', () => {
  const probe = (value: JsonObject) => withContainer({ livenessProbe: value })
  const at = (rest: string) => `containers[0].livenessProbe${rest}`
  it.each<[string, JsonObject, string[]]>([
    ['no handler', probe({}), [`Required ${at('')}`]],
    [
      'two handlers',
      probe({ exec: { command: ['a'] }, tcpSocket: { port: 1 } }),
      [`Forbidden ${at('.tcpSocket')}`],
    ],
    ['no port', probe({ httpGet: {} }), [`Invalid ${at('.httpGet.port')}`]],
    [
      'a scheme in small letters',
      probe({ httpGet: { port: 80, scheme: 'http' } }),
      [`NotSupported ${at('.httpGet.scheme')}`],
    ],
    [
      'a header with a colon',
      probe({ httpGet: { port: 80, httpHeaders: [{ name: 'a:', value: 'b' }] } }),
      [`Invalid ${at('.httpGet.httpHeaders')}`],
    ],
    [
      'two successes of a liveness probe',
      probe({ exec: { command: ['a'] }, successThreshold: 2 }),
      [`Invalid ${at('.successThreshold')}`],
    ],
    [
      'a sleep beyond the grace period',
      withContainer({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
      ['Invalid containers[0].lifecycle.preStop.sleep'],
    ],
    [
      'a grace period of a readiness probe',
      withContainer({ readinessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 1 } }),
      ['Invalid containers[0].readinessProbe.terminationGracePeriodSeconds'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})
