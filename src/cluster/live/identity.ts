import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import tls from 'node:tls'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { KdsError } from '#base/errors.ts'
import type { Connection } from '../config/connection.ts'
import { forAgents, proxyFor } from '../config/proxy.ts'
import type { Secret, SecretSource } from '../credentials/renewing.ts'
import { secretSource } from '../credentials/secrets.ts'
import type { LiveHost } from '../host.ts'
import { applyConfig, configOf } from './client-config.ts'

/**
 * How requests of a connection prove their sender and know their server. client-node's KubeConfig turns the configuration
 * into TLS options, headers and an agent, through the proxy if there is one; secrets that change while kds runs are put
 * beside it.
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
    const { 'tls-server-name': name = '' } = cluster
    const secure = cluster.server.startsWith('https:')
    this.#headers = impersonationHeaders(user)
    this.#address = name && isIP(name) ? name : ''
    this.#source = secure ? secretSource(connection, host) : undefined
    if (secure && !cluster['certificate-authority'] && !cluster['certificate-authority-data'])
      this.#ca = systemAuthorities(host.env)
    const proxy = proxyFor(cluster, host.env)
    const { 'client-certificate': file, 'client-certificate-data': data, token, username, password } = user
    const pair = {
      'client-certificate': file,
      'client-certificate-data': data,
      'client-key': user['client-key'],
      'client-key-data': user['client-key-data'],
    }
    this.#config = configOf(
      {
        ...cluster,
        'tls-server-name': this.#address ? undefined : name,
        // kubectl speaks plain HTTP to whom it is told to.
        'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] || !secure,
        'proxy-url': proxy && forAgents(proxy),
      },
      secure ? { ...((file || data) && pair), ...(this.#source ? {} : { token, username, password }) } : {},
    )
  }

  /** What a request needs to know of TLS, headers and the way to the server. May run a credential plugin. */
  async options(signal: AbortSignal): Promise<RequestOptions> {
    this.#secret = (await this.#source?.get(signal)) ?? {}
    const { cert, key, token } = this.#secret
    const headers = { ...this.#headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) }
    // NODE_TLS_REJECT_UNAUTHORIZED means nothing to kubectl, so the choice is never left to it.
    const options: RequestOptions = { headers, rejectUnauthorized: true, signal }
    if (cert) Object.assign(options, { cert, key })
    if (this.#ca) options.ca = this.#ca
    if (this.#address) {
      options.servername = ''
      options.checkServerIdentity = (_, certificate) => tls.checkServerIdentity(this.#address, certificate)
    }
    await applyConfig(this.#config, options)
    // Node would trust nobody then, and blame the server.
    if (!this.#ca && options.ca && !String(options.ca).includes('-----BEGIN '))
      throw new KdsError(
        'configuration',
        'unable to load root certificates: unable to parse bytes as PEM block',
      )
    return options
  }

  /** After a 401: whether there is another secret than the one that was sent last. */
  async renew(signal: AbortSignal): Promise<boolean> {
    return (await this.#source?.renew(this.#secret, signal)) ?? false
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
