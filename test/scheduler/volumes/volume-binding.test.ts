import { describe, expect, it } from 'vitest'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#kube/storage-types.ts'
import type { PodSpec } from '#kube/types.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { daemonSetOf, nodeOf } from '../around.ts'

/* FindMatchingVolume of pkg/controller/volume/persistentvolume and volumebinding/binder.go: which volume an unbound claim may have. */

const data = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }
const late: StorageClass = {
  metadata: { name: 'late' },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
}
const claim = (spec: PersistentVolumeClaim['spec'] = {}): PersistentVolumeClaim => ({
  metadata: { name: 'data', namespace: 'n' },
  spec: { storageClassName: 'late', ...spec },
})
const volume = (spec: PersistentVolume['spec'] = {}, phase = 'Available'): PersistentVolume => ({
  metadata: { name: 'pv', labels: { disk: 'fast' } },
  spec: { storageClassName: 'late', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' }, ...spec },
  status: { phase },
})
const fitWith = (
  wanted: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  classes: readonly StorageClass[] = [late],
  node = nodeOf('a1'),
) => {
  const storage = { persistentVolumeClaims: [wanted], persistentVolumes: volumes, storageClasses: classes }
  return new Fitter({ daemonSet: daemonSetOf(data), pods: [], storage }).judge(node)
}

describe('a claim that is bound with its first pod has a volume', () => {
  it.each<[string, PersistentVolumeClaim, PersistentVolume, boolean]>([
    ['that is free', claim(), volume(), true],
    ['not one that is bound', claim(), volume({}, 'Bound'), false],
    ['not one that is released', claim(), volume({}, 'Released'), false],
    [
      'that was set aside for it',
      claim(),
      volume({ claimRef: { namespace: 'n', name: 'data' } }, 'Pending'),
      true,
    ],
    [
      'not one for its namesake elsewhere',
      claim(),
      volume({ claimRef: { namespace: 'm', name: 'data' } }),
      false,
    ],
    ['not one for another', claim(), volume({ claimRef: { namespace: 'n', name: 'logs' } }), false],
    ['not one of another class', claim(), volume({ storageClassName: 'other' }), false],
    ['not one of no class', claim(), volume({ storageClassName: null }), false],
    ['in the mode that is asked for', claim({ volumeMode: 'Block' }), volume({ volumeMode: 'Block' }), true],
    ['not one in another mode', claim({ volumeMode: 'Block' }), volume(), false],
    ['where none says its mode', claim({ volumeMode: 'Filesystem' }), volume(), true],
    ['with the access that it needs', claim({ accessModes: ['ReadWriteOnce'] }), volume(), true],
    [
      'not one that lacks a mode of access',
      claim({ accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }),
      volume(),
      false,
    ],
    ['as large as it asks', claim({ resources: { requests: { storage: '5Gi' } } }), volume(), true],
    ['not a smaller one', claim({ resources: { requests: { storage: '6Gi' } } }), volume(), false],
    [
      'not one that tells no size',
      claim({ resources: { requests: { storage: '1' } } }),
      volume({ capacity: {} }),
      false,
    ],
    ['that its selector takes', claim({ selector: { matchLabels: { disk: 'fast' } } }), volume(), true],
    [
      'not one that its selector leaves out',
      claim({ selector: { matchLabels: { disk: 'slow' } } }),
      volume(),
      false,
    ],
  ])('%s', (_, wanted, there, fits) => {
    const fit = fitWith(wanted, [there])
    expect(fit.fits).toBe(fits)
    if (!fits) expect(fit.reasons).toEqual(["node(s) didn't find available persistent volumes to bind"])
  })

  it('of several one that the node reaches', () => {
    const inZone = (zone: string) => ({
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }],
      },
    })
    const volumes = [
      volume({ nodeAffinity: inZone('b') }),
      { ...volume({ nodeAffinity: inZone('a') }), metadata: { name: 'pv2' } },
    ]
    expect(fitWith(claim(), volumes).fits).toBe(true)
    expect(fitWith(claim(), volumes, [late], nodeOf('x')).fits).toBe(false)
  })

  it('or one that is made, where all labels of one of the class’s topologies hold', () => {
    const term = (zone: string, host: string) => ({
      matchLabelExpressions: [
        { key: 'zone', values: [zone] },
        { key: 'kubernetes.io/hostname', values: [host] },
      ],
    })
    const made = (...terms: readonly ReturnType<typeof term>[]) => [
      { ...late, provisioner: 'ebs.csi.aws.com', allowedTopologies: terms },
    ]
    expect(fitWith(claim(), [], made(term('b', 'b1'), term('a', 'a1'))).fits).toBe(true)
    expect(fitWith(claim(), [], made(term('a', 'b1'), term('b', 'a1'))).fits).toBe(false)
    expect(fitWith(claim(), [], made()).fits).toBe(true)
  })
})

describe('what the scheduler says of claims', () => {
  const bound = {
    ...claim({ volumeName: 'pv' }),
    metadata: { ...claim().metadata, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
  }
  it.each<[string, PersistentVolumeClaim, readonly PersistentVolume[], string]>([
    ['bound to a volume that is gone', bound, [], 'persistentvolume "pv" not found'],
    [
      'bound to a volume out of reach',
      bound,
      [volume({ nodeAffinity: { required: { nodeSelectorTerms: [{}] } } })],
      "node(s) didn't match PersistentVolume's node affinity",
    ],
    [
      'whose binding has not come to its end',
      claim({ volumeName: 'pv' }),
      [volume()],
      'pod has unbound immediate PersistentVolumeClaims',
    ],
    [
      'of a class that is not there',
      claim({ storageClassName: 'gone' }),
      [volume()],
      'pod has unbound immediate PersistentVolumeClaims',
    ],
    [
      'that wait for nobody',
      claim({ storageClassName: '' }),
      [volume()],
      'pod has unbound immediate PersistentVolumeClaims',
    ],
  ])('%s', (_, wanted, volumes, reason) => {
    const fit = fitWith(wanted, volumes)
    expect(fit.reasons).toEqual([reason])
    // No pod that leaves would help.
    expect(fit.preemption).toEqual(['Preemption is not helpful for scheduling'])
  })
})

describe('several claims', () => {
  const two: PodSpec = {
    volumes: ['data', 'logs'].map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    containers: [{ resources: { requests: { cpu: '9' } } }],
  }
  const called = (one: PersistentVolumeClaim, name: string, more: object = {}) => ({
    ...one,
    metadata: { ...one.metadata, ...more, name },
  })
  const judged = (
    claims: readonly PersistentVolumeClaim[],
    volumes: readonly PersistentVolume[],
    cpu = '9',
  ) => {
    const storage = { persistentVolumeClaims: claims, persistentVolumes: volumes, storageClasses: [late] }
    const spec = { ...two, containers: [{ resources: { requests: { cpu } } }] }
    return new Fitter({ daemonSet: daemonSetOf(spec), pods: [], storage }).judge(nodeOf('a1'))
  }
  const small = { resources: { requests: { storage: '1Gi' } } }
  const lacking = ["node(s) didn't find available persistent volumes to bind"]

  it('do not share a volume, and the smaller takes the smaller', () => {
    const claims = [
      called(claim({ resources: { requests: { storage: '5Gi' } } }), 'data'),
      called(claim(small), 'logs'),
    ]
    const other = { ...volume({ capacity: { storage: '2Gi' } }), metadata: { name: 'small' } }
    expect(judged(claims, [volume()], '1').reasons).toEqual(lacking)
    expect(judged(claims, [volume(), other], '1').fits).toBe(true)
  })

  it('have their volume for themselves where one was set aside, on any node', () => {
    const outOfReach = { required: { nodeSelectorTerms: [{}] } }
    const own = volume({ claimRef: { namespace: 'n', name: 'data' }, nodeAffinity: outOfReach })
    const claims = [called(claim(small), 'data'), called(claim(small), 'logs')]
    const free = ['x', 'y'].map((name) => ({ ...volume(), metadata: { name } }))
    expect(judged(claims, [own, ...free], '1').reasons).toEqual(lacking)
  })

  it('are told together, bound ones out of reach and others without a volume', () => {
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' }
    const bound = called(claim({ volumeName: 'pv' }), 'data', { annotations })
    const far = volume({ nodeAffinity: { required: { nodeSelectorTerms: [{}] } } }, 'Bound')
    expect(judged([bound, called(claim(), 'logs')], [far], '1').reasons).toEqual([
      "node(s) didn't match PersistentVolume's node affinity",
      ...lacking,
    ])
  })

  it('that are missing are all that is said, whatever else the node lacks', () => {
    expect(judged([called(claim({ volumeName: 'pv' }), 'data')], []).reasons).toEqual([
      'persistentvolumeclaim "logs" not found',
    ])
  })
})

describe('a claim that is made with the pod', () => {
  const made = (
    spec: PersistentVolumeClaim['spec'],
    isDefault: string,
    volumes: readonly PersistentVolume[],
  ) => {
    const marked = { 'storageclass.kubernetes.io/is-default-class': isDefault }
    const storage = {
      persistentVolumeClaims: [],
      persistentVolumes: volumes,
      storageClasses: [{ ...late, metadata: { ...late.metadata, annotations: marked } }],
    }
    const template: PodSpec = { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec } } }] }
    return new Fitter({ daemonSet: daemonSetOf(template), pods: [], storage }).judge(nodeOf('a1')).fits
  }
  const large = { resources: { requests: { storage: '9Gi' } } }

  it.each<[string, PersistentVolumeClaim['spec'], string, boolean]>([
    ['is of the default class where it names none', {}, 'true', true],
    ['waits for nobody where there is no default', {}, 'false', false],
    ['waits for nobody where it wants no class', { storageClassName: '' }, 'true', false],
    ['finds no volume that is too small for it', { ...large, storageClassName: 'late' }, 'true', false],
  ])('%s', (_, spec, isDefault, fits) => expect(made(spec, isDefault, [volume()])).toBe(fits))
})

describe('what is not known is told, and not judged', () => {
  const told = (storage: object) => {
    const fitter = new Fitter({ daemonSet: daemonSetOf(data), pods: [], storage })
    return [fitter.judge(nodeOf('a1')).fits, ...fitter.notJudged]
  }

  it('volumes', () => {
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' }
    const bound = { ...claim({ volumeName: 'pv' }), metadata: { name: 'data', namespace: 'n', annotations } }
    expect(told({ persistentVolumeClaims: [bound] })).toEqual([
      true,
      'the PersistentVolume pv is not known: whether the node can use it is not judged',
    ])
  })

  it('classes', () => {
    expect(told({ persistentVolumeClaims: [claim()], persistentVolumes: [] })).toEqual([
      true,
      'the StorageClass late is not known: where the volume data is created is not judged',
    ])
  })

  it('which node the first pod binds a claim to', () => {
    const storage = {
      persistentVolumeClaims: [claim()],
      persistentVolumes: [volume()],
      storageClasses: [late],
      csiNodes: [],
    }
    expect(told(storage)).toEqual([
      true,
      'the claim data is bound with its first pod: the others have to go where its volume is',
    ])
  })
})
