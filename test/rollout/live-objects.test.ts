import { expect, it } from 'vitest'
import type { Cluster, WatchEvent } from '#cluster/port.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import { LiveObjects } from '#rollout/live-objects.ts'
import { MemoryCluster } from '../helpers/memory-cluster.ts'

const { signal } = new AbortController()
const daemonSet: DaemonSet = { metadata: { uid: 'u', generation: 1 }, status: { observedGeneration: 1 } }

it('what cannot be had once is asked for again, and what is had is not', async () => {
  const live = new LiveObjects(new MemoryCluster(), signal)
  const tired = async () => {
    throw new Error('it is tired')
  }
  await expect(live.revisions(daemonSet, tired)).rejects.toThrow('it is tired')
  expect(await live.revisions(daemonSet, async () => [])).toEqual([])
  expect(await live.revisions(daemonSet, tired)).toEqual([])
  await expect(live.version(tired)).rejects.toThrow('it is tired')
  expect(await live.version(async () => 'v1.36.2')).toBe('v1.36.2')
  expect(await live.version(tired)).toBe('v1.36.2')
})

it('a change that cannot be read ends it: the object is not the one that it was', async () => {
  const unread = {
    bytes: new Uint8Array(8),
    read: (): Node => {
      throw new Error('no well-formed protobuf')
    },
  }
  const object: Node = { metadata: { name: 'n1' } }
  async function* watch(): AsyncGenerator<WatchEvent<Node>> {
    yield { type: 'ADDED', object }
    yield { type: 'SYNCED' }
    yield { type: 'MODIFIED', object, unread }
    await new Promise(() => {})
  }
  const live = new LiveObjects({ watch } as unknown as Cluster, signal)
  expect(await live.nodes()).toEqual([object])
  await new Promise(setImmediate)
  await expect(live.nodes()).rejects.toThrow('no well-formed protobuf')
  expect(live.failed).toBe(true)
  await expect(live.nodes()).rejects.toThrow('no well-formed protobuf')
})
