import type { Agent } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { UrlProxy } from '#manifest/types.ts'
import { forAgents, proxyFromEnvironment } from '../config/proxy.ts'
import { applyConfig, configOf } from './client-config.ts'

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
