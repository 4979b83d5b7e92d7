import type { Agent } from 'node:http'
import type { RequestOptions, Agent as SecureAgent } from 'node:https'
import { isIP } from 'node:net'
import tls from 'node:tls'
import { KdsError } from '#base/errors.ts'
import { applyConfig, configOf } from '../config/client-config.ts'
import type { Connection } from '../config/connection.ts'
import { forAgents, proxyFor } from '../config/proxy.ts'
import { readText } from '../config/read-text.ts'
import type { Secret } from '../credentials/renewing.ts'
import { secretSource } from '../credentials/secrets.ts'
import type { LiveHost } from '../host.ts'
import { keepAliveMs } from './ahead.ts'

/** What of a user client-node is told, and what it is told where no source gives it; there is more that it would act upon. */
const pair = ['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data'] as const
const inline = ['token', 'username', 'password'] as const

/**
 * How requests of a connection prove their sender and know their server. client-node's KubeConfig turns the configuration
 * into TLS options, headers and an agent, through the proxy if there is one; secrets that change while kds runs are put
 * beside it.
 *
 * @throws KdsError in kubectl's words for a user that kds may not or cannot serve.
 */
export function identityOf(connection: Connection, host: LiveHost) {
  const { cluster, user } = connection
  const { 'certificate-authority': file, 'certificate-authority-data': data } = cluster
  const { 'tls-server-name': name = '', 'insecure-skip-tls-verify': insecure } = cluster
  const secure = cluster.server.startsWith('https:')
  const source = secure ? secretSource(connection, host) : undefined
  const proxy = proxyFor(cluster, host.env)
  const system = secure && !file && !data && systemAuthorities(host.env)
  // Node's pattern for IPv6 takes milliseconds to be compiled.
  const address = name !== '' && isIP(name) > 0
  const told = !secure ? [] : source ? pair : [...pair, ...inline]
  const config = configOf(
    {
      ...cluster,
      'tls-server-name': address ? undefined : name,
      // kubectl speaks plain HTTP to whom it is told to.
      'insecure-skip-tls-verify': insecure || !secure,
      'proxy-url': proxy && forAgents(proxy),
    },
    Object.fromEntries(told.map((key) => [key, user[key]])),
  )
  /** What client-node does not say. */
  const own: RequestOptions = {
    headers: impersonationHeaders(user),
    // NODE_TLS_REJECT_UNAUTHORIZED means nothing to kubectl, so the choice is never left to it.
    rejectUnauthorized: true,
    ...(system && { ca: system }),
    // As in Go no server is asked for an address by name, yet the certificate has to hold it.
    ...(address && { servername: '', checkServerIdentity: (_, its) => tls.checkServerIdentity(name, its) }),
  }
  let secret: Secret = {}
  let kept: SecureAgent | undefined
  let certificate: unknown

  /**
   * client-node makes an agent for each request; the first is kept, for as long as the client certificate is the same. Its
   * context is, too: Node would read all authorities anew for each connection.
   */
  function keep({ agent, ca, cert, key }: RequestOptions): Agent {
    if (kept && certificate === String(cert)) return kept
    kept?.destroy()
    kept = Object.assign(agent as SecureAgent, { keepAlive: true, keepAliveMsecs: keepAliveMs })
    if (!proxy) host.ahead?.serve(kept, cluster.server)
    if (ca || cert) kept.options.secureContext = tls.createSecureContext({ ca, cert, key })
    certificate = String(cert)
    return kept
  }

  return {
    /** The proxy on the way to the server. */
    proxy,

    /** What a request needs to know of TLS, headers and the way to the server. May run a credential plugin. */
    async options(signal: AbortSignal): Promise<RequestOptions> {
      secret = (await source?.get(signal)) ?? {}
      const { cert, key, token } = secret
      const headers = { ...own.headers, ...(token && { Authorization: `Bearer ${token}` }) }
      const options: RequestOptions = { ...own, ...(cert && { cert, key }), headers }
      await applyConfig(config, options)
      // Node would trust nobody then, and blame the server.
      const words = 'unable to load root certificates: unable to parse bytes as PEM block'
      if (!system && options.ca && !String(options.ca).includes('-----BEGIN '))
        throw new KdsError('configuration', words)
      return { ...options, agent: keep(options) }
    },

    /** After a 401: whether there is another secret than the one that was sent last. */
    renew: async (signal: AbortSignal) => (await source?.renew(secret, signal)) ?? false,

    /** Lets go of the connections that are kept for later requests. */
    close: () => kept?.destroy(),
  }
}

/** Who is trusted where the kubeconfig names nobody: the system's authorities, as with kubectl, where Node can list them. */
function systemAuthorities({ SSL_CERT_FILE: file }: LiveHost['env']): string[] | string | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (of: 'default' | 'system') => string[] }
  if (!file) return getCACertificates && [...getCACertificates('default'), ...getCACertificates('system')]
  try {
    return readText(file)
  } catch (error) {
    throw new KdsError('configuration', `SSL_CERT_FILE: ${(error as Error).message}`)
  }
}

/** The headers by which a request acts as somebody else; client-node knows only the name. */
function impersonationHeaders({ as, ...user }: Connection['user']): Record<string, string[]> {
  const extra = Object.entries(user['as-user-extra'] ?? {})
  const all = [
    ['User', as],
    ['Uid', user['as-uid'] || undefined],
    ['Group', user['as-groups']],
    ...extra.map(([key, values]) => [`Extra-${headerKey(key)}`, values] as const),
  ] as const
  const said = all.map(
    ([name, value = []]) => [`Impersonate-${name}`, [value].flat().map(headerValue)] as const,
  )
  return as ? Object.fromEntries(said.filter(([, values]) => values.length > 0)) : {}
}

/** Node sends a character a byte; Go sends UTF-8. */
const headerValue = (text: string) => Buffer.from(text).toString('latin1')

/** Mirrors headerKeyEscape of client-go: lower case, and each byte that no header name may hold as `%XX`. */
const headerKey = (key: string) =>
  headerValue(key.toLowerCase()).replace(
    /[^a-z0-9!#$&'*+\-.^_`|~]/g,
    (byte) => `%${Buffer.from(byte, 'latin1').toString('hex').toUpperCase()}`,
  )
