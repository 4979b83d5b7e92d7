import { BlockList, isIP } from 'node:net'
import { KdsError } from '#base/errors.ts'
import { hostOf, portOf, withoutCredentials } from '#base/host.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Connection } from './connection.ts'

/** A proxy's URL. @throws Error in Go's words, for a text that is none or has another scheme. */
export function parseProxyUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error(`could not parse: ${withoutCredentials(text)}`)
  const url = new URL(text)
  const scheme = url.protocol.slice(0, -1)
  if (!/^(https?|socks5h?)$/.test(scheme))
    throw new Error(`unsupported scheme ${goQuote(scheme)}, must be http, https, or socks5`)
  if (scheme.startsWith('socks')) url.port ||= '1080'
  return url
}

/** A proxy as client-node wants it: SOCKS resolves names there, as in Go. */
export const forAgents = (proxy: URL): string => proxy.href.replace(/^socks5:/, 'socks5h:').replace(/\/$/, '')

/** The proxy on the way to a cluster's server: the kubeconfig's, else the environment's, or undefined for none. */
export function proxyFor(cluster: Connection['cluster'], env: Env): URL | undefined {
  const given = cluster['proxy-url']
  return given ? parseProxyUrl(given) : proxyFromEnvironment(new URL(cluster.server), env)
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment asks for on the way to `server`, or undefined for none. Mirrors golang.org/x/net's
 * httpproxy: upper case before lower case, NO_PROXY with names, suffixes, addresses, ranges and ports, and never a proxy to
 * this machine itself.
 */
export function proxyFromEnvironment(server: URL, env: Env): URL | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const text = env[name] || env[name.toLowerCase()]
  if (!text) return undefined
  const host = hostOf(server).toLowerCase()
  const port = String(portOf(server))
  const spared = (env.NO_PROXY || env.no_proxy || '').toLowerCase().split(',')
  if (/^(localhost|::1|127\.\d+\.\d+\.\d+)$/.test(host)) return undefined
  if (spared.some((entry) => matches(host, port, entry.trim()))) return undefined
  try {
    return parseProxyUrl(/^[a-z0-9+.-]+:\/\//i.test(text) ? text : `http://${text}`)
  } catch (error) {
    throw new KdsError('configuration', `${name}: ${(error as Error).message}`)
  }
}

/** Whether an entry of NO_PROXY means a host. */
function matches(host: string, port: string, entry: string): boolean {
  if (entry === '' || entry === '*') return entry === '*'
  if (entry.includes('/')) return inRange(host, entry)
  const [, name = '', wantedPort = port] =
    /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? []
  if (wantedPort !== port) return false
  const suffix = isIP(name) ? name : name.replace(/^\*?\./, '')
  return (name === suffix && host === suffix) || (!isIP(name) && host.endsWith(`.${suffix}`))
}

function inRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  if (!isIP(network) || isIP(host) !== isIP(network) || !/^\d+$/.test(bits)) return false
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family)
  return list.check(host, family)
}
