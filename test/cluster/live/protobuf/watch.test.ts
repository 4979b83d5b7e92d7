import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KdsError } from '#base/errors.ts'
import { messageOf } from '#cluster/live/protobuf/fields.ts'
import { WatchReader } from '#cluster/live/protobuf/watch-reader.ts'
import { stateNodes } from '#cluster/needed.ts'
import { nodes } from '#cluster/resources.ts'
import type { JsonObject } from '#kube/types.ts'
import { eventsInProtobuf } from '#sandbox/http/write-protobuf.ts'
import { runs } from '../../../helpers/random-cases.ts'
import { cut, events, json, type Script, testServer } from '../../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../../helpers/test-host.ts'

const type = 'application/vnd.kubernetes.protobuf'

const node = (name: string, version: number): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    uid: `uid-${name}`,
    resourceVersion: String(version),
    labels: { pool: 'gpu' },
    creationTimestamp: null,
  },
  spec: { unschedulable: true },
  status: {},
})
const told = (event: string, name: string, version: number) => ({ type: event, object: node(name, version) })
const bookmark = (version: number) => ({
  type: 'BOOKMARK',
  object: { apiVersion: 'v1', kind: 'Node', metadata: { resourceVersion: String(version) } },
})
const gone = {
  type: 'ERROR',
  object: {
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    code: 410,
    reason: 'Expired',
    message: 'too old',
  },
}
type Told = ReturnType<typeof told | typeof bookmark> | typeof gone

const listed = (version: number, ...items: JsonObject[]) =>
  json({ kind: 'NodeList', apiVersion: 'v1', metadata: { resourceVersion: String(version) }, items })
const start = listed(10, node('a', 5))

/** Answers a watch with these bytes; then the connection is at its end, is cut, or goes on. */
const sent =
  (bytes: Buffer, then: 'end' | 'cut' | 'hang' = 'hang'): Script =>
  (request, response, body) => {
    response.writeHead(200, { 'content-type': `${type};stream=watch` }).write(bytes, () => {
      if (then === 'end') response.end()
      else if (then === 'cut') cut(request, response, body)
    })
  }
const inProtobuf = (all: readonly Told[]) => eventsInProtobuf('Node', all)

async function watched(count: number, ...scripts: Script[]) {
  const server = await testServer(scripts)
  const { cluster } = await connectTo(server.url, testHost())
  const seen: string[] = []
  const objects: unknown[] = []
  for await (const event of cluster.watch(nodes, stateNodes)) {
    if (event.type !== 'SYNCED') objects.push(event.object)
    seen.push(event.type === 'SYNCED' ? 'SYNCED' : `${event.type} ${event.object.metadata?.name}`)
    if (seen.length >= count) break
  }
  const versions = server.seen
    .slice(1)
    .map(({ url }) => new URL(url, server.url).searchParams.get('resourceVersion'))
  return { seen, objects, versions, accepts: server.seen.map(({ headers }) => headers.accept) }
}

describe('a watch of which it is known what is looked at', () => {
  const changes = [told('MODIFIED', 'a', 11), told('ADDED', 'b', 12), told('DELETED', 'a', 13)]

  it('is asked for in protobuf, and tells what JSON tells', async () => {
    const binary = await watched(5, start, sent(inProtobuf(changes)))
    const plain = await watched(5, start, events(changes, 'hang'))
    expect(binary.seen).toEqual(['ADDED a', 'SYNCED', 'MODIFIED a', 'ADDED b', 'DELETED a'])
    expect(binary.objects).toEqual(plain.objects)
    expect(binary.accepts).toEqual([`${type}, application/json`, `${type}, application/json`])
  })

  it.each(['end', 'cut'] as const)(
    'goes on after its connection is at its %s, in the middle of an event',
    async (how) => {
      const half = inProtobuf([told('MODIFIED', 'a', 11), told('MODIFIED', 'a', 12)]).subarray(0, -3)
      const { seen, versions } = await watched(
        4,
        start,
        sent(half, how),
        sent(inProtobuf([told('ADDED', 'b', 13)])),
      )
      expect(seen).toEqual(['ADDED a', 'SYNCED', 'MODIFIED a', 'ADDED b'])
      expect(versions).toEqual(['10', '11'])
    },
  )

  it('tells changes unread to who wants them late: the same, once they are read', async () => {
    const server = await testServer([start, sent(inProtobuf(changes))])
    const { cluster } = await connectTo(server.url, testHost())
    const [seen, objects]: unknown[][] = [[], []]
    for await (const event of cluster.watch(nodes, { ...stateNodes, late: true })) {
      if (event.type === 'SYNCED') continue
      const { object, type, unread } = event
      seen?.push(`${type} ${object.metadata?.name}${unread ? ' unread' : ''}`)
      if (unread) expect(object).not.toHaveProperty('spec')
      objects?.push(unread ? unread.read(Uint8Array.from(unread.bytes)) : stateNodes.keep(object))
      if (type === 'DELETED') break
    }
    expect(seen).toEqual(['ADDED a', 'MODIFIED a unread', 'ADDED b unread', 'DELETED a'])
    const plain = await watched(5, start, events(changes, 'hang'))
    expect(objects?.slice(0, 3)).toEqual(plain.objects.slice(0, 3))
  })

  it('tells changes read where the server sends JSON, whatever they call unread', async () => {
    const server = await testServer([start, events([{ ...told('MODIFIED', 'a', 11), unread: [1] }], 'hang')])
    const { cluster } = await connectTo(server.url, testHost())
    const all = cluster.watch(nodes, { ...stateNodes, late: true })[Symbol.asyncIterator]()
    for (let turn = 0; turn < 2; turn++) await all.next()
    const object = stateNodes.keep(node('a', 11) as never)
    expect((await all.next()).value).toEqual({ type: 'MODIFIED', object })
    await all.return?.()
  })

  it('an unread object that is none is an error when it is read', async () => {
    const server = await testServer([start, sent(inProtobuf([told('MODIFIED', 'a', 11)]))])
    const { cluster } = await connectTo(server.url, testHost())
    for await (const event of cluster.watch(nodes, { ...stateNodes, late: true }))
      if (event.type !== 'SYNCED' && event.unread) {
        const { bytes, read } = event.unread
        expect(() => read(bytes.subarray(0, bytes.length - 1))).toThrow(KdsError)
        break
      }
  })

  it('goes on from a bookmark', async () => {
    const next = sent(inProtobuf([told('MODIFIED', 'a', 100)]))
    expect((await watched(3, start, sent(inProtobuf([bookmark(99)]), 'end'), next)).versions).toEqual([
      '10',
      '99',
    ])
  })

  it('lists again when its version has expired', async () => {
    const again = listed(50, node('a', 5), node('b', 40))
    const { seen } = await watched(3, start, sent(inProtobuf([gone]), 'end'), again)
    expect(seen).toEqual(['ADDED a', 'SYNCED', 'ADDED b'])
  })

  it.each([
    ['bytes that are no events', Buffer.from('<html></html>')],
    ['an event longer than any', Buffer.from([0x7f, 0, 0, 0, 1])],
    ['an object that is none', Buffer.from([0, 0, 0, 8, 0x12, 6, 0x0a, 4, 1, 2, 3, 4])],
  ])('is opened again after %s', async (_, bytes) => {
    const { seen } = await watched(3, start, sent(bytes), sent(inProtobuf([told('ADDED', 'b', 11)])))
    expect(seen).toEqual(['ADDED a', 'SYNCED', 'ADDED b'])
  })

  it('ends where an object is another than was asked for', async () => {
    const other = [{ type: 'ADDED', object: { ...node('a', 11), kind: 'Pod' } }]
    await expect(watched(3, start, sent(inProtobuf(other)))).rejects.toThrow(
      'the server sent a Pod of v1 instead of a Node of v1',
    )
  })
})

it('events come out as they went in, in pieces of any size', () => {
  const event = fc
    .tuple(fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'), fc.string({ maxLength: 200 }), fc.nat())
    .map(([kind, name, version]) => told(kind, `n${name}`, version))
  fc.assert(
    fc.property(
      fc.array(fc.oneof(event, fc.constant(gone)), { maxLength: 5 }),
      fc.integer({ min: 1, max: 300 }),
      (all, size) => {
        const bytes = inProtobuf(all)
        const reader = new WatchReader(messageOf('Node', stateNodes.fields))
        const seen: unknown[] = []
        for (let at = 0; at < bytes.length; at += size)
          seen.push(...reader.push(bytes.subarray(at, at + size)))
        expect(seen).toMatchObject(all)
      },
    ),
    runs(100),
  )
})
