import { Agent, request as httpsRequest } from 'node:https'
import { describe, expect, it } from 'vitest'
import { startSandbox } from '#sandbox/sandbox.ts'
import { manualClock } from '../helpers/manual-clock.ts'
import { ask, until } from '../helpers/sandbox-client.ts'

const now = Date.parse('2026-11-20T20:00:00Z')

describe('a sandbox', () => {
  it('is trusted by its own authority and no other, and shares no token with another', async () => {
    const [one, two] = await Promise.all([startSandbox({ nodes: 1 }), startSandbox({ nodes: 2 })])
    expect(one.token).not.toBe(two.token)
    expect((await ask(one, { path: '/api/v1/nodes' })).status).toBe(200)
    expect(
      (await ask(one, { path: '/api/v1/nodes', headers: { authorization: `Bearer ${two.token}` } })).status,
    ).toBe(401)
    const failed = await new Promise((resolve) => {
      const request = httpsRequest(
        { host: '127.0.0.1', port: one.port, ca: two.caPem, agent: false },
        resolve,
      )
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
      request.end()
    })
    expect(failed).toMatch(/CERT|SIGNATURE/)
    await Promise.all([one.close(), two.close()])
  })

  it('answers for the names of this machine only', async () => {
    const sandbox = await startSandbox()
    const agent = new Agent({ ca: sandbox.caPem, servername: 'localhost' })
    const statusFor = async (host: string) =>
      (await ask(sandbox, { path: '/api/v1/nodes', headers: { host }, agent })).status
    for (const host of ['localhost', `LOCALHOST:${sandbox.port}`, '127.0.0.1:1', '127.1.2.3', '[::1]:6443'])
      expect(await statusFor(host), host).toBe(200)
    for (const host of [
      'example.com',
      'localhost.example.com',
      '127.0.0.1.example.com:80',
      '10.0.0.1',
      '[::2]',
    ])
      expect(await statusFor(host), host).toBe(421)
    await sandbox.close()
  })

  it('knows how long nobody has asked it anything', async () => {
    const clock = manualClock(now)
    const sandbox = await startSandbox({ clock })
    clock.advance(5000)
    await ask(sandbox, { path: '/readyz' })
    expect(sandbox.idle()).toBe(5000)
    await ask(sandbox, { path: '/version' })
    await until(() => sandbox.idle() === 0)
    clock.advance(1000)
    expect(sandbox.idle()).toBe(1000)
    const watch = ask(sandbox, { path: '/api/v1/nodes?watch=1' })
    await until(() => sandbox.control.openWatches() > 0)
    clock.advance(2000)
    expect(sandbox.idle()).toBe(0)
    sandbox.control.cutWatches()
    await watch
    await sandbox.close()
  })

  it('refuses a port that is taken', async () => {
    const sandbox = await startSandbox()
    await expect(startSandbox({ port: sandbox.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await sandbox.close()
  })

  it('closes with its signal, open watches and all', async () => {
    const abort = new AbortController()
    const sandbox = await startSandbox({ nodes: 1, signal: abort.signal })
    const watch = ask(sandbox, { path: '/api/v1/nodes?watch=1' }).catch((error: unknown) => error)
    await until(() => sandbox.control.openWatches() > 0)
    abort.abort()
    await watch
    await sandbox.close()
    expect(sandbox.control.openWatches()).toBe(0)
    await expect(ask(sandbox, { path: '/version' })).rejects.toThrow()
  })

  it('holds the objects of a snapshot, Lists and kinds it does not know among them', async () => {
    const pod = (name: string) => ({ metadata: { name, namespace: 'shop' }, spec: { containers: [] } })
    const sandbox = await startSandbox({
      objects: [
        {
          apiVersion: 'v1',
          kind: 'List',
          items: [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }],
        },
        { apiVersion: 'v1', kind: 'PodList', items: [pod('a'), pod('b')] },
        { apiVersion: 'example.com/v1', kind: 'Unknown', metadata: { name: 'x' } },
      ] as object[],
    })
    const names = async (path: string) =>
      ((await ask(sandbox, { path })).body as { items: { metadata: { name: string } }[] }).items.map(
        ({ metadata }) => metadata.name,
      )
    expect(await names('/api/v1/nodes')).toEqual(['n'])
    expect(await names('/api/v1/namespaces/shop/pods')).toEqual(['a', 'b'])
    expect(await names('/api/v1/namespaces')).toContain('shop')
    await sandbox.close()
  })

  it('leaves the pods of a snapshot as they were found, well or ill, until somebody touches them', async () => {
    const clock = manualClock(now)
    const pod = (name: string, ready: boolean) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx' }] },
      status: { phase: 'Running', containerStatuses: [{ name: 'c', ready, restartCount: 3, state: {} }] },
    })
    const sandbox = await startSandbox({
      clock,
      nodes: 1,
      objects: [pod('well', true), pod('ill', false)] as object[],
    })
    clock.advance(60_000)
    const { body } = await ask(sandbox, { path: '/api/v1/pods' })
    expect((body as { items: { status: object }[] }).items.map(({ status }) => status)).toEqual([
      pod('ill', false).status,
      pod('well', true).status,
    ])
    await ask(sandbox, { method: 'DELETE', path: '/api/v1/namespaces/default/pods/ill' })
    clock.advance(60_000)
    expect((await ask(sandbox, { path: '/api/v1/namespaces/default/pods/ill' })).status).toBe(404)
    await sandbox.close()
  })
})
