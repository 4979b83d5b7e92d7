import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#kube/types.ts'
import { brief, daemonSet, withContainer } from './manifests.ts'

describe('volumes', () => {
  const volumes = (...list: JsonObject[]) =>
    daemonSet({ volumes: list.map((volume) => ({ name: 'v', ...volume })) })
  it.each<[string, JsonObject, string[]]>([
    ['without a source is an emptyDir', volumes({}), []],
    ['two sources', volumes({ emptyDir: {}, hostPath: { path: '/a' } }), ['Forbidden volumes[0].hostPath']],
    [
      'two of one name',
      daemonSet({ volumes: [{ name: 'v' }, { name: 'v' }] }),
      ['Duplicate volumes[1].name'],
    ],
    [
      'a negative size',
      volumes({ emptyDir: { sizeLimit: '-1' } }),
      ['Forbidden volumes[0].emptyDir.sizeLimit'],
    ],
    [
      'a path with steps back',
      volumes({ hostPath: { path: '/a/../b' } }),
      ['Invalid volumes[0].hostPath.path'],
    ],
    [
      'a type that is none',
      volumes({ hostPath: { path: '/a', type: 'Pipe' } }),
      ['NotSupported volumes[0].hostPath.type'],
    ],
    ['an empty hostPath', volumes({ hostPath: {} }), ['Required volumes[0].hostPath.path']],
    [
      'a mode beyond 0777',
      volumes({ configMap: { name: 'm', defaultMode: 512 } }),
      ['Invalid volumes[0].configMap.defaultMode'],
    ],
    [
      'a key without a path',
      volumes({ secret: { secretName: 's', items: [{ key: 'k' }] } }),
      ['Required volumes[0].secret.items[0].path'],
    ],
    [
      'a file outside',
      volumes({ secret: { secretName: 's', items: [{ key: 'k', path: '/x' }] } }),
      ['Invalid volumes[0].secret.items[0].path'],
    ],
    [
      'downward labels',
      volumes({ downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } }),
      [],
    ],
    [
      'downward IP',
      volumes({ downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'status.podIP' } }] } }),
      ['NotSupported volumes[0].downwardAPI.fieldRef.fieldPath'],
    ],
    [
      'a token for a minute',
      volumes({ projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } }),
      ['Invalid volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds'],
    ],
    [
      'two files of one path',
      volumes({
        projected: {
          sources: [
            { secret: { name: 's', items: [{ key: 'a', path: 'p' }] } },
            { configMap: { name: 'm', items: [{ key: 'b', path: 'p' }] } },
          ],
        },
      }),
      ['Invalid volumes[0].projected'],
    ],
    ['a driver that is no name', volumes({ csi: { driver: 'No Name' } }), ['Invalid volumes[0].csi.driver']],
    [
      'an ephemeral claim without mode and size',
      volumes({ ephemeral: { volumeClaimTemplate: { spec: {} } } }),
      [
        'Required volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes',
        'Required volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]',
      ],
    ],
    [
      'an ephemeral claim with a name',
      volumes({
        ephemeral: {
          volumeClaimTemplate: {
            metadata: { name: 'n' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        },
      }),
      ['Forbidden volumes[0].ephemeral.volumeClaimTemplate.metadata.name'],
    ],
    [
      'NFS with a relative path',
      volumes({ nfs: { server: 's', path: 'p' } }),
      ['Invalid volumes[0].nfs.path'],
    ],
    ['a disk of old', volumes({ gcePersistentDisk: {} }), ['Required volumes[0].persistentDisk.pdName']],
    [
      'iSCSI',
      volumes({ iscsi: { targetPortal: 'p', iqn: 'bad', lun: 256 } }),
      ['Invalid volumes[0].iscsi.iqn', 'Invalid volumes[0].iscsi.lun'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))

  it('mounts of a bad volume are not found, as upstream', () => {
    const volumeMounts = [{ name: 'v', mountPath: '/v' }]
    const object = withContainer({ volumeMounts }, { volumes: [{ name: 'v', hostPath: {} }] })
    expect(brief(object)).toEqual([
      'Required volumes[0].hostPath.path',
      'NotFound containers[0].volumeMounts[0].name',
    ])
  })
})

describe('mounts and devices', () => {
  const volumes = [
    { name: 'v', emptyDir: {} },
    { name: 'p', persistentVolumeClaim: { claimName: 'p' } },
  ]
  const mount = (more: JsonObject) =>
    withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v', ...more }] }, { volumes })
  it.each<[string, JsonObject, string[]]>([
    ['good', mount({}), []],
    [
      'the same path twice',
      withContainer(
        {
          volumeMounts: [
            { name: 'v', mountPath: '/v' },
            { name: 'v', mountPath: '/v' },
          ],
        },
        { volumes },
      ),
      ['Invalid containers[0].volumeMounts[1].mountPath'],
    ],
    [
      'both sub-paths',
      mount({ subPath: 'a', subPathExpr: '$(B)' }),
      ['Invalid containers[0].volumeMounts[0].subPathExpr'],
    ],
    [
      'a sub-path with steps back',
      mount({ subPath: '../a' }),
      ['Invalid containers[0].volumeMounts.subPath'],
    ],
    [
      'propagation without privilege',
      mount({ mountPropagation: 'Bidirectional' }),
      ['Forbidden containers[0].volumeMounts.mountPropagation'],
    ],
    [
      'propagation that is none',
      mount({ mountPropagation: 'Both' }),
      ['NotSupported containers[0].volumeMounts.mountPropagation'],
    ],
    [
      'recursive without readOnly',
      mount({ recursiveReadOnly: 'Enabled' }),
      ['Forbidden containers[0].volumeMounts.recursiveReadOnly'],
    ],
    [
      'a device of no claim',
      withContainer({ volumeDevices: [{ name: 'v', devicePath: '/d' }] }, { volumes }),
      ['Invalid containers[0].volumeDevices[0].name'],
    ],
    [
      'a device and a mount of one claim',
      withContainer(
        { volumeDevices: [{ name: 'p', devicePath: '/d' }], volumeMounts: [{ name: 'p', mountPath: '/e' }] },
        { volumes },
      ),
      ['Invalid containers[0].volumeMounts[0].name', 'Invalid containers[0].volumeDevices[0].name'],
    ],
    [
      'a device with a user namespace',
      withContainer({ volumeDevices: [{ name: 'p', devicePath: '/d' }] }, { volumes, hostUsers: false }),
      ['Forbidden containers[0].volumeDevices'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})
