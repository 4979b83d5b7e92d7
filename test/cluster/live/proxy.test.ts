import { describe, expect, it } from 'vitest'
import { proxyFromEnvironment } from '#cluster/config/proxy.ts'
import { daemonSets } from '#cluster/resources.ts'
import { connectProxy, socksProxy } from '../../helpers/proxies.ts'
import { daemonSet, fixture, json, type ScriptedServer, testServer } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

const secureServer = () => testServer([json(daemonSet())], true)

/** Loopback addresses never go through a proxy of the environment, so the server is called by a name that is none. */
const byName = (server: ScriptedServer) => server.url.replace('127.0.0.1', 'kubernetes')
const trust = { 'certificate-authority': fixture('ca.crt'), token: 'T' }

describe('proxies', () => {
  it('HTTPS_PROXY, with its password, through one tunnel for all requests', async () => {
    const server = await secureServer()
    const proxy = await connectProxy()
    const host = testHost({ HTTPS_PROXY: `http://m%40e:p%3Ass%2F%C3%A9@127.0.0.1:${proxy.port}` })
    const { cluster } = await connectTo(byName(server), host, trust)
    await cluster.get(daemonSets, { name: 'a' })
    await cluster.get(daemonSets, { name: 'a' })
    expect(proxy.asked).toEqual([
      {
        target: `kubernetes:${new URL(server.url).port}`,
        authorization: `Basic ${Buffer.from('m@e:p:ss/é').toString('base64')}`,
      },
    ])
    expect(server.seen[0]?.headers.authorization).toBe('Bearer T')
    cluster.close()
  })

  it('socks5, with its password, through one tunnel for all requests', async () => {
    const server = await secureServer()
    const proxy = await socksProxy()
    const host = testHost({ HTTPS_PROXY: `socks5://m%40e:p%3Ass%2F%C3%A9@127.0.0.1:${proxy.port}` })
    const { cluster } = await connectTo(byName(server), host, trust)
    await cluster.get(daemonSets, { name: 'a' })
    await cluster.get(daemonSets, { name: 'a' })
    expect(proxy.asked).toEqual(['kubernetes'])
    expect(proxy.users).toEqual(['m@e p:ss/é'])
    cluster.close()
  })

  it('one that refuses is told', async () => {
    const server = await secureServer()
    const { port } = await connectProxy({ refuse: true })
    const { cluster } = await connectTo(byName(server), testHost({ https_proxy: `127.0.0.1:${port}` }), trust)
    await expect(cluster.get(daemonSets, { name: 'a' })).rejects.toMatchObject({
      message: 'Unable to connect to the server: Proxy Authentication Required',
    })
  })
})

describe('an environment that is wrong', () => {
  it.each([
    [
      'a proxy of another scheme',
      { HTTPS_PROXY: 'ftp://me:SECRET@x' },
      /^HTTPS_PROXY: unsupported scheme "ftp"/,
    ],
    ['a proxy that is no address', { https_proxy: '::bad' }, /^HTTPS_PROXY: could not parse: /],
    [
      'authorities that are not there',
      { SSL_CERT_FILE: '/nope' },
      /^SSL_CERT_FILE: open \/nope: no such file/,
    ],
  ])('%s is told with its variable', async (_name, env, words) => {
    const failing = connectTo('https://kubernetes:1', testHost(env))
    await expect(failing).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(words),
    })
    await expect(failing).rejects.not.toThrow(/SECRET/)
  })
})

describe('NO_PROXY', () => {
  it.each<[string, string, boolean]>([
    ['https://api.example.com', '', true],
    ['https://api.example.com', '*', false],
    ['https://api.example.com', 'example.com', false],
    ['https://example.com', 'example.com', false],
    ['https://api.example.com', '.example.com', false],
    ['https://example.com', '.example.com', true],
    ['https://badexample.com', 'example.com', true],
    ['https://api.example.com:6443', 'example.com:443', true],
    ['https://api.example.com:6443', 'a.b, EXAMPLE.com:6443', false],
    ['https://10.1.2.3', '10.0.0.0/8', false],
    ['https://11.1.2.3', '10.0.0.0/8', true],
    ['https://10.1.2.3', '10.1.2.3', false],
    ['https://[fd00::1]', 'fd00::/8', false],
    ['https://[fd00::1]', 'fd00::1', false],
    ['https://localhost:6443', '', false],
    ['https://127.0.0.1:6443', '', false],
    ['https://[::1]:6443', '', false],
  ])('%s with %j: through the proxy? %s', (server, list, through) => {
    const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: list }
    expect(proxyFromEnvironment(new URL(server), env)?.host).toBe(through ? 'proxy:3128' : undefined)
  })

  it('HTTP_PROXY is for http, HTTPS_PROXY for https', () => {
    expect(proxyFromEnvironment(new URL('http://a.b'), { HTTPS_PROXY: 'http://p' })).toBeUndefined()
    expect(proxyFromEnvironment(new URL('http://a.b'), { http_proxy: 'p:1' })?.href).toBe('http://p:1/')
  })
})
