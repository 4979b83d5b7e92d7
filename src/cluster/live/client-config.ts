import type { Agent } from 'node:http'
import type { RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { newClusters, newUsers } from '@kubernetes/client-node/dist/config_types.js'
import { hostOf } from '#base/host.ts'
import type { UrlProxy } from '#manifest/types.ts'
import { forAgents, proxyFromEnvironment } from '../config/proxy.ts'

/** A configuration of client-node's with one cluster and one user. */
export function configOf(cluster: object, user: object): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: newClusters([{ name: 'kds', cluster }]),
    users: newUsers([{ name: 'kds', user }]),
    contexts: [{ name: 'kds', cluster: 'kds', user: 'kds' }],
    currentContext: 'kds',
  })
  return config
}

/**
 * Adds to a request what the configuration says of TLS, sender and way. A proxy that speaks TLS gets what the server gets, as in
 * Go: hpagent would trust Node's authorities alone, and ask a proxy that is an address for a certificate by that name.
 */
export async function applyConfig(config: KubeConfig, options: RequestOptions): Promise<void> {
  await config.applyToHTTPSOptions(options)
  const agent = options.agent as { proxy?: URL; proxyRequestOptions?: RequestOptions }
  if (!(agent.proxy instanceof URL)) return
  const { password, port, protocol, username } = agent.proxy
  const hostname = hostOf(agent.proxy)
  const way = { hostname, password, port, username }
  // hpagent chooses the server name itself for `https:`; whatever is not `http:` is spoken to by TLS all the same.
  Object.assign(agent, { proxy: { ...way, protocol: protocol === 'http:' ? protocol : 'tls:' } })
  const { ca, cert, key, rejectUnauthorized } = options
  agent.proxyRequestOptions = {
    ca,
    cert,
    key,
    rejectUnauthorized,
    servername: isIP(hostname) ? '' : hostname,
  }
}

/** The proxy that the environment asks for on the way to a URL that is no cluster's, with client-node's agent for it. */
export async function proxyTo(
  url: URL,
  env: Readonly<Record<string, string | undefined>>,
): Promise<UrlProxy | undefined> {
  const proxy = proxyFromEnvironment(url, env)
  if (!proxy) return undefined
  const cluster = {
    server: url.origin,
    'insecure-skip-tls-verify': url.protocol === 'http:',
    'proxy-url': forAgents(proxy),
  }
  const options: RequestOptions = { rejectUnauthorized: true }
  await applyConfig(configOf(cluster, {}), options)
  return { url: proxy, agent: options.agent as Agent }
}
