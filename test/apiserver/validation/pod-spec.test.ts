import { describe, expect, it } from 'vitest'
import { validateNamespaceName } from '#apiserver/validation/names.ts'
import type { JsonObject } from '#kube/types.ts'
import { brief, daemonSet } from './manifests.ts'

describe('names, addresses, gates', () => {
  it.each<[string, JsonObject, string[]]>([
    [
      'a nameserver with leading zeros',
      daemonSet({ dnsConfig: { nameservers: ['010.1.1.1'] } }),
      ['Invalid dnsConfig.nameservers[0]'],
    ],
    [
      'an IPv4 address in IPv6',
      daemonSet({ dnsConfig: { nameservers: ['::ffff:1.2.3.4'] } }),
      ['Invalid dnsConfig.nameservers[0]'],
    ],
    [
      'DNS policy None without servers',
      daemonSet({ dnsPolicy: 'None', dnsConfig: {} }),
      ['Required dnsConfig.nameservers'],
    ],
    [
      'a search domain with an underscore and a dot',
      daemonSet({ dnsConfig: { searches: ['_tcp.example.com.', '.'] } }),
      [],
    ],
    [
      'a host alias',
      daemonSet({ hostAliases: [{ ip: '1.2.3', hostnames: ['UP'] }] }),
      ['Invalid hostAliases[0].ip', 'Invalid hostAliases[0].hostnames[0]'],
    ],
    [
      'two gates of one name',
      daemonSet({ schedulingGates: [{ name: 'a' }, { name: 'a' }] }),
      ['Duplicate schedulingGates[1]'],
    ],
    [
      'a claim of two kinds',
      daemonSet({ resourceClaims: [{ name: 'a', resourceClaimName: 'b', resourceClaimTemplateName: 'c' }] }),
      ['Invalid resourceClaims[0]'],
    ],
    [
      'a class that is no name',
      daemonSet({ priorityClassName: 'A', runtimeClassName: '' }),
      ['Invalid priorityClassName', 'Invalid runtimeClassName'],
    ],
    [
      'a hostname on the host network',
      daemonSet({ hostnameOverride: 'a.b', hostNetwork: true }),
      ['Forbidden hostnameOverride'],
    ],
    ['a namespace with dots', daemonSet({}, {}, { namespace: 'a.b' }), ['Invalid metadata.namespace']],
    [
      'a finalizer of no domain',
      daemonSet({}, {}, { finalizers: ['mine'] }),
      ['Invalid metadata.finalizers[0]'],
    ],
    [
      'annotations beyond 256 KiB',
      daemonSet({}, {}, { annotations: { a: 'x'.repeat(262144) } }),
      ['TooLong metadata.annotations'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))

  it('namespaces', () => {
    expect(validateNamespaceName('a-b')).toEqual([])
    expect(validateNamespaceName('a.b')).toEqual(['must not contain dots'])
    expect(validateNamespaceName('x'.repeat(64))).toEqual(['must be no more than 63 characters'])
  })
})
