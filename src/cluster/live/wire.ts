import http from 'node:http'
import https, { type RequestOptions } from 'node:https'
import { arch } from 'node:os'
import { addAbortSignal, pipeline, type Readable } from 'node:stream'
import { createSecureContext } from 'node:tls'
import { createGunzip } from 'node:zlib'
import type { RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import type { Connection } from '../config/connection.ts'
import type { LiveHost } from '../host.ts'
import { connectionError, type ProxyAddress, proxyError } from './connection-errors.ts'
import { Identity } from './identity.ts'
import { Patience } from './patience.ts'
import { Turns } from './turns.ts'

/** An answer of any status whose body has not been read yet. */
export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** The body's bytes, decompressed. To be read to the end, or left. @throws KdsError in kubectl's words when it breaks off */
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body. */
  text(): Promise<string>
  /** Lets go of a body that nobody reads on. */
  leave(): void
}

/** How a request is made, beside what it says. */
export interface Way {
  readonly signal?: AbortSignal | undefined
  /** The form of the answer; plain JSON unless it is said. */
  readonly accept?: string | undefined
  /** Told the server's warnings in the user's stead. */
  readonly warned?: ((text: string) => void) | undefined
  /** The answer goes on until somebody leaves it: no other request waits for its end. */
  readonly lasts?: boolean
}

/** How many requests are on their way at once, each on a connection of its own: TLS costs more than most answers do. */
const atOnce = 4

/**
 * Carries the requests that client-node's generated clients make, by node:https and with what KubeConfig says about TLS,
 * sender and way. client-node's own carrier, node-fetch, opens a connection for each request, follows redirects with the
 * sender's token, and has no time-outs; Bun replaces it by one that goes past proxies. Proves its sender again once when the
 * server says 401. Nothing is retried here.
 */
export class Wire {
  readonly #connection: Connection
  readonly #server: URL
  readonly #host: LiveHost
  readonly #identity: Identity
  readonly #warned = new Set<string>()
  readonly #turns = new Turns(atOnce)
  #agent: http.Agent | undefined
  #certificate = ''

  constructor(connection: Connection, host: LiveHost) {
    this.#connection = connection
    this.#server = new URL(connection.cluster.server)
    this.#host = host
    this.#identity = new Identity(connection, host)
  }

  /** @throws KdsError in kubectl's words when there is no answer; the signal's reason when aborted. */
  async send(request: RequestContext, way: Way): Promise<Answer> {
    const patience = new Patience(way.signal)
    try {
      await patience.begin(way.lasts ? undefined : this.#turns.take(), this.#connection.requestTimeout)
      const first = await this.#exchange(request, way, patience)
      if (first.statusCode !== 401 || !(await patience.within(this.#identity.renew(patience.signal))))
        return this.#answer(first, patience)
      first.resume()
      return this.#answer(await this.#exchange(request, way, patience), patience)
    } catch (error) {
      patience.end()
      throw this.#told(error, patience)
    }
  }

  /** Lets go of the connections that are kept for later requests. */
  close(): void {
    this.#agent?.destroy()
  }

  async #exchange(request: RequestContext, way: Way, patience: Patience): Promise<http.IncomingMessage> {
    const options = await patience.within(this.#identity.options(patience.signal))
    const started = this.#host.clock.now()
    const answer = await patience.within(this.#open(request, options, way, patience))
    this.#note(request, answer, way, this.#host.clock.now() - started)
    return answer
  }

  #open(
    request: RequestContext,
    options: RequestOptions,
    { accept = 'application/json' }: Way,
    patience: Patience,
  ): Promise<http.IncomingMessage> {
    const body = request.getBody() as string | undefined
    const headers: http.OutgoingHttpHeaders = {
      ...(options.headers as http.OutgoingHttpHeaders),
      ...request.getHeaders(),
      Accept: accept,
      'User-Agent': userAgent(this.#host.version),
      ...(this.#connection.cluster['disable-compression'] ? {} : { 'Accept-Encoding': 'gzip' }),
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    }
    const [method, agent] = [request.getHttpMethod(), this.#agentOf(options)]
    const { request: open } = this.#server.protocol === 'https:' ? https : http
    return new Promise((resolve, reject) => {
      const call = open(request.getUrl(), { ...options, method, headers, agent }, resolve)
      call.on('error', (error: NodeJS.ErrnoException) => reject(call.socket ? error : this.#onTheWay(error)))
      patience.follow(call)
      call.end(body)
    })
  }

  /**
   * client-node makes an agent for each request; the first is kept, for as long as the client certificate is the same. Its
   * context is, too: Node would read all authorities anew for each connection.
   */
  #agentOf({ agent, ca, cert, key }: RequestOptions): http.Agent {
    const certificate = String(cert ?? '')
    if (!this.#agent || this.#certificate !== certificate) {
      this.#agent?.destroy()
      this.#agent = Object.assign(agent as http.Agent, { keepAlive: true, keepAliveMsecs: 30_000 })
      if (this.#server.protocol === 'https:')
        Object.assign((this.#agent as https.Agent).options, {
          secureContext: createSecureContext({ ca, cert, key }),
        })
      this.#certificate = certificate
    }
    return this.#agent
  }

  /** A failure before there was a connection: the proxy's, where there is one. */
  #onTheWay(error: NodeJS.ErrnoException): Error {
    const { proxy } = this.#agent as { proxy?: ProxyAddress }
    return proxy ? proxyError(error, proxy) : error
  }

  #answer(message: http.IncomingMessage, patience: Patience): Answer {
    const body = this.#bytes(message, patience)
    return {
      status: message.statusCode ?? 0,
      headers: message.headers,
      body,
      text: async () => {
        const chunks: Uint8Array[] = []
        for await (const chunk of body) chunks.push(chunk)
        return Buffer.concat(chunks).toString('utf8')
      },
      leave: () => {
        patience.end()
        message.destroy()
      },
    }
  }

  async *#bytes(message: http.IncomingMessage, patience: Patience): AsyncGenerator<Uint8Array> {
    const body = addAbortSignal(patience.signal, decoded(message))
    try {
      for await (const chunk of body) {
        patience.beat()
        yield chunk
      }
    } catch (error) {
      throw this.#told(error, patience)
    } finally {
      patience.end()
      body.destroy()
    }
  }

  #told(error: unknown, { caller, signal }: Patience): unknown {
    return caller?.aborted
      ? caller.reason
      : connectionError(signal.aborted ? signal.reason : error, this.#server)
  }

  #note(request: RequestContext, answer: http.IncomingMessage, { warned }: Way, ms: number): void {
    const { statusCode, statusMessage } = answer
    const line = `${request.getHttpMethod()} ${request.getUrl()} ${statusCode} ${statusMessage} in ${ms} milliseconds`
    this.#host.log?.(6, line)
    for (const value of warningTexts(answer.headersDistinct.warning ?? [])) {
      if (warned) warned(value)
      if (warned || this.#warned.has(value)) continue
      this.#warned.add(value)
      this.#host.warn?.(value)
    }
  }
}

function userAgent(version: string): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const machine = arch()
  return `kds/${version} (${system}/${machine === 'x64' ? 'amd64' : machine})`
}

/** Bytes that a thread unpacks before it comes back: what is compressed is large, and with Node's 16 kB it comes back thousands of times. */
const unpackedAtOnce = 256 * 1024

/** The bytes of a body. Whoever reads them learns of its errors; a body that nobody reads must not end the process by one. */
function decoded(message: http.IncomingMessage): Readable {
  message.on('error', () => {})
  if (message.headers['content-encoding'] !== 'gzip') return message
  return pipeline(message, createGunzip({ chunkSize: unpackedAtOnce }), () => {})
}

/** The texts of `Warning: 299 - "text"` headers. */
function warningTexts(headers: readonly string[]): string[] {
  return headers
    .flatMap((header) => [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)])
    .map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'))
}
