import { describe, expect, it } from 'vitest'
import { controllerRevisions, daemonSets, nodes } from '#cluster/resources.ts'
import { json, type Script, status } from '../../helpers/scripted-server.ts'
import { failure, serving } from './serving.ts'

describe('lists', () => {
  const page = (names: string[], token = '', resourceVersion = '10') =>
    json({
      kind: 'NodeList',
      apiVersion: 'v1',
      metadata: { resourceVersion, ...(token ? { continue: token } : {}) },
      items: names.map((name) => ({ metadata: { name } })),
    })

  it('come in pages of 500, each object with its kind', async () => {
    const { server, cluster } = await serving(page(['a', 'b'], 't/1'), page(['c']))
    const { items, resourceVersion } = await cluster.list(nodes, { labelSelector: 'a=b,c in (d)' })
    expect(items.map((node) => node.metadata?.name)).toEqual(['a', 'b', 'c'])
    expect(items[0]).toEqual({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } })
    expect(resourceVersion).toBe('10')
    expect(server.seen.map((seen) => new URL(seen.url, server.url).searchParams.toString())).toEqual([
      'labelSelector=a%3Db%2Cc+in+%28d%29&limit=500',
      'continue=t%2F1&labelSelector=a%3Db%2Cc+in+%28d%29&limit=500',
    ])
  })

  it('keep of each object only what is wanted', async () => {
    const { cluster } = await serving(page(['a', 'b']))
    expect((await cluster.list(nodes, { keep: (node) => node.metadata?.name })).items).toEqual(['a', 'b'])
  })

  it('start again when the token has expired, and mix no two states', async () => {
    const expired = status(410, 'Expired', 'The provided continue parameter is too old')
    const { cluster } = await serving(
      page(['a'], 't'),
      expired,
      page(['b'], 'u', '20'),
      page(['c'], '', '20'),
    )
    const { items, resourceVersion } = await cluster.list(nodes)
    expect([items.map((node) => node.metadata?.name), resourceVersion]).toEqual([['b', 'c'], '20'])
  })

  it('ask for everything at once when tokens keep expiring', async () => {
    const expired = status(410, 'Expired', 'too old')
    const { server, cluster } = await serving(expired, expired, expired, page(['a']))
    expect((await cluster.list(nodes)).items.length).toBe(1)
    expect(server.seen.at(-1)?.url).toBe('/api/v1/nodes')
  })

  it('name no namespace to list them all', async () => {
    const none = json({ kind: 'ControllerRevisionList', apiVersion: 'apps/v1', metadata: {}, items: [] })
    const { server, cluster } = await serving(none)
    await cluster.list(controllerRevisions, { namespace: 'n' })
    await cluster.list(controllerRevisions)
    expect(server.seen.map((seen) => seen.url.split('?')[0])).toEqual([
      '/apis/apps/v1/namespaces/n/controllerrevisions',
      '/apis/apps/v1/controllerrevisions',
    ])
  })
})

describe('what kubectl says about an answer', () => {
  const [cause, otherCause] = [
    { field: 'f', message: 'g' },
    { field: 'h', message: 'i' },
  ]

  it.each<[string, Script, string]>([
    ['a Status', status(404, 'NotFound', '"x" not found'), 'Error from server (NotFound): "x" not found'],
    ['a Status without a reason', status(418, '', 'short and stout'), 'Error from server: short and stout'],
    [
      '401',
      status(401, 'Unauthorized', 'Unauthorized'),
      'error: You must be logged in to the server (Unauthorized)',
    ],
    ['403', status(403, 'Forbidden', 'no'), 'Error from server (Forbidden): no'],
    [
      '422 without details',
      json({ kind: 'Status', reason: 'Invalid', message: 'm', code: 422 }, 422),
      'The request is invalid: m',
    ],
    ['422 without causes or kind', status(422, 'Invalid', 'm'), 'The request is invalid: m'],
    [
      '422 with one cause',
      status(422, 'Invalid', 'm', { kind: 'DaemonSet', name: 'b', causes: [cause] }),
      'The DaemonSet "b" is invalid: f: g',
    ],
    [
      '422 with several causes, one of them twice',
      status(422, 'Invalid', 'm', { kind: 'DaemonSet', name: 'b', causes: [cause, cause, otherCause] }),
      'The DaemonSet "b" is invalid: \n* f: g\n* h: i',
    ],
    [
      '404 that is no Status',
      json('nope', 404),
      'Error from server (NotFound): the server could not find the requested resource (get daemonsets.apps a)',
    ],
    [
      '401 that is no Status',
      json('', 401),
      'error: You must be logged in to the server (the server has asked for the client to provide credentials (get daemonsets.apps a))',
    ],
    [
      '302 to a login page',
      (_request, response) => response.writeHead(200).end('<html>'),
      'error: the server sent something that is not JSON (get daemonsets.apps a)',
    ],
  ])('%s', async (_name, script, words) => {
    const { cluster } = await serving(script)
    const error = await failure(cluster.get(daemonSets, { name: 'a' }))
    expect(error.message).toBe(words)
    expect(error.verbatim).toBe(true)
  })
})
