import { describe, expect, it } from 'vitest'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
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
    [
      "namespaces of the host with a user namespace of one's own, named as upstream names them",
      daemonSet({ hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true }),
      ['Forbidden hostNetwork', 'Forbidden HostPID', 'Forbidden HostIPC'],
    ],
    [
      'namespaces of the host on Windows',
      daemonSet({ os: { name: 'windows' }, hostPID: true, hostIPC: true, hostUsers: true }),
      ['Forbidden hostUsers', 'Forbidden hostPID', 'Forbidden hostIPC'],
    ],
    [
      'what is false or empty, on Windows',
      daemonSet({
        os: { name: 'windows' },
        hostPID: false,
        hostIPC: false,
        securityContext: { sysctls: [] },
      }),
      [],
    ],
    ['a system without a name', daemonSet({ os: {} }), ['Required os.name']],
    ['a system that is none', daemonSet({ os: { name: 'plan9' } }), ['NotSupported os']],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

it('the place of a field that upstream names as Go does is the one in the document', () => {
  const { errors } = admitDaemonSet(daemonSet({ hostUsers: false, hostPID: true }))
  expect(errors.map(({ field, path }) => [field, path.join('.')])).toEqual([
    ['spec.template.spec.HostPID', 'spec.template.spec.hostPID'],
  ])
})
