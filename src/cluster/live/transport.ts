import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { arch } from 'node:os'
import type { Readable } from 'node:stream'
import tls from 'node:tls'
import { createGunzip } from 'node:zlib'
import { hostOf, portOf } from '#base/host.ts'
import { agentFor, type TlsFacts } from './agents.ts'
import type { Connection } from './connection.ts'
import { connectionError, connectTimeout, timeoutError } from './connection-errors.ts'
import { type Credential, type CredentialSource, credentialSource } from './credentials.ts'
import type { LiveHost } from './host.ts'
import { impersonationHeaders } from './impersonation.ts'
import { parseProxyUrl, proxyFromEnvironment } from './proxy.ts'

const connectTimeoutMs = 30_000

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path and query below the server's URL. */
  readonly path: string
  readonly body?: string
  readonly contentType?: string
  readonly signal?: AbortSignal | undefined
}

/** An answer of any status whose body has not been read yet. */
export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Readable
  /** The whole body. */
  text(): Promise<string>
}

/**
 * Carries single requests to one server: connection, TLS, credentials, compression. It proves its sender again once when the
 * server says 401. Nothing is retried here.
 */
export class Transport {
  readonly server: URL
  readonly #connection: Connection
  readonly #host: LiveHost
  readonly #credentials: CredentialSource
  readonly #headers: http.OutgoingHttpHeaders
  readonly #warned = new Set<string>()
  #agent: http.Agent | undefined
  #certificate: Credential['cert']

  constructor(connection: Connection, host: LiveHost) {
    this.server = new URL(connection.cluster.server)
    this.#connection = connection
    this.#host = host
    this.#credentials = credentialSource(connection, host)
    this.#headers = {
      Accept: 'application/json',
      'User-Agent': userAgent(host.version),
      ...(connection.cluster['disable-compression'] ? {} : { 'Accept-Encoding': 'gzip' }),
      ...(this.server.protocol === 'https:' ? impersonationHeaders(connection.user) : {}),
    }
  }

  /** @throws KdsError in kubectl's words when there is no answer; the signal's reason when aborted. */
  async send(request: Request): Promise<Answer> {
    const credential = await this.#credentials.get(request.signal)
    const answer = await this.#exchange(request, credential)
    if (answer.status !== 401) return answer
    const fresh = await this.#credentials.replace(credential, request.signal)
    if (!fresh) return answer
    answer.body.resume()
    return this.#exchange(request, fresh)
  }

  /** Lets go of the connections that are kept for later requests. */
  close(): void {
    this.#agent?.destroy()
  }

  async #exchange(request: Request, credential: Credential): Promise<Answer> {
    const started = this.#host.clock.now()
    const deadline = this.#connection.requestTimeout
    const timer = deadline > 0 ? AbortSignal.timeout(deadline) : undefined
    const signal =
      request.signal && timer ? AbortSignal.any([request.signal, timer]) : (request.signal ?? timer)
    try {
      const message = await this.#call(request, credential, signal)
      this.#note(request, message, this.#host.clock.now() - started)
      const body = decoded(message)
      return {
        status: message.statusCode ?? 0,
        headers: message.headers,
        body,
        text: () => this.#guard(readAll(body), request, timer),
      }
    } catch (error) {
      throw this.#told(error, request, timer)
    }
  }

  async #guard(text: Promise<string>, request: Request, timer: AbortSignal | undefined): Promise<string> {
    try {
      return await text
    } catch (error) {
      throw this.#told(error, request, timer)
    }
  }

  #told(error: unknown, request: Request, timer: AbortSignal | undefined): unknown {
    if (request.signal?.aborted) return request.signal.reason
    return timer?.aborted ? timeoutError() : connectionError(error, this.server)
  }

  #call(
    request: Request,
    credential: Credential,
    signal: AbortSignal | undefined,
  ): Promise<http.IncomingMessage> {
    const { request: open } = this.server.protocol === 'https:' ? https : http
    const base = this.server.pathname.replace(/\/+$/, '')
    const headers: http.OutgoingHttpHeaders = { ...this.#headers }
    if (credential.authorization) headers.Authorization = credential.authorization
    if (request.body !== undefined) {
      headers['Content-Type'] = request.contentType ?? 'application/json'
      headers['Content-Length'] = Buffer.byteLength(request.body)
    }
    return new Promise((resolve, reject) => {
      const attempt = (again: boolean) => {
        const call = open(
          {
            host: hostOf(this.server),
            port: portOf(this.server),
            method: request.method,
            path: base + request.path,
            headers,
            agent: this.#agentOf(credential),
            ...(signal ? { signal } : {}),
          },
          resolve,
        )
        call.on('error', (error: NodeJS.ErrnoException) => {
          // A kept connection that the server closed meanwhile says nothing about the server.
          const stale = call.reusedSocket && error.code === 'ECONNRESET' && request.method === 'GET'
          if (stale && again && !signal?.aborted) attempt(false)
          else reject(error)
        })
        call.once('socket', endLateConnection)
        call.end(request.body)
      }
      attempt(true)
    })
  }

  #agentOf(credential: Credential): http.Agent {
    if (!this.#agent || this.#certificate !== credential.cert) {
      this.#agent?.destroy()
      this.#certificate = credential.cert
      const { cluster } = this.#connection
      const proxy = cluster['proxy-url']
        ? parseProxyUrl(cluster['proxy-url'])
        : proxyFromEnvironment(this.server, this.#host.env)
      this.#agent = agentFor(this.server, tlsFacts(cluster, credential, this.#host.env), proxy)
    }
    return this.#agent
  }

  #note(request: Request, answer: http.IncomingMessage, ms: number): void {
    this.#host.log?.(
      6,
      `${request.method} ${this.server.origin}${request.path} ${answer.statusCode} ${answer.statusMessage} in ${ms} milliseconds`,
    )
    for (const value of warningTexts(answer.headersDistinct.warning ?? [])) {
      if (this.#warned.has(value)) continue
      this.#warned.add(value)
      this.#host.warn?.(value)
    }
  }
}

/** Gives a connection as long to come about as Go does. */
function endLateConnection(socket: Socket): void {
  if (!socket.connecting) return
  const late = Object.assign(new Error('connect timed out'), { code: connectTimeout })
  const timer = setTimeout(() => socket.destroy(late), connectTimeoutMs)
  const stop = () => clearTimeout(timer)
  socket.once('connect', stop).once('close', stop)
}

function userAgent(version: string): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const machine = arch()
  return `kds/${version} (${system}/${machine === 'x64' ? 'amd64' : machine})`
}

function tlsFacts(cluster: Connection['cluster'], { cert, key }: Credential, env: LiveHost['env']): TlsFacts {
  const file = cluster['certificate-authority']
  const data = cluster['certificate-authority-data']
  const ca = data ? Buffer.from(data, 'base64') : file ? readFileSync(file) : systemAuthorities(env)
  const servername = cluster['tls-server-name']
  return {
    rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
    ...(ca ? { ca } : {}),
    ...(cert && key ? { cert, key } : {}),
    ...(servername ? { servername } : {}),
  }
}

/** Who is trusted where the kubeconfig names nobody: the system's authorities, as with kubectl, where Node can list them. */
function systemAuthorities(env: LiveHost['env']): string[] | Buffer | undefined {
  if (env.SSL_CERT_FILE) return readFileSync(env.SSL_CERT_FILE)
  const { getCACertificates } = tls as { getCACertificates?: (of: 'default' | 'system') => string[] }
  return getCACertificates && [...getCACertificates('default'), ...getCACertificates('system')]
}

function decoded(message: http.IncomingMessage): Readable {
  // Whoever reads the body learns of its errors; a body that nobody reads must not end the process by one.
  message.on('error', () => {})
  if (message.headers['content-encoding'] !== 'gzip') return message
  const body = createGunzip()
  body.on('error', () => {})
  message.once('error', (error) => body.destroy(error))
  return message.pipe(body)
}

async function readAll(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** The texts of `Warning: 299 - "text"` headers. */
function warningTexts(headers: readonly string[]): string[] {
  return headers
    .flatMap((header) => [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)])
    .map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'))
}
