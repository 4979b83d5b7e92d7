import { describe, expect, it } from 'vitest'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import type { JsonObject } from '#kube/types.ts'
import { daemonSet, withContainer } from './manifests.ts'

describe('warnings', () => {
  it.each<[string, JsonObject, string]>([
    [
      'a label of old',
      daemonSet({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }),
      'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
    [
      'a variable twice',
      withContainer({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      'a port twice',
      withContainer({ ports: [{ containerPort: 1 }, { containerPort: 1 }] }),
      'spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]',
    ],
    [
      'a port of the same name in two containers',
      daemonSet({
        initContainers: [{ name: 'before', image: 'i', ports: [{ containerPort: 1, name: 'web' }] }],
        containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 3, name: 'web' }] }],
      }),
      'spec.template.spec.containers[0].ports[0]: duplicate port name "web" with spec.template.spec.initContainers[0].ports[0], services and probes that select ports by name will use spec.template.spec.initContainers[0].ports[0]',
    ],
    [
      'part of a byte',
      withContainer({ resources: { limits: { memory: '100m' } } }),
      'spec.template.spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
    [
      'a volume of old',
      daemonSet({ volumes: [{ name: 'v', gitRepo: { repository: 'r' } }] }),
      'spec.template.spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
    ],
    [
      'spread without a selector',
      daemonSet({
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }],
      }),
      'spec.template.spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
    ],
    [
      'an address in long form',
      daemonSet({ dnsConfig: { nameservers: ['2001:DB8:0:0::1'] } }),
      'spec.template.spec.dnsConfig.nameservers[0]: IPv6 address "2001:DB8:0:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    ],
    [
      'a secret without a name',
      daemonSet({ imagePullSecrets: [{}] }),
      'spec.template.spec.imagePullSecrets[0].name: invalid empty name ""',
    ],
  ])('%s', (_, object, warning) => {
    const admission = admitDaemonSet(object)
    expect(admission.errors).toEqual([])
    expect(admission.warnings.map(({ message }) => message)).toEqual([warning])
  })
})
