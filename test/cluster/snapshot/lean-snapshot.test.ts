import { expect, it } from 'vitest'
import * as resources from '#cluster/resources.ts'
import { leanSnapshot } from '#cluster/snapshot/lean-snapshot.ts'
import { MemoryCluster } from '../../helpers/memory-cluster.ts'

it('keeps what tells whether a claim is bound, which volumes are free, and which class is the default', async () => {
  const cluster = new MemoryCluster()
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }]
  const noted = (name: string) => ({ [name]: 'true', 'example.com/note': 'x' })
  cluster.put(resources.daemonSets, {
    metadata: { name: 'agent', namespace: 'n' },
    spec: { selector: {}, template: { spec: { volumes } } },
  })
  cluster.put(resources.persistentVolumeClaims, {
    metadata: { name: 'c', namespace: 'n', annotations: noted('pv.kubernetes.io/bind-completed') },
    spec: { volumeName: 'pv' },
  })
  cluster.put(resources.persistentVolumes, { metadata: { name: 'pv' }, status: { phase: 'Available' } })
  cluster.put(resources.storageClasses, {
    metadata: { name: 's', annotations: noted('storageclass.kubernetes.io/is-default-class') },
  })
  const { objects } = await leanSnapshot(cluster, (template) => template ?? {}, new AbortController().signal)
  const ofKind = (kind: string) => objects.find((one) => one.kind === kind)
  expect(ofKind('PersistentVolumeClaim')).toMatchObject({
    metadata: { name: 'c', annotations: { 'pv.kubernetes.io/bind-completed': 'true' } },
  })
  expect(ofKind('StorageClass')).toMatchObject({
    metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  })
  expect(ofKind('PersistentVolume')).toMatchObject({ status: { phase: 'Available' } })
  expect(JSON.stringify(objects)).not.toContain('example.com/note')
})
