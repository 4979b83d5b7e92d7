import { describe, expect, it } from 'vitest'
import { daemonSets, pods } from '#cluster/resources.ts'
import { readLive } from '#cluster/snapshot/from-cluster.ts'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { MemoryCluster } from '../../rollout/memory-cluster.ts'

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
  spec: { nodeName: 'n1', containers: [] },
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
