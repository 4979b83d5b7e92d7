import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#kube/types.ts'
import { brief, daemonSet, withContainer } from './manifests.ts'

describe('security', () => {
  const pod = (securityContext: JsonObject, more: JsonObject = {}) => daemonSet({ securityContext, ...more })
  it.each<[string, JsonObject, string[]]>([
    ['a user below zero', pod({ runAsUser: -1 }), ['Invalid securityContext.runAsUser']],
    [
      'a sysctl twice',
      pod({
        sysctls: [
          { name: 'kernel.shm_rmid_forced', value: '1' },
          { name: 'kernel.shm_rmid_forced', value: '0' },
        ],
      }),
      ['Duplicate securityContext.sysctls[1].name'],
    ],
    [
      "a sysctl of the host's network",
      pod({ sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }] }, { hostNetwork: true }),
      ['Invalid securityContext.sysctls[0].name'],
    ],
    [
      'a local profile without a name',
      pod({ seccompProfile: { type: 'Localhost' } }),
      ['Required securityContext.seccompProfile.localhostProfile'],
    ],
    ['a profile of no type', pod({ appArmorProfile: {} }), ['Required securityContext.appArmorProfile.type']],
    [
      'privileged without escalation',
      withContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
      ['Invalid containers[0].securityContext'],
    ],
    ['privileged', withContainer({ securityContext: { privileged: true } }), []],
    [
      'an unmasked /proc with host users',
      withContainer({ securityContext: { procMount: 'Unmasked' } }),
      ['Invalid containers[0].securityContext.procMount'],
    ],
    [
      'a user name with two domains',
      pod({ windowsOptions: { runAsUserName: 'a\\b\\c' } }),
      ['Invalid securityContext.windowsOptions.runAsUserName'],
    ],
    [
      'host processes off the host network',
      pod({ windowsOptions: { hostProcess: true } }),
      ['Invalid hostNetwork'],
    ],
    [
      'shared processes with those of the host',
      daemonSet({ hostPID: true, shareProcessNamespace: true }),
      ['Invalid securityContext.shareProcessNamespace'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})
