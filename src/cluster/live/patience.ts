import type { ClientRequest } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { late } from './connection-errors.ts'

/**
 * How long a connection may take to come about and TLS to be agreed upon, as in Go, and how long nothing need come then: a server
 * ends its own requests after a minute and sends bookmarks once a minute.
 */
const [dialMs, handshakeMs, silenceMs] = [30_000, 10_000, 100_000]

/**
 * Bounds one exchange with a server from its beginning to the last byte: by the caller's signal, by `--request-timeout`, and
 * each stage by a limit of its own, so that no peer can keep kds waiting for ever by saying nothing.
 */
export class Patience {
  readonly caller: AbortSignal | undefined
  readonly signal: AbortSignal
  readonly #ended = new AbortController()
  readonly #timers: { stage?: NodeJS.Timeout; total?: NodeJS.Timeout } = {}
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
    if (totalMs > 0) this.#limit('total', totalMs, 'ERR_REQUEST_TIMEOUT')
  }

  /** Gives each stage of a request its time: to connect, by way of a proxy perhaps, to agree on TLS, and to answer. */
  follow(request: ClientRequest): void {
    const answer = () => this.#limit('stage', silenceMs, 'ERR_SILENCE')
    this.#limit('stage', dialMs, 'ERR_CONNECT_TIMEOUT')
    request.once('socket', (socket: TLSSocket & { readonly secureConnecting?: boolean }) => {
      const secure = () => {
        if (!socket.secureConnecting) return answer()
        this.#limit('stage', handshakeMs, 'ERR_HANDSHAKE_TIMEOUT')
        socket.once('secureConnect', answer)
      }
      if (socket.connecting) socket.once('connect', secure)
      else secure()
    })
  }

  /** Something came: the peer lives. */
  beat(): void {
    this.#timers.stage?.refresh()
  }

  /** The exchange is over, one way or the other. */
  end(): void {
    clearTimeout(this.#timers.stage)
    clearTimeout(this.#timers.total)
    this.#over?.()
    this.#over = undefined
  }

  /** What `work` gives, or the reason why there is no more patience, whether or not the work heeds the signal. */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(this.signal.reason)
      const left = () => this.signal.removeEventListener('abort', stop)
      if (this.signal.aborted) stop()
      this.signal.addEventListener('abort', stop)
      work.then(resolve, reject).finally(left)
    })
  }

  #limit(of: 'stage' | 'total', ms: number, code: Parameters<typeof late>[0]): void {
    clearTimeout(this.#timers[of])
    if (!this.signal.aborted) this.#timers[of] = setTimeout(() => this.#ended.abort(late(code)), ms)
  }
}

/** Lets so many at a time go on, the others wait in line. Answers how to take one's turn, which answers how to give it up again. */
export function turns(atOnce: number): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let free = atOnce
  const giveUp = () => {
    free++
    waiting.shift()?.()
  }
  return async () => {
    while (free === 0) await new Promise<void>((go) => waiting.push(go))
    free--
    return giveUp
  }
}
