import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { stateNodes } from '#cluster/needed.ts'
import { daemonSets, nodes } from '#cluster/resources.ts'
import type { JsonObject, Node } from '#kube/types.ts'
import { listInProtobuf } from '#sandbox/http/write-protobuf.ts'
import { json, type Script, status, testServer } from '../../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../../helpers/test-host.ts'

const type = 'application/vnd.kubernetes.protobuf'
const metadataOnly = 'as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

const node = (name: string): JsonObject => ({
  metadata: { name, uid: `uid-${name}`, labels: { pool: 'gpu' }, creationTimestamp: null },
  spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
  status: {
    allocatable: { cpu: '4' },
    conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: null, lastTransitionTime: null }],
  },
})
const listed = (names: string[], token = '', kind = 'NodeList', apiVersion = 'v1'): JsonObject => ({
  apiVersion,
  kind,
  metadata: { resourceVersion: '10', ...(token ? { continue: token } : {}) },
  items: names.map(node),
})
const sent =
  (bytes: Buffer, code = 200, contentType = type): Script =>
  (_, response) =>
    response.writeHead(code, { 'content-type': contentType }).end(bytes)
const page = (...given: Parameters<typeof listed>) => sent(listInProtobuf('Node', listed(...given)))

async function serving(...scripts: Script[]) {
  const server = await testServer(scripts)
  const { cluster } = await connectTo(server.url, testHost())
  return { server, list: () => cluster.list(nodes, stateNodes), cluster }
}
const names = ({ items }: { items: readonly Node[] }) => items.map((item) => item.metadata?.name)

/** A message in protobuf: fields of texts, of which none is long. */
const field = (number: number, value: string | Buffer) =>
  Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), Buffer.from(value)])
const envelope = (kind: string, raw: Buffer) =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, Buffer.concat([field(1, 'v1'), field(2, kind)])),
    field(2, raw),
  ])
const forbidden = envelope(
  'Status',
  Buffer.concat([
    field(2, 'Failure'),
    field(3, 'nodes is forbidden'),
    field(4, 'Forbidden'),
    Buffer.from([0x30, 0x93, 0x03]),
  ]),
)

describe('a list of which it is known what is looked at', () => {
  it('is asked for in protobuf, and gives the objects that JSON gives', async () => {
    const { list, server } = await serving(page(['a', 'b'], 't/1'), page(['c']))
    const binary = await list()
    const plain = await serving(json(listed(['a', 'b'], 't/1')), json(listed(['c'])))
    expect(binary).toEqual(await plain.list())
    expect(names(binary)).toEqual(['a', 'b', 'c'])
    expect(server.seen.map(({ headers }) => headers.accept)).toEqual(
      Array(2).fill(`${type}, application/json`),
    )
  })

  it('may be compressed', async () => {
    const bytes = gzipSync(listInProtobuf('Node', listed(['a'])))
    const { list } = await serving((_, response) =>
      response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(bytes),
    )
    expect(names(await list())).toEqual(['a'])
  })

  it('asks for the next page while the last is still on its way', async () => {
    const bytes = listInProtobuf('Node', listed(['a', 'b'], 't'))
    let finish = () => {}
    const { list } = await serving(
      (_, response) => {
        response.writeHead(200, { 'content-type': type }).write(bytes.subarray(0, 60))
        finish = () => response.end(bytes.subarray(60))
      },
      (...to) => {
        finish()
        page(['c'])(...to)
      },
    )
    expect(names(await list())).toEqual(['a', 'b', 'c'])
  })

  it('starts again when a token has expired', async () => {
    const expired = status(410, 'Expired', 'too old')
    const { list, server } = await serving(page(['a'], 't'), expired, page(['b'], 'u'), page(['c']))
    expect(names(await list())).toEqual(['b', 'c'])
    expect(server.seen).toHaveLength(4)
  })

  it('may be as old as the server has it where it is said, and goes on from there', async () => {
    const { cluster, server } = await serving(page(['a'], 't'), page(['b']))
    const { items } = await cluster.list(nodes, { fields: stateNodes.fields, mayBeOld: true })
    expect(items).toHaveLength(2)
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/api/v1/nodes?limit=500&resourceVersion=0',
      '/api/v1/nodes?continue=t&limit=500',
    ])
  })

  it('is metadata alone where nothing else is looked at, of any kind', async () => {
    const list = listed(['a'], '', 'PartialObjectMetadataList', 'meta.k8s.io/v1')
    const { cluster, server } = await serving(
      sent(listInProtobuf('Node', list)),
      json(list),
      json(listed(['a'])),
    )
    const ask = () => cluster.list(nodes, { fields: 'metadata { name }' })
    const bare = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } }
    expect((await ask()).items).toEqual([bare])
    expect((await ask()).items).toMatchObject([bare])
    expect((await ask()).items).toMatchObject([bare])
    await cluster.list(daemonSets, { fields: 'metadata { name }' }).catch(() => {})
    expect(server.seen.map(({ headers }) => headers.accept)).toEqual(
      Array(4).fill(`${type};${metadataOnly}, application/json;${metadataOnly}, application/json`),
    )
  })

  it.each([
    ['a refusal', sent(forbidden, 403), 'Error from server (Forbidden): nodes is forbidden'],
    ['a refusal with 200', sent(forbidden), 'Error from server (Forbidden): nodes is forbidden'],
    [
      'another list',
      page(['a'], '', 'PodList'),
      'the server sent a PodList of v1 instead of a NodeList of v1',
    ],
    [
      'metadata that nobody asked for',
      page(['a'], '', 'PartialObjectMetadataList', 'meta.k8s.io/v1'),
      'the server sent a PartialObjectMetadataList of meta.k8s.io/v1 instead of a NodeList of v1',
    ],
    ['an item without a name', page([''], ''), 'a NodeList with an item that is not a Node'],
    [
      'no list',
      sent(envelope('Node', Buffer.alloc(0))),
      'the server sent a Node of v1 instead of a NodeList',
    ],
    [
      'half a list',
      sent(listInProtobuf('Node', listed(['a'])).subarray(0, 90)),
      'something that is not protobuf',
    ],
    ['a page of a proxy', sent(Buffer.from('<html>')), 'something that is not protobuf'],
    ['JSON that is none', sent(Buffer.from('<html>'), 200, 'text/html'), 'something that is not JSON'],
  ])('is told apart from %s', async (_, script, message) => {
    const { list } = await serving(script)
    await expect(list()).rejects.toThrow(message)
  })
})
