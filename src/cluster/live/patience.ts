import type { ClientRequest } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { connectTimeout, handshakeTimeout, requestTimeout, silence } from './connection-errors.ts'

/** How long Go gives a connection to come about, and TLS to be agreed upon. */
const [dialMs, handshakeMs] = [30_000, 10_000]

/**
 * How often an answer is looked at. A server ends its own requests after a minute and sends bookmarks once a minute, so one
 * that brought no byte from one look to the next is dead.
 */
const silenceMs = 100_000

const late = (code: string, message: string) => Object.assign(new Error(message), { code })

/**
 * Bounds one exchange with a server from its beginning to the last byte: by the caller's signal, by `--request-timeout`, and
 * each stage by a limit of its own, so that no peer can keep kds waiting for ever by saying nothing.
 */
export class Patience {
  readonly caller: AbortSignal | undefined
  readonly signal: AbortSignal
  readonly #ended = new AbortController()
  #stage: NodeJS.Timeout | undefined
  #total: NodeJS.Timeout | undefined
  #over: (() => void) | undefined
  #beats = 0

  constructor(caller: AbortSignal | undefined) {
    this.caller = caller
    this.signal = caller ? AbortSignal.any([caller, this.#ended.signal]) : this.#ended.signal
  }

  /** Waits for its turn, if there is a line to wait in; `--request-timeout` counts from then on, 0 being no limit. */
  async begin(turn: Promise<() => void> | undefined, totalMs: number): Promise<void> {
    try {
      this.#over = await this.within(turn ?? Promise.resolve(undefined))
    } catch (error) {
      turn?.then((over) => over())
      throw error
    }
    const expired = () =>
      this.#ended.abort(
        late(requestTimeout, 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'),
      )
    if (totalMs > 0) this.#total = setTimeout(expired, totalMs)
  }

  /** Something came: the peer lives. */
  beat(): void {
    this.#beats++
  }

  /** Gives each stage of a request its time: to connect, by way of a proxy perhaps, to agree on TLS, and to answer. */
  follow(request: ClientRequest): void {
    this.#allow(dialMs, late(connectTimeout, 'i/o timeout'))
    request.once('socket', (socket: TLSSocket & { readonly secureConnecting?: boolean }) => {
      const secure = () => {
        if (!socket.secureConnecting) return this.#hear()
        this.#allow(handshakeMs, late(handshakeTimeout, 'net/http: TLS handshake timeout'))
        socket.once('secureConnect', () => this.#hear())
      }
      if (socket.connecting) socket.once('connect', secure)
      else secure()
    })
  }

  /** The exchange is over, one way or the other. */
  end(): void {
    clearTimeout(this.#stage)
    clearTimeout(this.#total)
    this.#over?.()
    this.#over = undefined
  }

  /** What `work` gives, or the reason why there is no more patience; a failure ends the exchange. */
  async within<T>(work: Promise<T>): Promise<T> {
    let leave = () => {}
    const ended = new Promise<never>((_resolve, reject) => {
      const stop = () => reject(this.signal.reason)
      if (this.signal.aborted) stop()
      this.signal.addEventListener('abort', stop, { once: true })
      leave = () => this.signal.removeEventListener('abort', stop)
    })
    try {
      return await Promise.race([work, ended])
    } catch (error) {
      this.end()
      work.catch(() => {})
      throw error
    } finally {
      leave()
    }
  }

  #allow(ms: number, error: Error): void {
    this.#after(ms, () => this.#ended.abort(error))
  }

  /** The request is sent; the answer may come in its own time, as long as something comes. */
  #hear(): void {
    const before = this.#beats
    this.#after(silenceMs, () => {
      if (this.#beats > before) this.#hear()
      else this.#ended.abort(late(silence, 'the server fell silent'))
    })
  }

  /** Calls `then` after a while, unless the stage is over before. */
  #after(ms: number, then: () => void): void {
    clearTimeout(this.#stage)
    this.#stage = setTimeout(then, ms)
  }
}
