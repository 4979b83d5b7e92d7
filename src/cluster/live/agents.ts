import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { hostOf, joinHostPort, portOf } from '#base/host.ts'

export interface TlsFacts {
  readonly ca?: string[] | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly servername?: string
  readonly rejectUnauthorized: boolean
}

const keepAlive = { keepAlive: true, keepAliveMsecs: 30_000, scheduling: 'lifo' as const }

/** One agent for all requests to a server: connections stay open between them, through the proxy if there is one. */
export function agentFor(server: URL, facts: TlsFacts, proxy: URL | undefined): http.Agent {
  if (server.protocol === 'http:')
    return proxy ? new PlainTunnelAgent(proxy, server) : new http.Agent(keepAlive)
  const options = { ...keepAlive, ...facts }
  return proxy ? new TlsTunnelAgent(proxy, server, options) : new https.Agent(options)
}

type Connected = (error: Error | null, socket: Duplex) => void

/** Node's agents take a connection late, through the callback; the type of an error without one is theirs to mend. */
function hand(connection: Promise<Duplex>, connected: Connected | undefined): undefined {
  connection.then(
    (socket) => connected?.(null, socket),
    (error: Error) => (connected as ((error: Error) => void) | undefined)?.(error),
  )
}

class TlsTunnelAgent extends https.Agent {
  readonly #proxy: URL
  readonly #server: URL

  constructor(proxy: URL, server: URL, options: https.AgentOptions) {
    super(options)
    this.#proxy = proxy
    this.#server = server
  }

  override createConnection(options: object, connected?: Connected): undefined {
    return hand(this.#secured(options), connected)
  }

  async #secured(options: object): Promise<Duplex> {
    const socket = await openTunnel(this.#proxy, this.#server)
    const host = hostOf(this.#server)
    const secure = tls.connect({ servername: net.isIP(host) ? '' : host, ...options, host, socket })
    await once(secure, 'secureConnect')
    return secure
  }
}

class PlainTunnelAgent extends http.Agent {
  readonly #proxy: URL
  readonly #server: URL

  constructor(proxy: URL, server: URL) {
    super(keepAlive)
    this.#proxy = proxy
    this.#server = server
  }

  override createConnection(_options: object, connected?: Connected): undefined {
    return hand(openTunnel(this.#proxy, this.#server), connected)
  }
}

/** A connection to the server through the proxy, by CONNECT or SOCKS 5. */
async function openTunnel(proxy: URL, server: URL): Promise<net.Socket> {
  const host = hostOf(server)
  const port = portOf(server)
  return proxy.protocol.startsWith('socks')
    ? socksTunnel(proxy, host, port)
    : connectTunnel(proxy, host, port)
}

function connectTunnel(proxy: URL, host: string, port: number): Promise<net.Socket> {
  const authority = joinHostPort(host, port)
  const { request } = proxy.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const call = request({
      host: hostOf(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: authority,
      agent: false,
      headers: { Host: authority, ...proxyAuthorization(proxy) },
    })
    call.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) resolve(socket)
      else {
        socket.destroy()
        reject(new Error(answer.statusMessage || `proxy answered ${answer.statusCode}`))
      }
    })
    call.once('error', (error) => reject(new Error(`proxyconnect tcp: ${error.message}`, { cause: error })))
    call.end()
  })
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (!proxy.username) return {}
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** SOCKS 5 (RFC 1928), the proxy resolving the name, with a user name and password (RFC 1929) if the URL has them. */
async function socksTunnel(proxy: URL, host: string, port: number): Promise<net.Socket> {
  const socket = net.connect(Number(proxy.port || 1080), hostOf(proxy))
  try {
    const user = Buffer.from(decodeURIComponent(proxy.username))
    const password = Buffer.from(decodeURIComponent(proxy.password))
    socket.write(Buffer.from(user.length > 0 ? [5, 2, 0, 2] : [5, 1, 0]))
    const [, method] = await readBytes(socket, 2)
    if (method === 2) {
      socket.write(Buffer.concat([Buffer.of(1, user.length), user, Buffer.of(password.length), password]))
      const [, refused] = await readBytes(socket, 2)
      if (refused !== 0) throw new Error('socks connect: username/password authentication failed')
    } else if (method !== 0) throw new Error('socks connect: no acceptable authentication methods')
    const name = Buffer.from(host)
    socket.write(Buffer.concat([Buffer.of(5, 1, 0, 3, name.length), name, Buffer.of(port >> 8, port & 255)]))
    const [, failed, , kind] = await readBytes(socket, 4)
    if (failed !== 0) throw new Error(`socks connect: unknown error ${socksFaults[failed ?? 1] ?? failed}`)
    const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await readBytes(socket, 1))[0] ?? 0)
    await readBytes(socket, length + 2)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const socksFaults: Readonly<Record<number, string>> = {
  1: 'general SOCKS server failure',
  2: 'connection not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
}

function readBytes(socket: net.Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      socket.off('readable', look)
      socket.off('error', fail)
      socket.off('end', ended)
      settle()
    }
    const look = () => {
      const bytes = socket.read(count) as Buffer | null
      if (bytes) done(() => resolve(bytes))
    }
    const fail = (error: Error) => done(() => reject(error))
    const ended = () => fail(new Error('socks connect: EOF'))
    socket.on('readable', look)
    socket.on('error', fail)
    socket.on('end', ended)
    look()
  })
}
