import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubeconfigOf } from '../../helpers/kubeconfig.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { connectProxy, socksProxy } from '../../helpers/proxies.ts'
import { fixture, json, testServer } from '../../helpers/scripted-server.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const none = json({ kind: 'DaemonSetList', apiVersion: 'apps/v1', metadata: {}, items: [] })

/** Asks for DaemonSets of a server whose name nobody can look up: only a proxy finds it. */
async function ask(
  { tls = true, cluster = {} }: { readonly tls?: boolean; readonly cluster?: object },
  env: Readonly<Record<string, string>> = {},
) {
  const server = await testServer([none], tls)
  const folder = temporaryFolder()
  const kubeconfig = join(folder, 'config')
  const trust = tls ? { 'certificate-authority': fixture('ca.crt') } : {}
  const there = { server: server.url.replace('127.0.0.1', 'kubernetes'), ...trust, ...cluster }
  const certificate = { 'client-certificate': fixture('client.crt'), 'client-key': fixture('client.key') }
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(there, tls ? certificate : { token: 'T' })))
  const run = await liveKds(['rollout', 'history', 'ds'], { kubeconfig, env })
  return { run, server, target: `kubernetes:${new URL(server.url).port}` }
}

const answered = { out: '', err: 'No resources found in default namespace.\n', exit: 0 }

describe('a command goes through', () => {
  it('the HTTPS_PROXY, and shows the server, not the proxy, its certificate', async () => {
    const { asked, port } = await connectProxy()
    const { run, server, target } = await ask({}, { HTTPS_PROXY: `http://u:p@127.0.0.1:${port}` })
    expect(run).toEqual(answered)
    expect(asked.map(({ target }) => target)).toEqual([target])
    expect(asked[0]?.authorization).toBe(`Basic ${btoa('u:p')}`)
    expect(server.seen.map(({ clientName }) => clientName)).toEqual(['jane', 'jane'])
  })
  it('the proxy-url of the cluster, before that of the environment', async () => {
    const [own, other] = [await connectProxy(), await connectProxy()]
    const cluster = { 'proxy-url': `http://127.0.0.1:${own.port}` }
    const { run } = await ask({ cluster }, { HTTPS_PROXY: `http://127.0.0.1:${other.port}` })
    expect(run).toEqual(answered)
    expect([own.asked.length, other.asked.length]).toEqual([1, 0])
  })
  it('a proxy that speaks TLS', async () => {
    const { asked, port } = await connectProxy({ tls: true })
    const { run } = await ask({ cluster: { 'proxy-url': `https://127.0.0.1:${port}` } })
    expect(run).toEqual(answered)
    expect(asked.length).toBe(1)
  })
  it('a socks5 proxy', async () => {
    const { asked, port } = await socksProxy()
    const { run } = await ask({ cluster: { 'proxy-url': `socks5://u:p@127.0.0.1:${port}` } })
    expect(run).toEqual(answered)
    expect(asked).toEqual(['kubernetes'])
  })
  it('the HTTP_PROXY to a server without TLS', async () => {
    const { asked, port } = await connectProxy()
    const { run, target } = await ask({ tls: false }, { HTTP_PROXY: `http://127.0.0.1:${port}` })
    expect(run).toEqual(answered)
    expect(asked.map(({ target }) => target)).toEqual([target])
  })
})

it('says what a proxy refuses', async () => {
  const { port } = await connectProxy({ refuse: true })
  const { run } = await ask({ cluster: { 'proxy-url': `http://127.0.0.1:${port}` } })
  expect(run).toEqual({
    out: '',
    err: 'Unable to connect to the server: Proxy Authentication Required\n',
    exit: 1,
  })
})
