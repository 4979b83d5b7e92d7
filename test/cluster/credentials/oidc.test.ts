import { execFile } from 'node:child_process'
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { connect } from '#cluster/live/connect.ts'
import { daemonSets } from '#cluster/resources.ts'
import { kubectlVersion } from '../../helpers/kubectl.ts'
import { connectProxy } from '../../helpers/proxies.ts'
import {
  daemonSet,
  fixture,
  json,
  type ScriptedServer,
  scriptedServer,
} from '../../helpers/scripted-server.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { testHost } from '../../helpers/test-host.ts'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
// openid-client minds the real time.
const now = Math.floor(Date.now() / 1000) * 1000
/** A token that is good for so many seconds. */
const idToken = (issuer: string, seconds: number) =>
  [
    part({ alg: 'RS256' }),
    part({ iss: issuer, aud: 'kds', sub: 'jane', iat: now / 1000, exp: now / 1000 + seconds }),
    'x',
  ].join('.')

/** A provider on loopback, what it was asked for tokens, and what it says. */
interface Provider {
  readonly issuer: string
  readonly asked: { authorization: string | undefined; body: Record<string, string> }[]
  metadata: object
  answer: object
  status: number
  readonly server: https.Server
}

async function startProvider(): Promise<Provider> {
  const tls = { key: readFileSync(fixture('server.key')), cert: readFileSync(fixture('server.crt')) }
  const server = https.createServer(tls, async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const send = (value: object, status = 200) => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (request.url !== '/token')
      return send({
        issuer: provider.issuer,
        token_endpoint: `${provider.issuer}/token`,
        authorization_endpoint: `${provider.issuer}/auth`,
        jwks_uri: `${provider.issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        ...provider.metadata,
      })
    const { authorization } = request.headers
    provider.asked.push({ authorization, body: Object.fromEntries(new URLSearchParams(body)) })
    send(provider.answer, provider.status)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  const provider: Provider = { issuer, asked: [], metadata: {}, answer: {}, status: 200, server }
  return provider
}

const folder = temporaryFolder()
let provider: Provider
let server: ScriptedServer
beforeAll(async () => {
  provider = await startProvider()
  server = await scriptedServer([json(daemonSet())], true)
})
afterAll(async () => {
  provider.server.close()
  await server.close()
})
afterEach(() => {
  provider.asked.length = 0
  server.seen.length = 0
  Object.assign(provider, { metadata: {}, status: 200 })
})

const renewed = (more: object = {}) => {
  const id_token = idToken(provider.issuer, 3600)
  return { access_token: 'A', token_type: 'Bearer', expires_in: 3600, id_token, refresh_token: 'R2', ...more }
}

/** A kubeconfig as people have it: their own comments, order and layout. */
const kubeconfigText = (token: string, more = '') => `# mine, by hand
current-context: c
kind: Config
contexts:
- {name: c, context: {cluster: k, user: u}}
clusters:
- name: k
  cluster:
    server:   ${server.url}
    certificate-authority: ${fixture('ca.crt')}
users:
- name: other
  user: {token: OTHER}
- name: u   # that is me
  user:
    auth-provider:
        name: oidc
        config:
            client-id: kds
            client-secret: s3:cret
            # until tonight
            id-token: ${token}
            idp-certificate-authority: ${fixture('ca.crt')}
            idp-issuer-url: ${provider.issuer}
            refresh-token: 'R1'
${more}`

let count = 0
function kubeconfig(text: string): string {
  const path = join(folder, `config-${count++}`)
  writeFileSync(path, text, { mode: 0o640 })
  chmodSync(path, 0o640)
  return path
}

async function connected(path: string, env: Record<string, string> = {}) {
  const { cluster } = await connect({ kubeconfig: path }, testHost(env, { now: () => now }))
  return { ask: () => cluster.get(daemonSets, { name: 'a' }), close: () => cluster.close() }
}

const sent = () => server.seen.map(({ headers }) => headers.authorization?.slice('Bearer '.length))

describe('an OpenID Connect token that has ended', () => {
  it('is renewed once for all requests, and written to the kubeconfig in place', async () => {
    const old = idToken(provider.issuer, -60)
    provider.answer = renewed()
    const path = kubeconfig(kubeconfigText(old))
    const { ask, close } = await connected(path)
    await Promise.all([ask(), ask()])
    await ask()
    close()
    const fresh = idToken(provider.issuer, 3600)
    expect(sent()).toEqual([fresh, fresh, fresh])
    expect(provider.asked.map(({ body }) => body)).toMatchObject([
      { grant_type: 'refresh_token', refresh_token: 'R1' },
    ])
    expect(readFileSync(path, 'utf8')).toBe(
      kubeconfigText(fresh).replace("refresh-token: 'R1'", 'refresh-token: R2'),
    )
    expect(statSync(path).mode & 0o777).toBe(0o640)
    const again = await connected(path)
    await again.ask()
    again.close()
    expect(provider.asked).toHaveLength(1)
  })

  it.each<[string, number, boolean]>([
    ['ten seconds before its end', 10, true],
    ['longer before', 11, false],
  ])('counts as such %s', async (_name, seconds, renews) => {
    provider.answer = renewed()
    const { ask, close } = await connected(kubeconfig(kubeconfigText(idToken(provider.issuer, seconds))))
    await ask()
    close()
    expect(provider.asked).toHaveLength(renews ? 1 : 0)
  })

  it('is fetched where there is none yet, and keeps a refresh token that stays', async () => {
    provider.answer = renewed({ refresh_token: undefined })
    const path = kubeconfig(kubeconfigText('').replace(/ +id-token:.*\n/, ''))
    const { ask, close } = await connected(path)
    await ask()
    close()
    const config = parse(readFileSync(path, 'utf8')).users[1].user['auth-provider'].config
    expect(config).toMatchObject({
      'id-token': idToken(provider.issuer, 3600),
      'refresh-token': 'R1',
      'client-id': 'kds',
    })
  })

  it('is written where a link leads, and the link stays', async () => {
    provider.answer = renewed()
    const path = kubeconfig(kubeconfigText(idToken(provider.issuer, -60)))
    const link = `${path}-link`
    symlinkSync(path, link)
    const { ask, close } = await connected(link)
    await ask()
    close()
    expect(readFileSync(path, 'utf8')).toContain('refresh-token: R2')
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(path, 'utf8'))
    writeFileSync(path, 'changed')
    expect(readFileSync(link, 'utf8')).toBe('changed')
  })

  it.each<[string, object, 'header' | 'body']>([
    ['in the header, as is usual', {}, 'header'],
    ['in the header where both may be', both('client_secret_post', 'client_secret_basic'), 'header'],
    ['in the body where that alone may be', both('client_secret_post'), 'body'],
  ])('the client proves itself %s', async (_name, metadata, where) => {
    Object.assign(provider, { metadata, answer: renewed() })
    const { ask, close } = await connected(kubeconfig(kubeconfigText(idToken(provider.issuer, -60))))
    await ask()
    close()
    const { authorization = '', body = {} } = provider.asked[0] ?? {}
    const header = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()
    if (where === 'header') expect(header).toBe('kds:s3%3Acret')
    else expect(body).toMatchObject({ client_id: 'kds', client_secret: 's3:cret' })
  })

  it('is renewed by way of the proxy that the environment names', async () => {
    const issuer = provider.issuer.replace('localhost', 'kubernetes')
    const id_token = idToken(issuer, 3600)
    const metadata = { issuer, token_endpoint: `${issuer}/token` }
    Object.assign(provider, { metadata, answer: renewed({ id_token }) })
    const proxy = await connectProxy()
    const text = kubeconfigText(idToken(issuer, -60)).replace(provider.issuer, issuer)
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
    const { ask, close } = await connected(kubeconfig(text), env)
    await ask()
    close()
    expect(sent()).toEqual([id_token])
    expect(new Set(proxy.asked.map(({ target }) => target))).toEqual(new Set([new URL(issuer).host]))
  })

  it.each<[string, () => void, RegExp]>([
    [
      'the provider refuses',
      () => Object.assign(provider, { status: 400, answer: { error: 'invalid_grant' } }),
      /^Unable to connect to the server: failed to refresh token: /,
    ],
    [
      'there is no token in the answer',
      () => Object.assign(provider, { answer: renewed({ id_token: undefined }) }),
      /token response did not contain an id_token/,
    ],
  ])('%s: told, nothing is sent and nothing is written', async (_name, set, words) => {
    set()
    const text = kubeconfigText(idToken(provider.issuer, -60))
    const path = kubeconfig(text)
    const { ask, close } = await connected(path)
    await expect(ask()).rejects.toThrow(words)
    close()
    expect(server.seen).toEqual([])
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('the provider cannot be trusted: told in words that help', async () => {
    const text = kubeconfigText(idToken(provider.issuer, -60)).replace(/ +idp-certificate-authority:.*\n/, '')
    const { ask, close } = await connected(kubeconfig(text))
    await expect(ask()).rejects.toThrow(/failed to refresh token: unable to verify the first certificate/)
    close()
  })

  it('cannot be kept: told, because the old refresh token may be worth nothing now', async () => {
    provider.answer = renewed()
    const path = kubeconfig(kubeconfigText(idToken(provider.issuer, -60)))
    const { ask, close } = await connected(path)
    writeFileSync(path, 'users: []\n')
    await expect(ask()).rejects.toThrow(
      `Unable to connect to the server: could not persist new tokens: there is no user u in ${path} any more`,
    )
    close()
  })

  it('cannot be renewed without a refresh token', async () => {
    const text = kubeconfigText(idToken(provider.issuer, -60)).replace(/ +refresh-token:.*\n/, '')
    const { ask, close } = await connected(kubeconfig(text))
    await expect(ask()).rejects.toThrow('No valid id-token, and cannot refresh without refresh-token')
    close()
  })
})

function both(...methods: readonly string[]): object {
  return { token_endpoint_auth_methods_supported: methods }
}

describe.skipIf(!kubectlVersion)(
  `beside kubectl${kubectlVersion ? '' : ': skipped, there is no kubectl'}`,
  () => {
    it('the provider and the server are told the same, and the kubeconfig holds the same', async () => {
      const text = kubeconfigText(idToken(provider.issuer, -60))
      provider.answer = renewed()
      const [theirs, ours] = [kubeconfig(text), kubeconfig(text)]
      await new Promise((resolve) => {
        const argv = ['get', '--raw', '/apis/apps/v1/namespaces/default/daemonsets/a', '--kubeconfig', theirs]
        execFile('kubectl', argv, { env: { PATH: process.env.PATH ?? '', HOME: folder } }, resolve)
      })
      // kubectl asks for more than the object.
      const kubectl = { asked: [...provider.asked], sent: [...new Set(sent())] }
      provider.asked.length = server.seen.length = 0
      const { ask, close } = await connected(ours)
      await ask()
      close()
      expect(kubectl.asked).toHaveLength(1)
      expect({ asked: provider.asked, sent: sent() }).toEqual(kubectl)
      const [own, other] = [ours, theirs].map((path) => parse(readFileSync(path, 'utf8')))
      const byName = ({ users }: { users: { name: string }[] }) =>
        users.sort((a, b) => (a.name < b.name ? -1 : 1))
      expect(byName(own)).toEqual(byName(other))
    })
  },
)
