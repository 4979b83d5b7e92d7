import type { Agent } from 'node:http'
import net, { type Socket } from 'node:net'
import { hostOf, portOf } from '#base/host.ts'
import type { Connection, ConnectionFlags, Kubeconfig } from '../config/connection.ts'
import { loadKubeconfig } from '../config/kubeconfig.ts'
import { proxyFor } from '../config/proxy.ts'
import { resolveConnection } from '../config/resolve-connection.ts'
import type { Begun, ConfigHost } from '../host.ts'

/**
 * A configuration that is read once, and connections that come about while the code that talks over them is still being loaded, to
 * the server that is probably meant. Nothing is sent over them, TLS neither, so whoever gets one is bound to nothing. One that fails,
 * that the server has closed, or that leads to another server is as if it had never been: whoever asks makes a connection as usual,
 * and is told what is wrong.
 */
export class Ahead implements Begun {
  /** Settled when the connections are under way. */
  readonly underWay: Promise<void>
  readonly #config: Promise<Kubeconfig>
  readonly #path: string | undefined
  readonly #begun: { socket: Socket; connected: Promise<unknown> }[] = []
  #server = ''

  /**
   * @param flags as they seem to be
   * @param count how many connections are asked for at once in the beginning
   */
  constructor(flags: ConnectionFlags, host: ConfigHost, count: number) {
    this.#path = flags.kubeconfig
    this.#config = loadKubeconfig(flags.kubeconfig || undefined, host)
    this.underWay = this.#config
      .then((config) => this.#begin(resolveConnection(config, flags, host).cluster, host, count))
      .catch(() => {})
  }

  kubeconfig(path: string | undefined): Promise<Kubeconfig> | undefined {
    return path === this.#path ? this.#config : undefined
  }

  #begin(cluster: Connection['cluster'], { env }: ConfigHost, count: number): void {
    // What a proxy is asked for is its agent's business.
    if (proxyFor(cluster, env)) return
    this.#server = cluster.server
    const server = new URL(cluster.server)
    for (let i = 0; i < count; i++) {
      const socket = net.connect({
        host: hostOf(server),
        port: portOf(server),
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: keepAliveMs,
      })
      socket.unref()
      socket.on('error', () => {})
      const connected = new Promise((settled) => socket.once('connect', settled).once('close', settled))
      this.#begun.push({ socket, connected })
    }
  }

  serve(agent: Agent, server: string): void {
    if (server !== this.#server) return
    const secure = server.startsWith('https:')
    const connect = agent.createConnection.bind(agent)
    agent.createConnection = (options, done) => {
      const one = this.#begun.shift()
      if (!one) return connect(options, done)
      const { connected, socket } = one
      socket.ref()
      connected
        .then(() => {
          if (socket.readyState !== 'open') return connect(options)
          return secure ? connect({ ...options, socket } as typeof options) : socket
        })
        .then(
          (stream) => done?.(null, stream as Socket),
          (error) => done?.(error, socket),
        )
      return undefined
    }
  }

  /** Closes what nobody has asked for. */
  end(): void {
    for (const { socket } of this.#begun.splice(0)) socket.destroy()
  }
}

/** As of the agent that keeps connections for later requests: see live/identity. */
export const keepAliveMs = 30_000
