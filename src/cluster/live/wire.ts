import http from 'node:http'
import https from 'node:https'
import { arch, platform } from 'node:os'
import { addAbortSignal, pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import type { Connection } from '../config/connection.ts'
import type { LiveHost } from '../host.ts'
import { connectionError, proxyError } from './connection-errors.ts'
import { identityOf } from './identity.ts'
import { Patience, turns } from './patience.ts'

/** An answer of any status whose body has not been read yet. */
export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** The body's bytes, decompressed. To be read, to the end or not. @throws KdsError in kubectl's words when it breaks off */
  readonly body: AsyncIterable<Uint8Array>
}

/** How a request is made, beside what it says. */
export interface Way {
  readonly signal?: AbortSignal | undefined
  /** The form of the answer; plain JSON unless it is said. */
  readonly accept?: string | undefined
  /** Told the server's warnings in the user's stead. */
  readonly warned?: ((text: string) => void) | undefined
  /** The answer goes on until nobody reads it any more: no other request waits for its end. */
  readonly lasts?: boolean
}

/** How many requests are on their way at once, each on a connection of its own: TLS costs more than most answers do. */
const atOnce = 4

/** Bytes that a thread unpacks before it comes back: with Node's 16 kB it comes back thousands of times for a large answer. */
const unpackedAtOnce = 256 * 1024

/**
 * Carries the requests of client-node's generated clients, by node:https instead of node-fetch, which opens a connection for each
 * request, follows redirects with the sender's token, has no time-outs, and under Bun goes past proxies. Proves its sender again
 * once when the server says 401. Nothing is retried here.
 */
export function wireTo(connection: Connection, host: LiveHost) {
  const { cluster, requestTimeout } = connection
  const { clock, log, version } = host
  const identity = identityOf(connection, host)
  const turn = turns(atOnce)
  const warned = new Set<string>()
  const warnOnce = (text: string) => {
    if (!warned.has(text)) host.warn?.(text)
    warned.add(text)
  }
  /** `answered`: whether the server has answered before. */
  const wire = { answered: false, send, close: identity.close }

  /** @throws KdsError in kubectl's words when there is no answer; the signal's reason when aborted. */
  async function send(request: RequestContext, way: Way): Promise<Answer> {
    const patience = new Patience(way.signal)
    try {
      const message = await patience.within(exchange(request, way, patience))
      const { headers, statusCode: status = 0 } = message
      return { status, headers, body: bytes(message, patience) }
    } catch (error) {
      patience.end()
      throw told(error, patience)
    }
  }

  async function exchange(request: RequestContext, way: Way, patience: Patience) {
    await patience.begin(way.lasts ? undefined : turn(), requestTimeout)
    const first = await ask(request, way, patience)
    if (first.statusCode !== 401 || !(await identity.renew(patience.signal))) return first
    // What nobody reads must not end the process by an error.
    first.on('error', () => {}).resume()
    return ask(request, way, patience)
  }

  async function ask(request: RequestContext, way: Way, patience: Patience): Promise<http.IncomingMessage> {
    const { signal } = patience
    const options = await identity.options(signal)
    const [started, method, url] = [clock.now(), request.getHttpMethod(), request.getUrl()]
    const body = request.getBody() as string | undefined
    const headers: http.OutgoingHttpHeaders = {
      ...(options.headers as http.OutgoingHttpHeaders),
      ...request.getHeaders(),
      Accept: way.accept ?? 'application/json',
      'User-Agent': `kds/${version} (${system}/${machine})`,
      ...(cluster['disable-compression'] ? {} : { 'Accept-Encoding': 'gzip' }),
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    }
    const { request: open } = url.startsWith('https:') ? https : http
    const { proxy } = identity
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const call = open(url, { ...options, method, headers, signal }, resolve)
      // A failure before there is a connection is the proxy's, where there is one.
      call.on('error', (error) => reject(call.socket || !proxy ? error : proxyError(error, proxy)))
      patience.follow(call)
      call.end(body)
    })
    wire.answered = true
    const { statusCode, statusMessage, headersDistinct } = answer
    log?.(6, `${method} ${url} ${statusCode} ${statusMessage} in ${clock.now() - started} milliseconds`)
    for (const text of warningTexts(headersDistinct.warning ?? [])) (way.warned ?? warnOnce)(text)
    return answer
  }

  async function* bytes(message: http.IncomingMessage, patience: Patience): AsyncGenerator<Uint8Array> {
    const body = addAbortSignal(patience.signal, decoded(message))
    try {
      for await (const chunk of body) {
        patience.beat()
        yield chunk
      }
    } catch (error) {
      throw told(error, patience)
    } finally {
      patience.end()
      body.destroy()
    }
  }

  const told = (error: unknown, { caller, signal }: Patience): unknown =>
    caller?.aborted
      ? caller.reason
      : connectionError(signal.aborted ? signal.reason : error, new URL(cluster.server))

  return wire
}

/** As Go calls the two. */
const system = platform() === 'win32' ? 'windows' : platform()
const machine = arch() === 'x64' ? 'amd64' : arch()

/** The bytes of a body. */
function decoded(message: http.IncomingMessage): Readable {
  if (message.headers['content-encoding'] !== 'gzip') return message
  return pipeline(message, createGunzip({ chunkSize: unpackedAtOnce }), () => {})
}

/** The texts of `Warning: 299 - "text"` headers. */
function warningTexts(headers: readonly string[]): string[] {
  return headers
    .flatMap((header) => [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)])
    .map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'))
}
