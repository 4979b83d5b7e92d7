import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadKubeconfig } from '#cluster/config/kubeconfig.ts'
import { resolveConnection } from '#cluster/config/resolve-connection.ts'
import type { PluginCall, PluginResult } from '#cluster/host.ts'
import { liveCluster } from '#cluster/live/live-cluster.ts'
import { daemonSets } from '#cluster/resources.ts'
import { kubeconfigOf } from '../../helpers/kubeconfig.ts'
import { daemonSet, fixture, json, type Script, status, testServer } from '../../helpers/scripted-server.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

const ok = json(daemonSet())
const refused = status(401, 'Unauthorized', 'Unauthorized')
const certificateAuthority = fixture('ca.crt')

const secure = (...scripts: Script[]) => testServer(scripts, true)

const folder = () => temporaryFolder()
const get = { name: 'a', namespace: 'default' }

/** A kubeconfig with one context; returns the KUBECONFIG to set. */
function kubeconfig(server: string, user: object, cluster: object = {}): string {
  const path = join(folder(), 'config')
  const trusted = { server, 'certificate-authority': certificateAuthority, ...cluster }
  writeFileSync(path, JSON.stringify(kubeconfigOf(trusted, user)))
  return path
}

async function connectWith(
  server: string,
  user: object,
  more: Parameters<typeof testHost>[1] = {},
  cluster = {},
) {
  const host = testHost({ KUBECONFIG: kubeconfig(server, user, cluster) }, more)
  const connection = resolveConnection(await loadKubeconfig(undefined, host), {}, host)
  return { cluster: liveCluster(connection, host), host }
}

describe('credentials over TLS', () => {
  it('token', async () => {
    const server = await secure(ok)
    const { cluster } = await connectTo(server.url, testHost(), {
      token: 'T',
      'certificate-authority': certificateAuthority,
    })
    await cluster.get(daemonSets, get)
    expect(server.seen[0]?.headers.authorization).toBe('Bearer T')
  })

  it('token file, read anew after a minute and after a refusal', async () => {
    const server = await secure(ok, ok, ok, refused, ok)
    const path = join(folder(), 'token')
    let now = 0
    writeFileSync(path, 'one\n')
    const { cluster } = await connectWith(server.url, { tokenFile: path }, { now: () => now })
    await cluster.get(daemonSets, get)
    writeFileSync(path, 'two')
    await cluster.get(daemonSets, get)
    now += 61_000
    await cluster.get(daemonSets, get)
    writeFileSync(path, 'three')
    await cluster.get(daemonSets, get)
    expect(server.seen.map((seen) => seen.headers.authorization?.slice(7))).toEqual([
      'one',
      'one',
      'two',
      'two',
      'three',
    ])
  })

  it('user name and password', async () => {
    const server = await secure(ok)
    const { cluster } = await connectWith(server.url, { username: 'jane', password: 'pä:ss' })
    await cluster.get(daemonSets, get)
    const sent = server.seen[0]?.headers.authorization?.slice('Basic '.length) ?? ''
    expect(Buffer.from(sent, 'base64').toString()).toBe('jane:pä:ss')
  })

  it.each(['file', 'data'] as const)('client certificate from %s', async (how) => {
    const server = await secure(ok)
    const part = (name: string) =>
      how === 'file'
        ? { [`client-${name}`]: fixture(`client.${name === 'certificate' ? 'crt' : 'key'}`) }
        : {
            [`client-${name}-data`]: readFileSync(
              fixture(`client.${name === 'certificate' ? 'crt' : 'key'}`),
            ).toString('base64'),
          }
    const { cluster } = await connectWith(server.url, { ...part('certificate'), ...part('key') })
    await cluster.get(daemonSets, get)
    expect(server.seen[0]?.clientName).toBe('jane')
  })

  it('impersonation, with groups, uid and extra', async () => {
    const server = await secure(ok)
    const { cluster } = await connectTo(server.url, testHost(), {
      'certificate-authority': certificateAuthority,
      token: 'T',
      as: 'ann',
      'as-group': ['g1', 'g2'],
      'as-uid': '7',
      'as-user-extra': ['example.com/Scope=a', 'example.com/Scope=b'],
    })
    await cluster.get(daemonSets, get)
    expect(server.seen[0]?.headersDistinct).toMatchObject({
      'impersonate-user': ['ann'],
      'impersonate-group': ['g1', 'g2'],
      'impersonate-uid': ['7'],
      'impersonate-extra-example.com%2fscope': ['a', 'b'],
    })
  })

  it('the service account of a pod', async () => {
    const server = await secure(ok)
    const account = folder()
    writeFileSync(join(account, 'token'), 'pod-token')
    writeFileSync(join(account, 'namespace'), 'pod-space')
    writeFileSync(join(account, 'ca.crt'), readFileSync(certificateAuthority))
    const { hostname, port } = new URL(server.url)
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }
    const host = testHost(env)
    const connection = resolveConnection(await loadKubeconfig(undefined, host), {}, host, account)
    expect(connection.namespace).toBe('pod-space')
    await liveCluster(connection, host).get(daemonSets, get)
    expect(server.seen[0]?.headers.authorization).toBe('Bearer pod-token')
    const named = testHost({ ...env, POD_NAMESPACE: 'named' })
    expect(resolveConnection(await loadKubeconfig(undefined, named), {}, named, account).namespace).toBe(
      'named',
    )
  })

  it('a legacy provider, by way of client-node', async () => {
    const server = await secure(ok)
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const idToken = `${part({ alg: 'none' })}.${part({ exp: 4102444800 })}.x`
    const user = {
      'auth-provider': {
        name: 'oidc',
        config: { 'id-token': idToken, 'idp-issuer-url': 'https://i', 'client-id': 'c' },
      },
    }
    const { cluster } = await connectWith(server.url, user)
    await cluster.get(daemonSets, get)
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${idToken}`)
  })

  it.each([
    ['gcp', 'The gcp auth plugin has been removed.'],
    ['azure', 'The azure auth plugin has been removed.'],
    ['zzz', 'no Auth Provider found for name "zzz"'],
  ])('the provider %s is refused, and what it names is not run', async (name, words) => {
    const server = await secure(ok)
    const config = { 'cmd-path': 'false', 'cmd-args': '--password SECRET', expiry: '2001-01-01T00:00:00Z' }
    await expect(connectWith(server.url, { 'auth-provider': { name, config } })).rejects.toThrow(words)
    expect(server.seen).toEqual([])
  })

  it('none over plain HTTP but who is acted for, and no plugin is run', async () => {
    const server = await testServer([ok])
    const spawn = async (): Promise<PluginResult> => expect.unreachable()
    const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'login' }
    const { cluster } = await connectWith(server.url, { exec, as: 'ann' }, { spawn })
    await cluster.get(daemonSets, get)
    expect(server.seen).toHaveLength(1)
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization')
    expect(server.seen[0]?.headers).toHaveProperty('impersonate-user', 'ann')
  })

  it('what a server sends to check is checked', async () => {
    const server = await secure(ok)
    const words = async (flags: object) => {
      const { cluster } = await connectTo(server.url, testHost(), flags)
      return cluster.get(daemonSets, get).then(
        () => 'connected',
        (error: Error) => error.message,
      )
    }
    const failed = 'Unable to connect to the server: tls: failed to verify certificate: x509:'
    expect(await words({})).toBe(`${failed} certificate signed by unknown authority`)
    expect(await words({ 'insecure-skip-tls-verify': true })).toBe('connected')
    expect(await words({ 'certificate-authority': certificateAuthority })).toBe('connected')
    expect(
      await words({ 'certificate-authority': certificateAuthority, 'tls-server-name': 'kubernetes' }),
    ).toBe('connected')
    expect(await words({ 'certificate-authority': certificateAuthority, 'tls-server-name': 'other' })).toBe(
      `${failed} certificate is valid for localhost, kubernetes, not other`,
    )
  })

  it('whom SSL_CERT_FILE names is trusted where the kubeconfig names nobody', async () => {
    const server = await secure(ok)
    const { cluster } = await connectTo(server.url, testHost({ SSL_CERT_FILE: certificateAuthority }))
    await cluster.get(daemonSets, get)
    expect(server.seen.length).toBe(1)
  })

  it('are in no log line', async () => {
    const server = await secure(ok)
    const host = testHost()
    const { cluster } = await connectTo(server.url, host, {
      'certificate-authority': certificateAuthority,
      token: 'SECRET',
    })
    await cluster.get(daemonSets, get)
    expect(host.logged.length).toBe(1)
    expect(host.logged.join('\n')).not.toContain('SECRET')
  })
})

const version = 'client.authentication.k8s.io/v1'
const answer = (more: object, apiVersion = version): PluginResult => ({
  code: 0,
  stdout: JSON.stringify({ kind: 'ExecCredential', apiVersion, status: more }),
})

describe('credential plugins', () => {
  const exec = {
    apiVersion: version,
    command: 'login',
    args: ['--to', 'k'],
    env: [{ name: 'REGION', value: 'eu' }],
    interactiveMode: 'IfAvailable',
  }

  /** A plugin that plays its results one after the other, and what it was called with. */
  function plugin(...results: PluginResult[]) {
    const calls: PluginCall[] = []
    const spawn = async (call: PluginCall): Promise<PluginResult> => {
      calls.push(call)
      await new Promise((resolve) => setImmediate(resolve))
      return results[Math.min(calls.length, results.length) - 1] ?? { missing: true }
    }
    return { calls, spawn }
  }

  it('runs once for requests made together, and gets what client-go tells it', async () => {
    const server = await secure(ok)
    const { calls, spawn } = plugin(answer({ token: 'T1' }))
    const user = { exec: { ...exec, provideClusterInfo: true } }
    const { cluster } = await connectWith(
      server.url,
      user,
      { spawn, stdinIsTerminal: true },
      {
        'certificate-authority': undefined,
        'certificate-authority-data': readFileSync(certificateAuthority).toString('base64'),
        extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }],
      },
    )
    await Promise.all([1, 2, 3].map(() => cluster.get(daemonSets, get)))
    expect(calls.length).toBe(1)
    expect(calls[0]).toMatchObject({ command: 'login', args: ['--to', 'k'], interactive: true })
    expect(calls[0]?.env).toMatchObject({ REGION: 'eu', HOME: '/nonexistent' })
    expect(JSON.parse(calls[0]?.env.KUBERNETES_EXEC_INFO ?? '')).toEqual({
      kind: 'ExecCredential',
      apiVersion: version,
      spec: {
        cluster: {
          server: server.url,
          'certificate-authority-data': readFileSync(certificateAuthority).toString('base64'),
          config: { audience: 'x' },
        },
        interactive: true,
      },
    })
    expect(server.seen.map((seen) => seen.headers.authorization)).toEqual(Array(3).fill('Bearer T1'))
  })

  it('runs again when its credential has expired', async () => {
    const server = await secure(ok)
    let now = Date.UTC(2026, 0, 1)
    const { spawn } = plugin(
      answer({ token: 'T1', expirationTimestamp: '2026-01-01T01:00:00Z' }),
      answer({ token: 'T2' }),
    )
    const { cluster } = await connectWith(server.url, { exec }, { spawn, now: () => now })
    await cluster.get(daemonSets, get)
    now += 3600_000
    await cluster.get(daemonSets, get)
    now += 1
    await cluster.get(daemonSets, get)
    expect(server.seen.map((seen) => seen.headers.authorization?.slice(7))).toEqual(['T1', 'T1', 'T2'])
  })

  it('runs once more when the server refuses its credential, and no more than that', async () => {
    const server = await secure(refused, ok, refused, refused)
    const { calls, spawn } = plugin(answer({ token: 'T1' }), answer({ token: 'T2' }), answer({ token: 'T3' }))
    const { cluster } = await connectWith(server.url, { exec }, { spawn })
    await cluster.get(daemonSets, get)
    expect(server.seen.map((seen) => seen.headers.authorization?.slice(7))).toEqual(['T1', 'T2'])
    await expect(cluster.get(daemonSets, get)).rejects.toThrow('You must be logged in to the server')
    expect(calls.length).toBe(3)
  })

  it('hands out certificates too', async () => {
    const server = await secure(ok)
    const { spawn } = plugin(
      answer({
        clientCertificateData: readFileSync(fixture('client.crt'), 'utf8'),
        clientKeyData: readFileSync(fixture('client.key'), 'utf8'),
      }),
    )
    const { cluster } = await connectWith(server.url, { exec }, { spawn })
    await cluster.get(daemonSets, get)
    expect(server.seen[0]?.clientName).toBe('jane')
  })

  it('is a real process with stdout read', async () => {
    const server = await secure(ok)
    const path = join(folder(), 'bin')
    mkdirSync(path)
    const script = `process.stdout.write(JSON.stringify({kind:'ExecCredential',apiVersion:'${version}',status:{token:process.env.REGION+JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.interactive}}))`
    const { cluster } = await connectWith(server.url, {
      exec: { ...exec, command: process.execPath, args: ['-e', script], interactiveMode: 'Never' },
    })
    await cluster.get(daemonSets, get)
    expect(server.seen[0]?.headers.authorization).toBe('Bearer eufalse')
  })

  const prefix = 'Unable to connect to the server: getting credentials: '
  it.each<[string, PluginResult, object, string]>([
    [
      'is not there',
      { missing: true },
      { installHint: 'brew install login' },
      'exec: executable login not found\n\nIt looks like you are trying to use a client-go credential plugin that is not installed.\n\nTo learn more about this feature, consult the documentation available at:\n      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins\n\nbrew install login',
    ],
    ['fails', { code: 3, stdout: '' }, {}, 'exec: executable login failed with exit code 3'],
    [
      'talks nonsense',
      { code: 0, stdout: 'hello' },
      {},
      'decoding stdout: it is not an ExecCredential in JSON',
    ],
    [
      'speaks another version',
      answer({ token: 'T' }, 'client.authentication.k8s.io/v1beta1'),
      {},
      'exec plugin is configured to use API version client.authentication.k8s.io/v1, plugin returned version client.authentication.k8s.io/v1beta1',
    ],
    ['gives nothing', answer({}), {}, "exec plugin didn't return a token or cert/key pair"],
    [
      'has no status',
      { code: 0, stdout: JSON.stringify({ apiVersion: version }) },
      {},
      "exec plugin didn't return a status field",
    ],
    [
      'gives half a pair',
      answer({ clientKeyData: 'k' }),
      {},
      'exec plugin returned only certificate or key, not both',
    ],
    [
      'wants a terminal',
      answer({ token: 'T' }),
      { interactiveMode: 'Always' },
      'exec plugin cannot support interactive mode: standard input is not a terminal',
    ],
    [
      'is of an unknown version',
      answer({ token: 'T' }),
      { apiVersion: 'v9' },
      'exec plugin: invalid apiVersion "v9"',
    ],
  ])('says so when it %s', async (_name, result, more, words) => {
    const server = await secure(ok)
    const { cluster } = await connectWith(
      server.url,
      { exec: { ...exec, ...more } },
      { spawn: async () => result },
    )
    await expect(cluster.get(daemonSets, get)).rejects.toMatchObject({ message: prefix + words })
  })
})
