import { describe, expect, it } from 'vitest'
import type { CSINode, StorageObjects } from '#kube/storage-types.ts'
import type { Pod, PodSpec } from '#kube/types.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { daemonSetOf, nodeOf, podOf } from '../around.ts'

/* nodevolumelimits/csi.go and volumezone/volume_zone.go */

const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' }
const claim = (name: string, volumeName: string, namespace = 'n') => ({
  metadata: { name, namespace, annotations },
  spec: { volumeName },
})
const csi = (name: string, driver = 'd') => ({
  metadata: { name },
  spec: { csi: { driver, volumeHandle: name } },
})
const using = (...claims: readonly string[]): PodSpec => ({
  volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
})
const node = (count: number | null, name = 'd'): CSINode => ({
  metadata: { name: 'a1' },
  spec: { drivers: [{ name, allocatable: { count } }] },
})
const inSame = (pod: Pod): Pod => ({ ...pod, metadata: { ...pod.metadata, namespace: 'n' } })
const judge = (spec: PodSpec, storage: StorageObjects, pods: readonly Pod[] = []) => {
  const fitter = new Fitter({ daemonSet: daemonSetOf(spec), pods, storage })
  return { ...fitter.judge(nodeOf('a1')), notJudged: fitter.notJudged }
}

describe('volumes of a driver', () => {
  const local = claim('local', 'disk')
  const classed = { ...local, spec: { ...local.spec, storageClassName: 'd' } }
  const storage = (csiNode: CSINode | undefined): StorageObjects => ({
    persistentVolumeClaims: [claim('one', 'pv1'), claim('two', 'pv2'), claim('else', 'pv3'), classed],
    persistentVolumes: [csi('pv1'), csi('pv2'), csi('pv3', 'e'), { metadata: { name: 'disk' } }],
    storageClasses: [{ metadata: { name: 'd' }, provisioner: 'd' }],
    csiNodes: csiNode ? [csiNode] : [],
  })

  it.each<[string, PodSpec, CSINode | undefined, boolean]>([
    ['that are of no driver', using('local'), node(0), true],
    ['as many as the node takes', using('one', 'two'), node(2), true],
    ['more', using('one', 'two'), node(1), false],
    ['of two drivers, each by itself', using('one', 'else'), node(1), true],
    ['none of the driver that is full', using('else'), node(0), true],
    ['on a node that sets no limit', using('one', 'two'), node(null), true],
    ['on a node that tells nothing', using('one', 'two'), undefined, true],
  ])('%s', (_, spec, csiNode, fits) => {
    const fit = judge(spec, storage(csiNode))
    expect(fit.fits).toBe(fits)
    if (!fits) expect(fit.reasons).toEqual(['node(s) exceed max volume count'])
  })

  it('that are there keep their places, another driver’s do not count', () => {
    const there = (...names: readonly string[]) => [inSame(podOf('there', 'a1', {}, using(...names)))]
    expect(judge(using('one'), storage(node(1)), there('two')).message).toBe(
      'the node can have 1 volumes of d attached, and has 1',
    )
    expect(judge(using('one'), storage(node(1)), there('else')).fits).toBe(true)
    // Who brings nothing new is not asked whether the others are too many.
    expect(judge(using('one'), storage(node(1)), there('one', 'two')).fits).toBe(true)
  })

  it('without CSINodes are not judged, which is told', () => {
    const { csiNodes: _, ...without } = storage(undefined)
    expect(judge(using('one'), without)).toMatchObject({
      fits: true,
      notJudged: ['CSINodes are not known: limits of volumes are not judged'],
    })
  })

  it('that are to be made count by their class, each claim once', () => {
    const late = { metadata: { name: 'late' }, provisioner: 'd', volumeBindingMode: 'WaitForFirstConsumer' }
    const made = (name: string) => ({
      metadata: { name, namespace: 'n' },
      spec: { storageClassName: 'late' },
    })
    const classes = {
      persistentVolumeClaims: [made('one'), made('two')],
      persistentVolumes: [],
      storageClasses: [late],
      csiNodes: [node(1)],
    }
    expect(judge(using('one'), classes).fits).toBe(true)
    expect(judge(using('one', 'two'), classes).fits).toBe(false)
    const ephemeral: PodSpec = {
      volumes: ['x', 'y'].map((name) => ({
        name,
        ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'late' } } },
      })),
    }
    expect(judge(ephemeral, classes).reasons).toEqual(['node(s) exceed max volume count'])
  })
})

describe('the zone of a bound volume', () => {
  const [zone, region] = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']
  const [oldZone, oldRegion] = [
    'failure-domain.beta.kubernetes.io/zone',
    'failure-domain.beta.kubernetes.io/region',
  ]
  const on = (volume: Record<string, string>, labels: Record<string, string>) => {
    const storage = {
      persistentVolumeClaims: [claim('data', 'pv')],
      persistentVolumes: [{ metadata: { name: 'pv', labels: volume }, spec: {} }],
    }
    const place = { ...nodeOf('n1'), metadata: { name: 'n1', labels } }
    return new Fitter({ daemonSet: daemonSetOf(using('data')), pods: [], storage }).judge(place)
  }

  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['a region', { [region]: 'r' }, { [region]: 'r' }, true],
    ['another region', { [region]: 'r' }, { [region]: 's' }, false],
    ['a region by its older label on the node alone', { [region]: 'r' }, { [oldRegion]: 'r' }, false],
    ['a region by its older label on the volume', { [oldRegion]: 'r' }, { [region]: 'r' }, true],
    ['another zone by its older label on the volume', { [oldZone]: 'a' }, { [zone]: 'b' }, false],
    ['a zone by its older label on the volume', { [oldZone]: 'a' }, { [zone]: 'a' }, true],
    ['zone and region, both to hold', { [zone]: 'a', [region]: 'r' }, { [zone]: 'a', [region]: 's' }, false],
    ['one of several zones', { [zone]: 'aa__bb' }, { [zone]: 'bb' }, true],
    ['no part of a zone’s name', { [zone]: 'aa__bb' }, { [zone]: 'b' }, false],
    ['a region where the node has a zone alone', { [region]: 'r' }, { [zone]: 'a' }, false],
    ['a volume without any', {}, { [zone]: 'b' }, true],
    ['another region by its older label on both', { [oldRegion]: 'r' }, { [oldRegion]: 's' }, false],
    ['a region by its older label on both', { [oldRegion]: 'r' }, { [oldRegion]: 'r' }, true],
  ])('%s', (_, volume, labels, fits) => {
    expect(on(volume, labels).fits).toBe(fits)
  })

  it('is told, and nobody is evicted for it', () => {
    expect(on({ [zone]: 'a__b' }, { [zone]: 'c' })).toMatchObject({
      message: 'the PersistentVolume pv is in topology.kubernetes.io/zone a__b',
      preemption: ['Preemption is not helpful for scheduling'],
    })
  })
})
