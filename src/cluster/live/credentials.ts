import { readFileSync } from 'node:fs'
import { KdsError } from '#base/errors.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Connection } from './connection.ts'
import { ExecCredential } from './exec-credential.ts'
import type { LiveHost } from './host.ts'
import type { KubeUser } from './kubeconfig.ts'

/** What one request proves its sender with. */
export interface Credential {
  readonly authorization?: string
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
}

/** Where credentials come from. */
export interface CredentialSource {
  get(signal?: AbortSignal): Promise<Credential>
  /** After a 401: another credential than the refused one, or undefined if there is none to be had. */
  replace(refused: Credential, signal?: AbortSignal): Promise<Credential | undefined>
}

/** How long a token that was read from a file is taken to be current. */
const tokenFileMs = 60_000

/**
 * The credentials of a connection. Over plain HTTP none are sent, and no plugin runs, as in kubectl. What is given outright
 * (a token, a certificate) keeps plugins and providers from being asked.
 */
export function credentialSource({ cluster, user, userName }: Connection, host: LiveHost): CredentialSource {
  if (!cluster.server.startsWith('https:')) return fixed({})
  const certificate = certificateOf(user)
  if (user.token) return fixed({ ...certificate, authorization: `Bearer ${user.token}` })
  if (user.tokenFile) return tokenFile(user.tokenFile, certificate, host)
  if (user.username || user.password) {
    const pair = Buffer.from(`${user.username ?? ''}:${user.password ?? ''}`).toString('base64')
    return fixed({ ...certificate, authorization: `Basic ${pair}` })
  }
  if (certificate.cert) return fixed(certificate)
  if (user.exec) return pluginSource(new ExecCredential(user.exec, cluster, host))
  if (user['auth-provider']) return providerSource(user, userName)
  return fixed({})
}

function fixed(credential: Credential): CredentialSource {
  return { get: async () => credential, replace: async () => undefined }
}

function certificateOf(user: KubeUser): Credential {
  const part = (key: 'client-certificate' | 'client-key') => {
    const data = user[`${key}-data`]
    const file = user[key]
    return data ? Buffer.from(data, 'base64') : file ? readFileSync(file) : undefined
  }
  const cert = part('client-certificate')
  const key = cert && part('client-key')
  return cert && key ? { cert, key } : {}
}

function tokenFile(path: string, certificate: Credential, host: LiveHost): CredentialSource {
  let current: Credential | undefined
  let readAt = Number.NEGATIVE_INFINITY
  const read = (): Credential => {
    readAt = host.clock.now()
    const authorization = `Bearer ${readToken(path)}`
    if (current?.authorization !== authorization) current = { ...certificate, authorization }
    return current
  }
  return {
    get: async () => (current && host.clock.now() - readAt < tokenFileMs ? current : read()),
    replace: async (refused) => {
      const fresh = read()
      return fresh === refused ? undefined : fresh
    },
  }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new KdsError(
      'credentials',
      `open ${path}: ${missing ? 'no such file or directory' : 'permission denied'}`,
      { cause: error },
    )
  }
}

function pluginSource(plugin: ExecCredential): CredentialSource {
  const issued = new WeakMap<Credential, Awaited<ReturnType<ExecCredential['get']>>>()
  const wrapped = new WeakMap<object, Credential>()
  const wrap = (given: Awaited<ReturnType<ExecCredential['get']>>): Credential => {
    const known = wrapped.get(given)
    if (known) return known
    const { token, cert, key } = given
    const credential: Credential = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(cert && key ? { cert, key } : {}),
    }
    wrapped.set(given, credential)
    issued.set(credential, given)
    return credential
  }
  return {
    get: async (signal) => wrap(await plugin.get(signal)),
    replace: async (refused, signal) => {
      const given = issued.get(refused)
      return given && wrap(await plugin.replace(given, signal))
    },
  }
}

/** Legacy providers (OIDC, GCP, Azure), with all their token refreshing, are what client-node is here for. */
function providerSource(user: KubeUser, userName: string): CredentialSource {
  const fetch = async (): Promise<Credential> => {
    const { KubeConfig } = await import('./auth-provider.ts')
    const config = new KubeConfig()
    config.loadFromOptions({
      clusters: [{ name: 'cluster', server: 'https://unused.invalid' }],
      users: [{ name: userName, authProvider: user['auth-provider'] }],
      contexts: [{ name: 'context', cluster: 'cluster', user: userName }],
      currentContext: 'context',
    })
    const options: { headers: Record<string, string> } = { headers: {} }
    try {
      await config.applyToHTTPSOptions(options)
    } catch {
      // The library's words hold the provider's whole command line.
      const name = goQuote(user['auth-provider']?.name ?? '')
      throw new KdsError(
        'credentials',
        `Unable to connect to the server: the auth-provider ${name} gave no credentials`,
        { verbatim: true },
      )
    }
    const authorization = options.headers.Authorization
    return authorization ? { authorization } : {}
  }
  return { get: fetch, replace: async () => undefined }
}
