import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import tls from 'node:tls'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { KdsError } from '#base/errors.ts'
import type { Connection } from '../config/connection.ts'
import { unreadable } from '../config/kubeconfig.ts'
import { forAgents, proxyFor } from '../config/proxy.ts'
import type { Secret, SecretSource } from '../credentials/secret.ts'
import { secretSource } from '../credentials/secrets.ts'
import type { LiveHost } from '../host.ts'
import { applyConfig, configOf } from './client-config.ts'

/** The name under which client-node is given the users whose secrets kds fetches. */
const ownProvider = 'kds'

/**
 * How requests of a connection prove their sender and know their server. client-node's KubeConfig turns the configuration
 * into TLS options, headers and an agent, through the proxy if there is one; secrets that change while kds runs reach it
 * through an authenticator of ours.
 */
export class Identity {
  readonly #config: KubeConfig
  readonly #source: SecretSource | undefined
  readonly #headers: Readonly<Record<string, string | string[]>>
  readonly #ca: string[] | Buffer | undefined
  /** A server name that is an address. As in Go no server is asked for it by name, yet the certificate has to hold it. */
  readonly #address: string
  #secret: Secret = {}

  /** @throws KdsError in kubectl's words for a user that kds may not or cannot serve. */
  constructor(connection: Connection, host: LiveHost) {
    const { cluster, user } = connection
    const secure = cluster.server.startsWith('https:')
    const { 'client-certificate': cert, 'client-key': key, token, username, password } = user
    this.#headers = impersonationHeaders(user)
    const { 'tls-server-name': name = '', ...unnamed } = cluster
    this.#address = name && isIP(name) ? name : ''
    this.#source = secure ? secretSource(connection, host) : undefined
    if (secure && !cluster['certificate-authority'] && !cluster['certificate-authority-data'])
      this.#ca = systemAuthorities(host.env)
    const authority = cluster['certificate-authority']
    for (const file of [cert, key, authority]) if (file && secure) readable(file)
    const pair = {
      'client-certificate': cert,
      'client-certificate-data': user['client-certificate-data'],
      'client-key': cert || user['client-certificate-data'] ? key : undefined,
      'client-key-data': user['client-key-data'],
    }
    const proof = this.#source ? { 'auth-provider': { name: ownProvider } } : { token, username, password }
    this.#config = configOf(
      forClientNode(this.#address ? unnamed : cluster, host),
      secure ? { ...pair, ...proof } : {},
    )
    this.#config.addAuthenticator({
      isAuthProvider: ({ authProvider }) => authProvider?.name === ownProvider,
      applyAuthentication: async (_user, options: RequestOptions) => {
        const secret = (await this.#source?.get(options.signal)) ?? {}
        this.#secret = secret
        if (secret.token) Object.assign(options.headers ?? {}, { Authorization: `Bearer ${secret.token}` })
        if (secret.cert) Object.assign(options, { cert: secret.cert, key: secret.key })
      },
    })
  }

  /** What a request needs to know of TLS, headers and the way to the server. May run a credential plugin. */
  async options(signal: AbortSignal): Promise<RequestOptions> {
    // NODE_TLS_REJECT_UNAUTHORIZED means nothing to kubectl, so the choice is never left to it.
    const options: RequestOptions = { headers: {}, rejectUnauthorized: true, signal }
    if (this.#ca) options.ca = this.#ca
    if (this.#address) {
      options.servername = ''
      options.checkServerIdentity = (_, certificate) => tls.checkServerIdentity(this.#address, certificate)
    }
    await applyConfig(this.#config, options)
    Object.assign(options.headers ?? {}, this.#headers)
    return options
  }

  /** After a 401: whether there is another secret than the one that was sent last. */
  async renew(signal: AbortSignal): Promise<boolean> {
    return (await this.#source?.renew(this.#secret, signal)) ?? false
  }
}

/** The cluster as client-node wants it: its proxy chosen, plain HTTP allowed as kubectl allows it. */
function forClientNode(cluster: Connection['cluster'], host: LiveHost): object {
  const proxy = proxyFor(cluster, host.env)
  const plain = cluster.server.startsWith('http:') ? { 'insecure-skip-tls-verify': true } : {}
  return { ...cluster, ...plain, 'proxy-url': proxy && forAgents(proxy) }
}

function readable(file: string): void {
  try {
    readFileSync(file)
  } catch (error) {
    throw new KdsError('credentials', unreadable(file, error), { cause: error })
  }
}

/** Who is trusted where the kubeconfig names nobody: the system's authorities, as with kubectl, where Node can list them. */
function systemAuthorities(env: LiveHost['env']): string[] | Buffer | undefined {
  if (env.SSL_CERT_FILE) return readFileSync(env.SSL_CERT_FILE)
  const { getCACertificates } = tls as { getCACertificates?: (of: 'default' | 'system') => string[] }
  return getCACertificates && [...getCACertificates('default'), ...getCACertificates('system')]
}

/** The headers by which a request acts as somebody else; client-node knows only the name. */
function impersonationHeaders(user: Connection['user']): Record<string, string | string[]> {
  if (!user.as) return {}
  const headers: Record<string, string | string[]> = { 'Impersonate-User': headerValue(user.as) }
  if (user['as-uid']) headers['Impersonate-Uid'] = headerValue(user['as-uid'])
  if (user['as-groups']?.length) headers['Impersonate-Group'] = user['as-groups'].map(headerValue)
  for (const [key, values] of Object.entries(user['as-user-extra'] ?? {}))
    headers[`Impersonate-Extra-${headerKey(key)}`] = values.map(headerValue)
  return headers
}

/** Node sends a character a byte; Go sends UTF-8. */
const headerValue = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

/** Mirrors headerKeyEscape of client-go: lower case, and what no header name may hold as `%XX`. */
function headerKey(key: string): string {
  return Array.from(new TextEncoder().encode(key.toLowerCase()), (byte) => {
    const char = String.fromCharCode(byte)
    return /[a-z0-9!#$&'*+\-.^_`|~]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
