import { describe, expect, it } from 'vitest'
import { ApiError } from '#cluster/api-error.ts'
import * as resources from '#cluster/resources.ts'
import { daemonSets, pods } from '#cluster/resources.ts'
import { readDisruptionBudgets, readLive } from '#cluster/snapshot/from-cluster.ts'
import { readStorage } from '#cluster/snapshot/storage.ts'
import { storageOf } from '#kube/sorted-objects.ts'
import type { DaemonSet, Pod, Volume } from '#kube/types.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import { MemoryCluster } from '../../helpers/memory-cluster.ts'

const daemonSet: DaemonSet = {
  metadata: { name: 'agent', namespace: 'n', uid: 'ds' },
  spec: { selector: { matchLabels: { app: 'agent' } } },
}
const status = {
  phase: 'Running',
  conditions: [
    { type: 'Ready', status: 'False' },
    { type: 'PodScheduled', status: 'True' },
    { type: 'Initialized', status: 'True' },
  ],
  containerStatuses: [
    {
      name: 'c',
      image: 'i',
      imageID: 'long',
      ready: false,
      restartCount: 3,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    },
  ],
}
const podOf = (name: string, namespace: string, owner: string) => ({
  metadata: {
    name,
    namespace,
    deletionGracePeriodSeconds: 30,
    ownerReferences: [{ kind: 'DaemonSet', name: owner, uid: 'ds', controller: true }],
  },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', command: ['x'] }] },
  status,
})

describe('what is kept of the pods of a live cluster', () => {
  it('tells how the pods of the DaemonSet are, and of others only what they take', async () => {
    const cluster = new MemoryCluster()
    cluster.put(daemonSets, daemonSet)
    cluster.put(pods, podOf('own', 'n', 'agent'))
    cluster.put(pods, podOf('other', 'n', 'other'))
    cluster.put(pods, podOf('elsewhere', 'm', 'agent'))
    const { signal } = new AbortController()
    const { snapshot } = await readLive(cluster, { daemonSets: [daemonSet], present: true, signal })
    const kept = (name: string) => snapshot.pods.find((pod) => pod.metadata?.name === name) as Pod
    expect(kept('own').status).toMatchObject({
      phase: 'Running',
      conditions: [{ type: 'Ready' }, { type: 'PodScheduled' }],
      containerStatuses: [{ restartCount: 3, lastState: { terminated: { exitCode: 1 } } }],
    })
    expect(kept('own').status?.containerStatuses?.[0]).not.toHaveProperty('imageID')
    expect(kept('own').spec?.containers?.map(({ image }) => image)).toEqual(['i'])
    expect(kept('other').spec?.containers?.[0]).not.toHaveProperty('image')
    expect(kept('own').metadata?.deletionGracePeriodSeconds).toBe(30)
    for (const name of ['other', 'elsewhere']) {
      expect(kept(name).status).toEqual({
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
      })
      expect(kept(name).metadata).not.toHaveProperty('deletionGracePeriodSeconds')
    }
  })
})

describe('what is kept of a pod that is resized in place', () => {
  const held = { requests: { cpu: '2' }, limits: { cpu: '3' } }
  const resized = (name: string, owner: string, cpu: string) => {
    const { spec, ...pod } = podOf(name, 'n', owner)
    const containers = [{ name: 'c', resources: { requests: { cpu }, limits: { cpu: '3' } } }]
    const containerStatuses = [
      { ...status.containerStatuses[0], allocatedResources: { cpu: '2' }, resources: held },
    ]
    const pending = { type: 'PodResizePending', status: 'True', reason: 'Infeasible' }
    const conditions = cpu === '2' ? status.conditions : [...status.conditions, pending]
    return { ...pod, spec: { ...spec, containers }, status: { ...status, conditions, containerStatuses } }
  }

  it('tells what it takes; of one that has what it wishes nothing is kept', async () => {
    const cluster = new MemoryCluster()
    cluster.put(daemonSets, daemonSet)
    const all = ['agent', 'other'].flatMap((owner) =>
      ['1', '2', '9'].map((cpu) => resized(`${owner}${cpu}`, owner, cpu)),
    )
    for (const pod of all) cluster.put(pods, pod)
    const { signal } = new AbortController()
    const { snapshot } = await readLive(cluster, { daemonSets: [daemonSet], present: true, signal })
    expect(snapshot.pods).toHaveLength(6)
    for (const pod of snapshot.pods) {
      expect(new PodInfo(pod, []).requests).toEqual(new Map([['cpu', 2000]]))
      const told = pod.status?.containerStatuses?.[0]
      if (pod.metadata?.name?.endsWith('2')) expect(told ?? {}).not.toHaveProperty('resources')
      else expect(told).toMatchObject({ name: 'c', allocatedResources: { cpu: '2' }, resources: held })
    }
  })
})

describe('what the scheduler would look at', () => {
  const { signal } = new AbortController()
  const { podDisruptionBudgets, persistentVolumeClaims, storageClasses } = resources
  const using = (volumes: readonly Volume[]): DaemonSet => ({
    ...daemonSet,
    spec: { ...daemonSet.spec, template: { spec: { volumes } } },
  })
  const pod = {
    metadata: { name: 'p', namespace: 'm' },
    spec: {
      nodeName: 'n1',
      containers: [],
      affinity: { nodeAffinity: {}, podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } },
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
    },
    status: { phase: 'Running', startTime: '2026-01-01T00:00:00Z' },
  }
  const readWith = async (one: DaemonSet) => {
    const cluster = new MemoryCluster()
    cluster.put(daemonSets, one)
    cluster.put(pods, pod)
    cluster.put(persistentVolumeClaims, { metadata: { name: 'c', namespace: 'm' } })
    const { snapshot } = await readLive(cluster, { daemonSets: [one], present: true, signal })
    return snapshot
  }

  it('of other pods: since when they run, and what they have against others', async () => {
    const { pods: found, storage } = await readWith(daemonSet)
    expect(found[0]?.status?.startTime).toBe('2026-01-01T00:00:00Z')
    expect(found[0]?.spec?.affinity).toEqual({ podAntiAffinity: pod.spec.affinity.podAntiAffinity })
    expect(found[0]?.spec).not.toHaveProperty('volumes')
    expect(storage).toEqual({})
  })

  it('of storage: everything, if the template has volumes that are bound', async () => {
    const { pods: found, storage } = await readWith(using([{ persistentVolumeClaim: { claimName: 'data' } }]))
    expect(found[0]?.spec?.volumes).toEqual(pod.spec.volumes)
    expect(storage.persistentVolumeClaims).toHaveLength(1)
    expect(storage.csiNodes).toEqual([])
    expect((await readWith(using([{ name: 'scratch' }]))).storage).toEqual({})
  })

  it('of namespaces: all, if the pods look for others by the labels of theirs', async () => {
    const { namespaces } = resources
    const cluster = new MemoryCluster()
    for (const name of ['m', 'n']) cluster.put(namespaces, { metadata: { name, labels: { team: name } } })
    const read = async (namespaceSelector: object | undefined) => {
      const term = { labelSelector: {}, topologyKey: 'zone', namespaceSelector }
      const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
      const one = { ...daemonSet, spec: { ...daemonSet.spec, template: { spec: { affinity } } } }
      const { snapshot } = await readLive(cluster, { daemonSets: [one], present: true, signal })
      return snapshot.namespaces.map(({ metadata }) => metadata?.name)
    }
    expect(await read({ matchLabels: { team: 'm' } })).toEqual(['m', 'n'])
    expect(await read(undefined)).toEqual(['n'])
    const list = cluster.list.bind(cluster)
    cluster.list = (resource, options) =>
      resource === namespaces
        ? Promise.reject(new ApiError('Forbidden', 403, { shown: 'no', server: 'no' }))
        : list(resource, options)
    expect(await read({ matchLabels: { team: 'm' } })).toEqual(['n'])
  })

  it('is not known where it may not be read, and budgets that the server does not have are none', async () => {
    const answering = (status: number) => {
      const cluster = new MemoryCluster()
      cluster.list = () => Promise.reject(new ApiError('Status', status, { shown: 'no', server: 'no' }))
      return cluster
    }
    expect(await readDisruptionBudgets(answering(403), signal)).toBeUndefined()
    expect(await readDisruptionBudgets(answering(404), signal)).toEqual([])
    await expect(readDisruptionBudgets(answering(500), signal)).rejects.toThrow()
    expect(await readStorage(answering(403), signal)).toEqual({})
    await expect(readStorage(answering(500), signal)).rejects.toThrow()
    const cluster = new MemoryCluster()
    cluster.put(podDisruptionBudgets, { metadata: { name: 'b', namespace: 'm' } })
    cluster.put(storageClasses, { metadata: { name: 's' } })
    expect(await readDisruptionBudgets(cluster, signal)).toHaveLength(1)
    expect((await readStorage(cluster, signal)).storageClasses).toHaveLength(1)
  })
})

it('a dump that holds none of a kind of storage does not tell that there is none', () => {
  const claim = { kind: 'PersistentVolumeClaim', metadata: { name: 'c' } }
  expect(storageOf([claim, { kind: 'Secret' }])).toEqual({ persistentVolumeClaims: [claim] })
})
