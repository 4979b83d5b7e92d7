import { describe, expect, it } from 'vitest'
import type { PersistentVolumeClaim } from '#kube/storage-types.ts'
import type { Pod, PodSpec, Volume } from '#kube/types.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { daemonSetOf, nodeOf, podOf } from '../around.ts'

/* volumerestrictions/volume_restrictions.go */

const nodes = ['a1', 'b1'].map(nodeOf)
const fitter = (spec: PodSpec, pods: readonly Pod[], claims: readonly PersistentVolumeClaim[] = []) =>
  new Fitter({
    daemonSet: daemonSetOf(spec),
    nodes,
    pods,
    storage: { persistentVolumeClaims: claims, persistentVolumes: [], storageClasses: [] },
  })
const fits = (wanted: readonly Volume[], held: readonly Volume[]) =>
  fitter({ volumes: wanted }, [podOf('holder', 'a1', {}, { volumes: held })]).judge(nodeOf('a1')).fits
const rbd = (more: object = {}): Volume => ({ rbd: { monitors: ['a', 'b'], image: 'i', ...more } })

describe('a disk serves one pod of a node', () => {
  it.each<[string, Volume, Volume, boolean]>([
    [
      'another EBS volume',
      { awsElasticBlockStore: { volumeID: 'v' } },
      { awsElasticBlockStore: { volumeID: 'w' } },
      true,
    ],
    [
      'the same EBS volume',
      { awsElasticBlockStore: { volumeID: 'v' } },
      { awsElasticBlockStore: { volumeID: 'v' } },
      false,
    ],
    ['another iSCSI name', { iscsi: { iqn: 'i' } }, { iscsi: { iqn: 'j' } }, true],
    [
      'an iSCSI name that both read',
      { iscsi: { iqn: 'i', readOnly: true } },
      { iscsi: { iqn: 'i', readOnly: true } },
      true,
    ],
    ['an iSCSI name that one reads', { iscsi: { iqn: 'i', readOnly: true } }, { iscsi: { iqn: 'i' } }, false],
    ['an RBD image of another pool', rbd({ pool: 'p' }), rbd(), true],
    ['an RBD image by another name', rbd({ image: 'j' }), rbd(), true],
    ['an RBD image by one of its monitors', rbd({ monitors: ['b', 'c'] }), rbd(), false],
    ['an RBD image that both read', rbd({ readOnly: true }), rbd({ readOnly: true }), true],
    ['an RBD image without monitors', rbd({ monitors: null }), rbd(), true],
    [
      'a GCE disk and an EBS volume',
      { gcePersistentDisk: { pdName: 'd' } },
      { awsElasticBlockStore: { volumeID: 'd' } },
      true,
    ],
  ])('%s', (_, wanted, held, expected) => {
    expect(fits([wanted], [held])).toBe(expected)
  })

  it('whichever of their volumes it is', () => {
    const disk: Volume = { gcePersistentDisk: { pdName: 'd' } }
    const others: Volume[] = [{ name: 'scratch' }, { iscsi: { iqn: 'i' } }]
    expect(fits([...others, disk], [{ name: 'scratch' }, disk])).toBe(false)
    expect(fits([{ name: 'scratch' }], [{ name: 'scratch' }])).toBe(true)
  })

  it('and who evicts its holder has it', () => {
    const held: PodSpec = { volumes: [{ gcePersistentDisk: { pdName: 'd' } }], priority: 0 }
    const fit = fitter({ ...held, priority: 5 }, [podOf('holder', 'a1', {}, held)]).judge(nodeOf('a1'))
    expect(fit).toMatchObject({ couldPreempt: true, reasons: ['node(s) had no available disk'] })
    expect(fit.evicts.map(({ name }) => name)).toEqual(['holder'])
  })
})

describe('a ReadWriteOncePod claim serves one pod of the cluster', () => {
  const spec = (priority = 0): PodSpec => ({
    priority,
    volumes: [{ name: 'scratch' }, { persistentVolumeClaim: { claimName: 'data' } }],
  })
  const claim = (accessModes = ['ReadWriteOncePod']): PersistentVolumeClaim => ({
    metadata: { name: 'data', namespace: 'n', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { accessModes, volumeName: 'pv' },
  })
  const user = (node: string, namespace = 'n'): Pod => {
    const pod = podOf('user', node, {}, spec())
    return { ...pod, metadata: { ...pod.metadata, namespace } }
  }
  const alone = [
    'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
  ]
  const reasonsOn = (node: string, pods: readonly Pod[], wanted = claim(), priority = 0) => {
    const storage = {
      persistentVolumeClaims: [wanted],
      persistentVolumes: [{ metadata: { name: 'pv' } }],
      storageClasses: [],
    }
    return new Fitter({ daemonSet: daemonSetOf(spec(priority)), nodes, pods, storage }).judge(nodeOf(node))
  }

  it('wherever that is', () => {
    expect(reasonsOn('a1', [user('b1')]).reasons).toEqual(alone)
    expect(reasonsOn('b1', [user('b1')]).reasons).toEqual(alone)
  })

  it('is in use as long as one of several has it', () => {
    expect(reasonsOn('a1', [user('a1'), user('b1')]).reasons).toEqual(alone)
  })

  it('is not in use by pods that use something else', () => {
    const other = { ...user('a1'), spec: { nodeName: 'a1', volumes: [{}, { name: 'scratch' }] } }
    const none = { ...user('a1'), spec: { nodeName: 'a1' } }
    expect(reasonsOn('a1', [other, none]).fits).toBe(true)
  })

  it('is free again when the pod that had it leaves', () => {
    const free = new Fitter({
      daemonSet: daemonSetOf(spec()),
      nodes,
      pods: [],
      storage: {
        persistentVolumeClaims: [claim()],
        persistentVolumes: [{ metadata: { name: 'pv' } }],
        storageClasses: [],
      },
    })
    free.start(nodeOf('b1'))
    expect(free.judge(nodeOf('a1')).fits).toBe(false)
    free.leave(nodeOf('b1'))
    expect(free.judge(nodeOf('a1')).fits).toBe(true)
  })

  it('is named with all others of its kind', () => {
    const two: PodSpec = {
      volumes: ['data', 'logs'].map((claimName) => ({ persistentVolumeClaim: { claimName } })),
    }
    const claims = ['data', 'logs'].map((name) => ({ ...claim(), metadata: { ...claim().metadata, name } }))
    const holder = { ...user('b1'), spec: { nodeName: 'b1', ...two } }
    const storage = { persistentVolumeClaims: claims, persistentVolumes: [{ metadata: { name: 'pv' } }] }
    const fit = new Fitter({ daemonSet: daemonSetOf(two), nodes, pods: [holder], storage }).judge(
      nodeOf('a1'),
    )
    expect(fit.message).toBe('its claim data, logs may be used by one pod only (ReadWriteOncePod), and is')
  })

  it('not of a namesake in another namespace, nor where more may use it', () => {
    expect(reasonsOn('a1', [user('b1', 'm')]).fits).toBe(true)
    expect(reasonsOn('a1', [user('b1')], claim(['ReadWriteMany'])).fits).toBe(true)
  })

  it('and it can be had by evicting who has it from the very node', () => {
    expect(reasonsOn('b1', [user('b1')], claim(), 5).evicts.map(({ name }) => name)).toEqual(['user'])
    expect(reasonsOn('a1', [user('b1')], claim(), 5).evicts).toEqual([])
  })
})
