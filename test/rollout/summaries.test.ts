import { describe, expect, it } from 'vitest'
import { daemonSets, pods } from '#cluster/resources.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { readSummaries } from '#rollout/summaries.ts'
import { daemonSet, node, pod, ready, revision, waiting, world } from '../helpers/rollout-world.ts'

const now = Date.UTC(2026, 10, 20, 20, 1)
const well = (more: JsonObject = {}) => {
  const made = daemonSet('two', { desired: 1, updated: 1, available: 1 }, more)
  const status = { ...(made.status as JsonObject), currentNumberScheduled: 1, numberReady: 1 }
  return { ...made, status } as unknown as DaemonSet
}
const restarted = { ...ready(), containerStatuses: [{ name: 'c', ready: true, restartCount: 3, state: {} }] }

describe('DaemonSets in short', () => {
  it('are believed where their status says that all is well: no node is read', async () => {
    const cluster = world({
      daemonSet: well() as unknown as JsonObject,
      pods: [pod('p', 'n1', 'two', restarted)],
    })
    expect(await readSummaries(cluster, [well()], { now })).toEqual([
      { daemonSet: well(), now, verdict: { text: 'ok', code: 'ok' }, misscheduled: 0, restarts: 3 },
    ])
    expect(cluster.calls).toEqual(['list pods'])
  })

  it('count restarts once where a list expires midway and starts again', async () => {
    const cluster = world({ pods: [pod('p', 'n1', 'two', restarted)] })
    const list = cluster.list.bind(cluster)
    cluster.list = async (resource, options) => {
      await list(resource, options)
      return list(resource, options)
    }
    expect((await readSummaries(cluster, [well()], { now }))[0]?.restarts).toBe(3)
  })

  it.each<[string, JsonObject, string]>([
    ['a node too many', { numberMisscheduled: 1 }, 'ok'],
    ['a pod that is not available', { numberAvailable: 0 }, 'ok'],
    ['a generation that was not seen', { observedGeneration: 1 }, 'not observed yet'],
  ])('are looked at for %s', async (_, status, text) => {
    const one = { ...well(), status: { ...(well().status as object), ...status } } as DaemonSet
    const cluster = world({
      daemonSet: one as unknown as JsonObject,
      revisions: [revision(2, 'two')],
      pods: [pod('p', 'n1', 'two', ready())],
      nodes: [node('n1')],
    })
    const [summary] = await readSummaries(cluster, [one], { now })
    expect(summary?.verdict.text).toBe(text)
    expect(cluster.calls).toContain('list nodes')
  })

  it('need nothing where no node matches', async () => {
    const none = { ...well(), status: { observedGeneration: 2 } } as DaemonSet
    const cluster = world({})
    expect((await readSummaries(cluster, [none], { now }))[0]?.verdict.code).toBe('no-node')
  })

  it('come in the order given, the troubled between the others', async () => {
    const bad = {
      ...well({ metadata: { name: 'b', uid: 'uid-b' }, spec: { selector: { matchLabels: { app: 'b' } } } }),
      status: { observedGeneration: 2, desiredNumberScheduled: 1 },
    } as DaemonSet
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'b', uid: 'uid-b', controller: true }
    const own = pod('q', 'n1', 'two', waiting('ErrImagePull'), {
      metadata: { ownerReferences: [owner], labels: { app: 'b', 'controller-revision-hash': 'x' } },
    })
    const cluster = world({ daemonSet: well() as unknown as JsonObject, nodes: [node('n1')] })
    cluster.put(daemonSets, bad)
    cluster.put(pods, own)
    const other = well({ metadata: { name: 'c', uid: 'uid-c' } })
    const all = await readSummaries(cluster, [well(), bad, other], { now })
    expect(all.map(({ daemonSet: one }) => one.metadata?.name)).toEqual(['a', 'b', 'c'])
  })
})
