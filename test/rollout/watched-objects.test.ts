import { expect, it } from 'vitest'
import { stateNodes } from '#cluster/needed.ts'
import { nodes } from '#cluster/resources.ts'
import type { Node } from '#kube/types.ts'
import { keepUpToDate } from '#rollout/watched-objects.ts'
import { MemoryCluster } from '../helpers/memory-cluster.ts'

const node = (name: string, heartbeat: string, ready = 'True') => ({
  metadata: { name },
  spec: {},
  status: { conditions: [{ type: 'Ready', status: ready, lastHeartbeatTime: heartbeat }] },
})

it('what changes nothing that is kept is no change: a node that is alive stays the same object', async () => {
  const cluster = new MemoryCluster()
  cluster.put(nodes, node('a', '10:00'))
  cluster.put(nodes, node('b', '10:00'))
  const objects = new Map<string, Node>()
  const told: boolean[] = []
  let before: Node | undefined
  const over = new AbortController()
  const kept = keepUpToDate(cluster, nodes, { ...stateNodes, signal: over.signal }, objects, (synced) => {
    told.push(synced)
    if (synced) {
      before = objects.get('a')
      cluster.put(nodes, node('a', '10:05'))
      cluster.put(nodes, node('b', '10:05', 'False'))
      cluster.remove(nodes, 'b')
    } else if (told.length === 5) over.abort(new Error('enough'))
  })
  await expect(kept).rejects.toThrow('enough')
  expect(told).toEqual([false, false, true, false, false])
  expect(objects.get('a')).toBe(before)
  expect([...objects]).toEqual([['a', stateNodes.keep(node('a', '10:00'))]])
})
