import type { ClientRequest } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { connectTimeout, handshakeTimeout, requestTimeout, silence } from './connection-errors.ts'

/**
 * How long a connection may take to come about and TLS to be agreed upon, as in Go, and how long nothing need come then: a server
 * ends its own requests after a minute and sends bookmarks once a minute.
 */
const [dialMs, handshakeMs, silenceMs] = [30_000, 10_000, 100_000]

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

  constructor(caller: AbortSignal | undefined) {
    this.caller = caller
    this.signal = caller ? AbortSignal.any([caller, this.#ended.signal]) : this.#ended.signal
  }

  /** Waits for its turn, if there is a line to wait in; `--request-timeout` counts from then on, 0 being no limit. */
  async begin(turn: Promise<() => void> | undefined, totalMs: number): Promise<void> {
    this.#over = await turn
    if (this.signal.aborted) this.end()
    this.signal.throwIfAborted()
    const words = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    if (totalMs > 0) this.#total = this.#endAfter(totalMs, late(requestTimeout, words))
  }

  /** Gives each stage of a request its time: to connect, by way of a proxy perhaps, to agree on TLS, and to answer. */
  follow(request: ClientRequest): void {
    const allow = (ms: number, error: Error) => {
      clearTimeout(this.#stage)
      if (!this.signal.aborted) this.#stage = this.#endAfter(ms, error)
    }
    const answer = () => allow(silenceMs, late(silence, 'the server fell silent'))
    allow(dialMs, late(connectTimeout, 'i/o timeout'))
    request.once('socket', (socket: TLSSocket & { readonly secureConnecting?: boolean }) => {
      const secure = () => {
        if (!socket.secureConnecting) return answer()
        allow(handshakeMs, late(handshakeTimeout, 'net/http: TLS handshake timeout'))
        socket.once('secureConnect', answer)
      }
      if (socket.connecting) socket.once('connect', secure)
      else secure()
    })
  }

  /** Something came: the peer lives. */
  beat(): void {
    this.#stage?.refresh()
  }

  /** The exchange is over, one way or the other. */
  end(): void {
    clearTimeout(this.#stage)
    clearTimeout(this.#total)
    this.#over?.()
    this.#over = undefined
  }

  /** What `work` gives, or the reason why there is no more patience, whether or not the work heeds the signal. */
  async within<T>(work: Promise<T>): Promise<T> {
    let stop = () => {}
    const ended = new Promise<never>((_resolve, reject) => {
      stop = () => reject(this.signal.reason)
    })
    if (this.signal.aborted) stop()
    this.signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([work, ended])
    } finally {
      this.signal.removeEventListener('abort', stop)
    }
  }

  #endAfter(ms: number, error: Error): NodeJS.Timeout {
    return setTimeout(() => this.#ended.abort(error), ms)
  }
}

/** Lets so many at a time go on, the others wait in line. Answers how to take one's turn, which answers how to give it up again. */
export function turns(atOnce: number): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let free = atOnce
  const giveUp = () => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
  return async () => {
    if (free > 0) free--
    else await new Promise<void>((go) => waiting.push(go))
    return giveUp
  }
}
