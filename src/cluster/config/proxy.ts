import { BlockList, isIP } from 'node:net'
import { hostOf, portOf, withoutCredentials } from '#base/host.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Connection } from './connection.ts'

const schemes = ['http:', 'https:', 'socks5:', 'socks5h:']

/** A proxy's URL. @throws Error in Go's words, for a text that is none or has another scheme. */
export function parseProxyUrl(text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new Error(`could not parse: ${withoutCredentials(text)}`)
  }
  if (!schemes.includes(url.protocol))
    throw new Error(
      `unsupported scheme ${goQuote(url.protocol.slice(0, -1))}, must be http, https, or socks5`,
    )
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
  if (isLocal(host) || matchesNoProxy(host, port, env.NO_PROXY || env.no_proxy || '')) return undefined
  return parseProxyUrl(/^[a-z0-9+.-]+:\/\//i.test(text) ? text : `http://${text}`)
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function matchesNoProxy(host: string, port: string, list: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matchesEntry(host, port, entry))
}

function matchesEntry(host: string, port: string, entry: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return inRange(host, entry)
  const [, name = '', wantedPort] =
    /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  if (isIP(name) > 0) return name === host
  const suffix = name.replace(/^\*?\./, '')
  return host.endsWith(`.${suffix}`) || (name === suffix && host === suffix)
}

function inRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
