import type { Agent } from 'node:http'
import type { RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { newClusters, newUsers } from '@kubernetes/client-node/dist/config_types.js'
import { hostOf } from '#base/host.ts'
import type { UrlProxy } from '#manifest/types.ts'
import type { LiveHost } from '../host.ts'
import { forAgents, proxyFromEnvironment } from './proxy.ts'

/** A configuration of client-node's with one cluster and one user. */
export function configOf(cluster: object, user: object): KubeConfig {
  const config = new KubeConfig()
  const [[one], [who]] = [newClusters([{ name: 'kds', cluster }]), newUsers([{ name: 'kds', user }])]
  if (one && who) config.loadFromClusterAndUser(one, who)
  return config
}

/**
 * Adds to a request what the configuration says of TLS, sender and way. A proxy that speaks TLS gets what the server gets, as in
 * Go: hpagent would trust Node's authorities alone, and ask a proxy that is an address for a certificate by that name.
 */
export async function applyConfig(config: KubeConfig, options: RequestOptions): Promise<void> {
  await config.applyToHTTPSOptions(options)
  const agent = options.agent as { proxy?: URL }
  if (!(agent.proxy instanceof URL)) return
  const { password, port, protocol, username } = agent.proxy
  const hostname = hostOf(agent.proxy)
  const { ca, cert, key, rejectUnauthorized } = options
  const tls = { ca, cert, key, rejectUnauthorized, servername: isIP(hostname) ? '' : hostname }
  // hpagent chooses the server name itself for `https:`; whatever is not `http:` is spoken to by TLS all the same.
  const proxy = { hostname, password, port, username, protocol: protocol === 'http:' ? protocol : 'tls:' }
  Object.assign(agent, { proxy, proxyRequestOptions: tls })
}

/**
 * The proxy that the environment asks for on the way to a URL that is no cluster's, with client-node's agent for it. Such an agent
 * has authorities of its own, whatever a request says.
 */
export async function proxyTo(url: URL, env: LiveHost['env'], ca?: Buffer): Promise<UrlProxy | undefined> {
  const proxy = proxyFromEnvironment(url, env)
  if (!proxy) return undefined
  const insecure = url.protocol === 'http:'
  const options: RequestOptions = { rejectUnauthorized: true, ...(ca && { ca }) }
  const way = {
    server: url.origin,
    'insecure-skip-tls-verify': insecure,
    'proxy-url': forAgents(proxy),
  }
  await applyConfig(configOf(way, {}), options)
  return { url: proxy, agent: options.agent as Agent }
}
