import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { forbiddenByBudget } from '#cluster/api-error.ts'
import { daemonSets } from '#cluster/resources.ts'
import { cut, json, type Script, status, testServer } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'
import { a, busy, failure, serving, there } from './serving.ts'

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
