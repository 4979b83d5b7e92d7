import { describe, expect, it } from 'vitest'
import type { CSINode, PersistentVolume, PersistentVolumeClaim, StorageObjects } from '#kube/storage-types.ts'
import type { Pod, PodSpec, Volume } from '#kube/types.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { daemonSetOf, nodeOf, podOf, startOn } from '../around.ts'

const data: PodSpec = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }
const bindCompleted = { 'pv.kubernetes.io/bind-completed': 'yes' }
const claim = (spec: PersistentVolumeClaim['spec'], more: object = {}): PersistentVolumeClaim => ({
  metadata: { name: 'data', namespace: 'n', annotations: spec?.volumeName ? bindCompleted : {}, ...more },
  spec,
})
const zoneA = {
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }] },
}
const volume = (
  spec: PersistentVolume['spec'] = {},
  labels: Record<string, string> = {},
): PersistentVolume => ({
  metadata: { name: 'pv', labels },
  spec,
  status: { phase: 'Available' },
})
const late = (more: object = {}) => ({
  metadata: { name: 'late' },
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
})
const two = ['a1', 'b1']
const judged = (storage: StorageObjects, spec: PodSpec = data, pods: readonly Pod[] = []) =>
  startOn(two, spec, {
    storage: { persistentVolumes: [], storageClasses: [], csiNodes: [], ...storage },
    pods,
  })

describe('claims', () => {
  it.each<[string, StorageObjects, readonly string[]]>([
    [
      'that are not there',
      { persistentVolumeClaims: [] },
      Array(2).fill('persistentvolumeclaim "data" not found'),
    ],
    [
      'that go',
      { persistentVolumeClaims: [claim({}, { deletionTimestamp: '2026-01-01T00:00:00Z' })] },
      Array(2).fill('persistentvolumeclaim "data" is being deleted'),
    ],
    [
      'that lost their volume',
      { persistentVolumeClaims: [{ ...claim({ volumeName: 'pv' }), status: { phase: 'Lost' } }] },
      Array(2).fill('persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"'),
    ],
    [
      'whose volume is not there',
      { persistentVolumeClaims: [claim({ volumeName: 'pv' })] },
      Array(2).fill('persistentvolume "pv" not found'),
    ],
    [
      'with a volume that is reached from some nodes',
      {
        persistentVolumeClaims: [claim({ volumeName: 'pv' })],
        persistentVolumes: [volume({ nodeAffinity: zoneA })],
      },
      ['', 'the PersistentVolume pv cannot be used from the node'],
    ],
    [
      'with a volume that is reached from all',
      { persistentVolumeClaims: [claim({ volumeName: 'pv' })], persistentVolumes: [volume()] },
      ['', ''],
    ],
    [
      'that nobody has bound',
      { persistentVolumeClaims: [claim({})] },
      Array(2).fill('its PersistentVolumeClaim data is not bound to a volume'),
    ],
    [
      'that are bound with their first pod, to a volume that is there',
      {
        persistentVolumeClaims: [claim({ storageClassName: 'late' })],
        storageClasses: [late({ provisioner: 'kubernetes.io/no-provisioner' })],
        persistentVolumes: [volume({ storageClassName: 'late', nodeAffinity: zoneA })],
      },
      ['', 'no PersistentVolume for its claim data is available on the node'],
    ],
    [
      'for which no volume is large enough',
      {
        persistentVolumeClaims: [
          claim({ storageClassName: 'late', resources: { requests: { storage: '2Gi' } } }),
        ],
        storageClasses: [late({ provisioner: 'kubernetes.io/no-provisioner' })],
        persistentVolumes: [volume({ storageClassName: 'late', capacity: { storage: '1Gi' } })],
      },
      Array(2).fill('no PersistentVolume for its claim data is available on the node'),
    ],
    [
      'for which one is made where its class allows',
      {
        persistentVolumeClaims: [claim({ storageClassName: 'late' })],
        storageClasses: [
          late({ allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['b', 'c'] }] }] }),
        ],
      },
      ['no PersistentVolume for its claim data is available on the node', ''],
    ],
  ])('%s', (_, storage, expected) => {
    expect(judged(storage)).toEqual(expected)
  })

  it('of which nothing is known are not judged, and that is said', () => {
    const fitter = new Fitter({ daemonSet: daemonSetOf(data), pods: [] })
    expect(fitter.judge(nodeOf('a1'))).toMatchObject({
      fits: true,
      unknown: ['its PersistentVolumeClaims are not known: where their volumes are is not judged'],
    })
    expect(fitter.notJudged).toHaveLength(1)
  })

  it('of which some are there and others are made with the pod are not judged where none is known', () => {
    const spec: PodSpec = {
      volumes: [
        ...(data.volumes ?? []),
        { name: 'w', ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'late' } } } },
      ],
    }
    const fitter = new Fitter({ daemonSet: daemonSetOf(spec), pods: [], storage: { storageClasses: [] } })
    expect(fitter.judge(nodeOf('a1'))).toMatchObject({ fits: true })
    expect(fitter.notJudged).toContain(
      'its PersistentVolumeClaims are not known: where their volumes are is not judged',
    )
  })

  it('are all looked at', () => {
    const spec: PodSpec = {
      volumes: [...(data.volumes ?? []), { name: 'w', persistentVolumeClaim: { claimName: 'logs' } }],
    }
    const storage = {
      persistentVolumeClaims: [claim({ volumeName: 'pv' })],
      persistentVolumes: [volume()],
    }
    expect(judged(storage, spec)).toEqual(Array(2).fill('persistentvolumeclaim "logs" not found'))
  })

  it('that are made with the pod are told by it where their class is not known, and bind by themselves', () => {
    const spec: PodSpec = {
      volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'late' } } } }],
    }
    const told = (storageClasses: StorageObjects['storageClasses']) => {
      const storage = { persistentVolumeClaims: [], persistentVolumes: [], csiNodes: [], storageClasses }
      const fitter = new Fitter({ daemonSet: daemonSetOf(spec), pods: [], storage })
      fitter.judge(nodeOf('a1'))
      return fitter.notJudged
    }
    expect(told(undefined)).toEqual([
      'the StorageClass late is not known: where the volume -v is created is not judged',
    ])
    expect(told([late()])).toEqual([])
  })

  it('that are made with the pod go by their class', () => {
    const spec: PodSpec = {
      volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'late' } } } }],
    }
    expect(judged({ storageClasses: [late()] }, spec)).toEqual(['', ''])
    expect(judged({ storageClasses: [late({ volumeBindingMode: 'Immediate' })] }, spec)).not.toEqual(['', ''])
  })
})

describe('zones of volumes', () => {
  const zone = 'topology.kubernetes.io/zone'
  const inZone = (name: string, labels: Record<string, string>) => ({
    ...nodeOf(name),
    metadata: { name, labels },
  })

  it.each<[string, Record<string, string>, boolean]>([
    ['in one of its zones', { [zone]: 'b' }, true],
    ['in another', { [zone]: 'c' }, false],
    ['by the older label alone', { 'failure-domain.beta.kubernetes.io/zone': 'a' }, false],
    ['in none', {}, true],
    ['of which only the region is known', { 'topology.kubernetes.io/region': 'r' }, false],
  ])('a node %s', (_, labels, fits) => {
    const storage = {
      persistentVolumeClaims: [claim({ volumeName: 'pv' })],
      persistentVolumes: [volume({}, { [zone]: 'a__b' })],
    }
    const fit = new Fitter({ daemonSet: daemonSetOf(data), pods: [], storage }).judge(inZone('n', labels))
    expect(fit.fits).toBe(fits)
    if (!fits) expect(fit.reasons).toEqual(['node(s) had no available volume zone'])
  })
})

describe('volumes that nodes have only so many of', () => {
  const driver = 'ebs.csi.aws.com'
  const csiNode: CSINode = {
    metadata: { name: 'a1' },
    spec: { drivers: [{ name: driver, allocatable: { count: 1 } }] },
  }
  const of = (name: string, volumeName: string, namespace = 'other') => ({
    ...claim({ volumeName }, { name, namespace }),
  })
  const csiVolume = (name: string) => ({ metadata: { name }, spec: { csi: { driver, volumeHandle: name } } })
  const storage = (claims: readonly PersistentVolumeClaim[]) => ({
    persistentVolumeClaims: claims,
    persistentVolumes: [csiVolume('pv'), csiVolume('pv2')],
    csiNodes: [csiNode],
  })
  const user = podOf(
    'user',
    'a1',
    {},
    { priority: 0, volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'theirs' } }] },
  )

  it('are counted by their driver, one that is there already once', () => {
    const mine = of('data', 'pv', 'n')
    expect(judged(storage([mine, of('theirs', 'pv2')]), data, [user])).toEqual([
      `the node can have 1 volumes of ${driver} attached, and has 1`,
      '',
    ])
    expect(judged(storage([mine, of('theirs', 'pv')]), data, [user])).toEqual(['', ''])
    expect(judged(storage([mine]), data)).toEqual(['', ''])
  })

  it('are freed by evicting who has them', () => {
    const mine = of('data', 'pv', 'n')
    expect(judged(storage([mine, of('theirs', 'pv2')]), { ...data, priority: 5 }, [user])).toEqual([
      'evicts user',
      '',
    ])
  })
})

describe('volumes for one pod', () => {
  it('a ReadWriteOncePod claim serves the first', () => {
    const storage = {
      persistentVolumeClaims: [claim({ volumeName: 'pv', accessModes: ['ReadWriteOncePod'] })],
      persistentVolumes: [volume()],
    }
    expect(judged(storage)).toEqual([
      '',
      'its claim data may be used by one pod only (ReadWriteOncePod), and is',
    ])
  })

  it.each<[string, Volume, Volume, boolean]>([
    [
      'one GCE disk',
      { gcePersistentDisk: { pdName: 'd' } },
      { gcePersistentDisk: { pdName: 'd', readOnly: true } },
      false,
    ],
    [
      'a GCE disk that both read',
      { gcePersistentDisk: { pdName: 'd', readOnly: true } },
      { gcePersistentDisk: { pdName: 'd', readOnly: true } },
      true,
    ],
    ['two GCE disks', { gcePersistentDisk: { pdName: 'd' } }, { gcePersistentDisk: { pdName: 'e' } }, true],
    [
      'one EBS volume',
      { awsElasticBlockStore: { volumeID: 'v' } },
      { awsElasticBlockStore: { volumeID: 'v' } },
      false,
    ],
    ['one iSCSI name', { iscsi: { iqn: 'i' } }, { iscsi: { iqn: 'i' } }, false],
    [
      'one RBD image',
      { rbd: { monitors: ['a', 'b'], image: 'i' } },
      { rbd: { monitors: ['b'], image: 'i', pool: 'rbd' } },
      false,
    ],
    [
      'one RBD image of two clusters',
      { rbd: { monitors: ['a'], image: 'i' } },
      { rbd: { monitors: ['b'], image: 'i' } },
      true,
    ],
    ['disks of two kinds', { iscsi: { iqn: 'i' } }, { rbd: { monitors: ['b'], image: 'i' } }, true],
  ])('%s', (_, wanted, held, fits) => {
    const pods = [podOf('holder', 'a1', {}, { volumes: [held] })]
    expect(startOn(['a1'], { volumes: [wanted] }, { pods })).toEqual([
      fits ? '' : 'its disk is in use by another pod of the node',
    ])
  })
})

describe('what is said and not judged', () => {
  it.each<[string, PodSpec, string]>([
    [
      'another scheduler',
      { schedulerName: 'volcano' },
      'whether it fits is up to its scheduler volcano: not judged',
    ],
    ['DRA claims', { resourceClaims: [{ name: 'gpu' }] }, 'its resource claims (DRA) are not judged'],
  ])('%s', (_, spec, expected) => {
    const asking: PodSpec = { containers: [{ resources: { requests: { cpu: '9' } } }], ...spec }
    const fitter = new Fitter({ daemonSet: daemonSetOf(asking), pods: [] })
    expect(fitter.judge(nodeOf('a1'))).toMatchObject({ fits: 'schedulerName' in spec, unknown: [expected] })
    expect(fitter.notJudged).toEqual([expected])
  })
})
