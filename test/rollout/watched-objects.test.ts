import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stateNodes } from '#cluster/needed.ts'
import type { WatchEvent } from '#cluster/port.ts'
import { nodes } from '#cluster/resources.ts'
import type { Node } from '#kube/types.ts'
import { WatchedObjects } from '#rollout/watched-objects.ts'
import { MemoryCluster } from '../helpers/memory-cluster.ts'
import { runs } from '../helpers/random-cases.ts'

const node = (name: string, heartbeat: string, ready = 'True') => ({
  metadata: { name },
  spec: {},
  status: { conditions: [{ type: 'Ready', status: ready, lastHeartbeatTime: heartbeat }] },
})

it('what changes nothing that is kept is no change: a node that is alive stays the same object', async () => {
  const cluster = new MemoryCluster()
  cluster.put(nodes, node('a', '10:00'))
  cluster.put(nodes, node('b', '10:00'))
  const watched = new WatchedObjects<Node>()
  const told: boolean[] = []
  let before: Node | undefined
  const over = new AbortController()
  const kept = watched.follow(cluster, nodes, { ...stateNodes, signal: over.signal }, (synced) => {
    told.push(synced)
    if (synced) {
      before = watched.objects.get('a')
      cluster.put(nodes, node('a', '10:05'))
      cluster.put(nodes, node('b', '10:05', 'False'))
      cluster.remove(nodes, 'b')
    } else if (told.length === 5) over.abort(new Error('enough'))
  })
  await expect(kept).rejects.toThrow('enough')
  expect(told).toEqual([false, false, true, false, false])
  expect(watched.objects.get('a')).toBe(before)
  expect([...watched.objects]).toEqual([['a', stateNodes.keep(node('a', '10:00'))]])
})

/** Follows these events, and looks at the objects after each for which it is said so. */
async function looks(events: readonly (WatchEvent<Node> & { readonly look?: boolean })[], late: boolean) {
  const watched = new WatchedObjects<Node>()
  const seen: unknown[] = []
  const look = () => seen.push([...watched.objects.values()].map((one) => JSON.stringify(one)).sort())
  const read = (bytes: Uint8Array) => stateNodes.keep(JSON.parse(Buffer.from(bytes).toString()))
  // Told in one piece of memory that the next event overwrites, as it comes by a connection.
  const memory = Buffer.alloc(1 << 20)
  const cluster = new MemoryCluster()
  cluster.watch = async function* () {
    for (const event of events) {
      if (event.type === 'SYNCED' || event.type === 'DELETED') yield event as never
      else if (late) {
        const length = memory.write(JSON.stringify(event.object))
        const { metadata } = event.object
        const unread = { bytes: memory.subarray(0, length), read }
        yield { type: event.type, object: { metadata }, unread } as never
      } else yield { type: event.type, object: stateNodes.keep(event.object) } as never
      if (event.look) look()
    }
  }
  await watched.follow(cluster, nodes, stateNodes, () => {})
  look()
  return { seen, changes: watched.changes }
}

it('told unread, objects are what they are read at once, whenever it is looked at them', async () => {
  const event = fc.record({
    type: fc.constantFrom('ADDED' as const, 'MODIFIED' as const, 'DELETED' as const),
    object: fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        ready: fc.constantFrom('True', 'False'),
        size: fc.constantFrom(0, 6_000, 400_000),
      })
      .map(({ name, ready, size }) => ({
        ...node(name, '10:00', ready),
        metadata: { name, labels: { long: 'x'.repeat(size) } },
      })),
    look: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
      const [late, eager] = await Promise.all([looks(events, true), looks(events, false)])
      expect(late.seen).toEqual(eager.seen)
      expect(late.changes).toBeLessThanOrEqual(eager.changes)
    }),
    runs(100),
  )
})
