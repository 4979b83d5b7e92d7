import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { type ApiError, forbiddenByBudget } from '#cluster/api-error.ts'
import { controllerRevisions, daemonSets, nodes } from '#cluster/resources.ts'
import { cut, json, type Script, status, testServer } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

async function serving(...scripts: Script[]) {
  const server = await testServer(scripts)
  const host = testHost()
  const { cluster } = await connectTo(server.url, host)
  return { server, host, cluster }
}

const a = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'a', namespace: 'default' } }
const there = { name: 'a', namespace: 'default' }
const busy = status(429, 'TooManyRequests', 'slow down', { retryAfterSeconds: 3 })
const failing: Promise<ApiError>[] = []
const failure = (call: Promise<unknown>) => {
  const error = call.then(
    () => expect.unreachable(),
    (thrown: ApiError) => thrown,
  )
  failing.push(error)
  return error
}

describe('a request', () => {
  it('asks for raw JSON, gzipped, under the name of kds', async () => {
    const { server, cluster } = await serving(json(a))
    expect(await cluster.get(daemonSets, there)).toEqual(a)
    const [seen] = server.seen
    expect(seen?.url).toBe('/apis/apps/v1/namespaces/default/daemonsets/a')
    expect(seen?.headers).toMatchObject({ accept: 'application/json', 'accept-encoding': 'gzip' })
    expect(seen?.headers['user-agent']).toMatch(/^kds\/0\.0\.0-test \(\w+\/\w+\)$/)
    expect(seen?.headers.authorization).toBeUndefined()
  })

  it('evicts a pod by its own resource, and takes the word of a disruption budget at once', async () => {
    const causes = [{ reason: 'DisruptionBudget', message: 'needs 3 healthy pods and has 3 currently' }]
    const { server, host, cluster } = await serving(
      json({ kind: 'Status', status: 'Success', code: 201 }, 201),
      status(429, 'TooManyRequests', 'Cannot evict pod', { causes }),
      busy,
      json({ kind: 'Status', status: 'Success', code: 201 }, 201),
    )
    await cluster.evict({ name: 'a-1', namespace: 'default' }, { uid: 'u' })
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/api/v1/namespaces/default/pods/a-1/eviction',
      body: JSON.stringify({
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'a-1', namespace: 'default' },
        deleteOptions: { preconditions: { uid: 'u' } },
      }),
    })
    const error = await failure(cluster.evict({ name: 'a-1', namespace: 'default' }))
    expect([error.status, forbiddenByBudget(error)]).toEqual([429, true])
    expect(host.slept).toEqual([])
    await cluster.evict({ name: 'a-1', namespace: 'default' })
    expect(host.slept).toEqual([3000])
  })

  it('reads gzipped answers', async () => {
    const { cluster } = await serving((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' })
      response.end(gzipSync(JSON.stringify(a)))
    })
    expect(await cluster.get(daemonSets, there)).toEqual(a)
  })

  it('keeps its connection for the next one', async () => {
    const { server, cluster } = await serving(json(a))
    for (let call = 0; call < 3; call++) await cluster.get(daemonSets, there)
    expect(new Set(server.seen.map((seen) => seen.connection)).size).toBe(1)
  })

  it('is one of four on their way at once; the others wait for a free connection, or for Ctrl-C', async () => {
    const held: (() => void)[] = []
    const { server, cluster } = await serving((request, response, body) => {
      held.push(() => json(a)(request, response, body))
    })
    const controller = new AbortController()
    const calls = Array.from({ length: 9 }, () => cluster.get(daemonSets, there))
    const late = cluster.get(daemonSets, there, { signal: controller.signal })
    await vi.waitFor(() => expect(held).toHaveLength(4))
    controller.abort(new Error('Ctrl-C'))
    await expect(late).rejects.toThrow('Ctrl-C')
    expect(server.seen).toHaveLength(4)
    for (const next of [4, 1]) {
      for (const answer of held.splice(0)) answer()
      await vi.waitFor(() => expect(held).toHaveLength(next))
    }
    for (const answer of held.splice(0)) answer()
    await expect(Promise.all(calls)).resolves.toHaveLength(9)
    // The one that was given up has taken no place.
    const more = Array.from({ length: 4 }, () => cluster.get(daemonSets, there))
    await vi.waitFor(() => expect(held).toHaveLength(4))
    for (const answer of held.splice(0)) answer()
    await Promise.all(more)
    expect(new Set(server.seen.map((seen) => seen.connection)).size).toBe(4)
  })

  it('does not wait for watches, however many there are', async () => {
    const { cluster } = await serving((request, response, body) => {
      const list = { kind: 'DaemonSetList', apiVersion: 'apps/v1', metadata: {}, items: [] }
      if (request.url?.includes('watch=true')) response.flushHeaders()
      else json(request.url?.includes('limit=') ? list : a)(request, response, body)
    })
    const controller = new AbortController()
    const watches = Array.from({ length: 8 }, () =>
      cluster.watch(daemonSets, { signal: controller.signal })[Symbol.asyncIterator](),
    )
    await Promise.all(watches.map((watch) => watch.next()))
    const going = watches.map((watch) => watch.next())
    await expect(cluster.get(daemonSets, there)).resolves.toEqual(a)
    controller.abort(new Error('Ctrl-C'))
    await Promise.all(going.map((one) => expect(one).rejects.toThrow('Ctrl-C')))
  })

  it('keeps what it does not know', async () => {
    const strange = { ...a, spec: { fieldOfTheFuture: { when: '2026-01-01T00:00:00Z' } } }
    const { cluster } = await serving(json(strange))
    expect(await cluster.get(daemonSets, there)).toEqual(strange)
  })

  it('tells each warning of the server once and logs no more than the line', async () => {
    const warning = { Warning: '299 - "old \\"field\\" used"' }
    const { host, server, cluster } = await serving(json(a, 200, warning))
    for (let call = 0; call < 2; call++) await cluster.get(daemonSets, there)
    expect(host.warned).toEqual(['old "field" used'])
    expect(host.logged[0]).toBe(
      `GET ${server.url}/apis/apps/v1/namespaces/default/daemonsets/a 200 OK in 0 milliseconds`,
    )
  })

  it('ends with the reason of the abort, before and during', async () => {
    const { cluster } = await serving((request) => void request)
    const controller = new AbortController()
    const call = cluster.get(daemonSets, { name: 'a' }, { signal: controller.signal })
    controller.abort(new Error('Ctrl-C'))
    await expect(call).rejects.toThrow('Ctrl-C')
    await expect(cluster.get(daemonSets, { name: 'a' }, { signal: controller.signal })).rejects.toThrow(
      'Ctrl-C',
    )
  })

  it('obeys --request-timeout', async () => {
    const server = await testServer([(request) => void request])
    const { cluster } = await connectTo(server.url, testHost(), { 'request-timeout': '20ms' })
    expect((await failure(cluster.get(daemonSets, { name: 'a' }))).message).toBe(
      'Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    )
  })
})

describe('writes', () => {
  it.each([
    ['json', 'application/json-patch+json'],
    ['merge', 'application/merge-patch+json'],
    ['strategic', 'application/strategic-merge-patch+json'],
    ['apply', 'application/apply-patch+yaml'],
  ] as const)('send a %s patch as %s', async (type, contentType) => {
    const { server, cluster } = await serving(json(a))
    await cluster.patch(
      daemonSets,
      there,
      { type, body: { x: 1 } },
      { dryRun: true, fieldManager: 'kds-rollout' },
    )
    expect(server.seen[0]).toMatchObject({
      method: 'PATCH',
      url: '/apis/apps/v1/namespaces/default/daemonsets/a?dryRun=All&fieldManager=kds-rollout',
      body: '{"x":1}',
    })
    expect(server.seen[0]?.headers['content-type']).toBe(contentType)
  })

  it('create in the namespace of the object', async () => {
    const { server, cluster } = await serving(json(a, 201))
    await cluster.create(daemonSets, a, { dryRun: true })
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/apis/apps/v1/namespaces/default/daemonsets?dryRun=All',
    })
  })

  it('delete under preconditions', async () => {
    const { server, cluster } = await serving(json({ kind: 'Status' }))
    await cluster.delete(daemonSets, there, { uid: 'u', propagationPolicy: 'Orphan' })
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Orphan',
      preconditions: { uid: 'u' },
    })
  })

  it('are repeated where the server cannot have acted', async () => {
    const { server, host, cluster } = await serving(busy, json(a))
    await cluster.patch(daemonSets, { name: 'a' }, { type: 'merge', body: {} })
    expect(server.seen.length).toBe(2)
    expect(host.slept).toEqual([3000])
  })

  it.each<[string, Script]>([
    ['a broken connection', cut],
    ['500', status(500, 'InternalError', 'oops')],
    ['503 without Retry-After', status(503, 'ServiceUnavailable', 'oops')],
    ['504', status(504, 'Timeout', 'oops')],
  ])('are not repeated after %s', async (_name, script) => {
    const { server, cluster } = await serving(script, json(a))
    await failure(cluster.patch(daemonSets, { name: 'a' }, { type: 'merge', body: {} }))
    expect(server.seen.length).toBe(1)
  })
})

describe('reads', () => {
  it.each<[string, Script]>([
    ['429', busy],
    ['500', status(500, 'InternalError', 'oops')],
    ['502 from a proxy', json('bad gateway', 502)],
    ['503', status(503, 'ServiceUnavailable', 'oops')],
    ['504', status(504, 'Timeout', 'oops')],
    ['a broken connection', cut],
    [
      'half an answer',
      (request, response) => {
        response.writeHead(200, { 'Content-Length': '100' })
        response.write('{"kind":', () => request.socket.destroy())
      },
    ],
  ])('get over %s', async (_name, script) => {
    const { server, cluster } = await serving(script, script, json(a))
    expect(await cluster.get(daemonSets, { name: 'a' })).toEqual(a)
    expect(server.seen.length).toBeGreaterThanOrEqual(3)
  })

  it('wait longer each time, and give up', async () => {
    const { server, host, cluster } = await serving(status(503, 'ServiceUnavailable', 'down'))
    const error = await failure(cluster.get(daemonSets, { name: 'a' }))
    expect(error.message).toBe('Error from server (ServiceUnavailable): down')
    expect(server.seen.length).toBe(6)
    expect(host.slept).toEqual([150, 300, 600, 1200, 2400])
  })

  it('come back to a server that is away for a moment, not to one that was never there', async () => {
    const { server, cluster, host } = await serving(json(a))
    await cluster.get(daemonSets, { name: 'a' })
    await server.close()
    const refused = await failure(cluster.get(daemonSets, { name: 'a' }))
    expect(refused.message).toContain('was refused')
    expect(host.slept.length).toBe(5)
    const other = testHost()
    await failure((await connectTo(server.url, other)).cluster.get(daemonSets, { name: 'a' }))
    expect(other.slept).toEqual([])
  })

  it('do not wait for a server that wants more than a minute', async () => {
    const { host, cluster } = await serving(json('wait', 429, { 'Retry-After': '61' }), json(a))
    expect((await failure(cluster.get(daemonSets, { name: 'a' }))).status).toBe(429)
    expect(host.slept).toEqual([])
  })

  it('heed a Retry-After header', async () => {
    const { host, cluster } = await serving(json('wait', 429, { 'Retry-After': '7' }), json(a))
    await cluster.get(daemonSets, { name: 'a' })
    expect(host.slept).toEqual([7000])
  })
})

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

  it('ask foreverything at once when tokens keep expiring', async () => {
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

describe('a name that would change the path', () => {
  it.each([
    ['..', `invalid resource name "..": [may not be '..']`],
    ['.', `invalid resource name ".": [may not be '.']`],
    ['a/b', `invalid resource name "a/b": [may not contain '/']`],
    ['a%2fb', `invalid resource name "a%2fb": [may not contain '%']`],
    ['a/%', `invalid resource name "a/%": [may not contain '/' may not contain '%']`],
  ])('%s is not sent', async (name, message) => {
    const { cluster, server } = await serving(json(a))
    const patch = { type: 'merge', body: {} } as const
    const odd = { name, namespace: 'd' }
    const calls: (() => Promise<unknown>)[] = [
      () => cluster.get(daemonSets, odd),
      () => cluster.patch(daemonSets, odd, patch),
      () => cluster.delete(daemonSets, odd),
    ]
    for (const call of calls) await expect(Promise.resolve().then(call)).rejects.toThrow(message)
    const inside = async () => cluster.get(daemonSets, { name: 'a', namespace: name })
    await expect(inside()).rejects.toThrow(message.replace('resource name', 'namespace'))
    expect(server.seen).toEqual([])
  })
})
