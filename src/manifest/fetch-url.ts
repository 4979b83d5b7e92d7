import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { createGunzip } from 'node:zlib'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { hostOf, portOf, withoutCredentials } from '#base/host.ts'
import type { UrlProxy } from './types.ts'

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined
  /** The proxy on the way to a URL, if there is one. */
  readonly proxyTo?: ((url: URL) => Promise<UrlProxy | undefined>) | undefined
  /** Bytes after which `tooLarge` is thrown. */
  readonly maxBytes?: number
  readonly tooLarge?: () => Error
  /** Milliseconds between attempts, and without a byte until the server is given up. */
  readonly pauseMs?: number
  readonly silenceMs?: number
}

const attempts = 3
/** As many as Go's client follows. */
const mostRedirects = 10

/**
 * Reads a URL as kubectl does: three attempts, a second apart, where the server does not answer or says 5xx; any other
 * answer than 200 is final. Mirrors `readHttpWithRetries` of k8s.io/cli-runtime, with an end to waiting.
 *
 * @throws KdsError that names the URL, without the credentials that may be in it
 */
export async function fetchUrl(text: string, options: FetchOptions = {}): Promise<Uint8Array> {
  const { pauseMs = 1000, signal } = options
  let failure = unreadable(text, 'no answer')
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) {
      const { setTimeout: pause } = await import('node:timers/promises')
      await pause(pauseMs, undefined, signal ? { signal } : {})
    }
    const exchange = new Exchange(text, options)
    try {
      const answer = await exchange.open()
      const { statusCode = 0, statusMessage } = answer
      if (statusCode === 200) return await exchange.body(answer)
      failure = unreadable(text, `the server says ${statusCode} ${statusMessage}`)
      if (statusCode < 500) break
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof KdsError) throw error
      failure = unreadable(text, messageOf(error), error)
    } finally {
      exchange.end()
    }
  }
  throw failure
}

/** A proxy's or server's name in an error never comes with a password: only what failed is told. */
function messageOf(error: unknown): string {
  const [inner] = error instanceof AggregateError ? error.errors : [error]
  return inner instanceof Error ? inner.message : String(inner)
}

function unreadable(url: string, reason: string, cause?: unknown): KdsError {
  const message = `cannot read ${escapeLine(withoutCredentials(url))}: ${escapeLine(reason)}`
  return new KdsError('url', message, cause === undefined ? {} : { cause })
}

/** One attempt. Whatever it waits for, silence ends it. */
class Exchange {
  readonly #text: string
  readonly #options: FetchOptions
  readonly #ended = new AbortController()
  readonly #signal: AbortSignal
  #silence: NodeJS.Timeout | undefined
  #createGunzip: typeof createGunzip | undefined

  constructor(text: string, options: FetchOptions) {
    this.#text = text
    this.#options = options
    const { signal } = options
    this.#signal = signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal
  }

  /** The first answer that is no redirect. */
  async open(): Promise<IncomingMessage> {
    if (!URL.canParse(this.#text)) throw unreadable(this.#text, 'it is not a valid URL')
    let url = new URL(this.#text)
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#ask(url)
      const { location } = answer.headers
      if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined) return answer
      answer.destroy()
      if (redirects === mostRedirects)
        throw unreadable(this.#text, `stopped after ${mostRedirects} redirects`)
      if (!URL.canParse(location, url.href) || !/^https?:$/.test(new URL(location, url).protocol))
        throw unreadable(this.#text, 'the server redirects to something that is not an http or https URL')
      url = new URL(location, url)
    }
  }

  /** The whole body. What is wrong with it is final: the server did answer. */
  async body(answer: IncomingMessage): Promise<Uint8Array> {
    const { maxBytes = Number.POSITIVE_INFINITY, tooLarge } = this.#options
    const parts: Uint8Array[] = []
    let size = 0
    try {
      for await (const part of this.#decoded(answer)) {
        this.#beat()
        size += part.length
        if (size > maxBytes) throw tooLarge?.()
        parts.push(part)
      }
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      if (error instanceof KdsError) throw error
      const code = (error as NodeJS.ErrnoException).code ?? ''
      const reason = code.startsWith('Z_')
        ? `the body is not the gzip that the server promised (${messageOf(error)})`
        : this.#ended.signal.aborted
          ? messageOf(this.#ended.signal.reason)
          : 'the body was cut off'
      throw unreadable(this.#text, reason, error)
    }
    return Buffer.concat(parts)
  }

  /** Lets go of whatever is still open. */
  end(): void {
    clearTimeout(this.#silence)
    this.#ended.abort(new Error('ended'))
  }

  #beat(): void {
    const { silenceMs = 30_000 } = this.#options
    clearTimeout(this.#silence)
    const silent = () =>
      this.#ended.abort(new Error(`the server sent nothing for ${silenceMs / 1000} seconds`))
    this.#silence = setTimeout(silent, silenceMs)
  }

  async #ask(url: URL): Promise<IncomingMessage> {
    this.#beat()
    const proxy = await this.#options.proxyTo?.(url)
    const headers: Record<string, string> = { 'accept-encoding': 'gzip', host: url.host }
    const credentials = basic(url)
    if (credentials) headers.authorization = credentials
    // What is not encrypted is handed to a HTTP proxy as a whole, as Go does it; for all else a proxy makes a connection.
    const handed =
      proxy && url.protocol === 'http:' && proxy.url.protocol.startsWith('http') ? proxy.url : undefined
    const proxyCredentials = handed && basic(handed)
    if (proxyCredentials) headers['proxy-authorization'] = proxyCredentials
    const target = handed ?? url
    const path = `${url.pathname}${url.search}`
    // Loaded here: most calls of kds read no URL.
    this.#createGunzip = (await import('node:zlib')).createGunzip
    const { request } = target.protocol === 'https:' ? await import('node:https') : await import('node:http')
    return new Promise((resolve, reject) => {
      const left = () => reject(this.#signal.reason)
      const call = request(
        {
          host: hostOf(target),
          port: portOf(target),
          path: handed ? `${url.origin}${path}` : path,
          headers,
          agent: handed ? false : (proxy?.agent ?? false),
          signal: this.#signal,
        },
        (answer) => {
          this.#signal.removeEventListener('abort', left)
          this.#beat()
          resolve(answer)
        },
      )
      call.on('error', (error) => reject(this.#signal.aborted ? this.#signal.reason : error))
      this.#signal.addEventListener('abort', left, { once: true })
      call.end()
    })
  }

  #decoded(answer: IncomingMessage): Readable {
    if (answer.headers['content-encoding'] !== 'gzip' || !this.#createGunzip) return answer
    const body = this.#createGunzip()
    answer.once('error', (error) => body.destroy(error))
    body.once('close', () => answer.destroy())
    return answer.pipe(body)
  }
}

/** The `Authorization` of what a URL says of its user. */
function basic({ password, username }: URL): string | undefined {
  if (!username && !password) return undefined
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(text).toString('base64')}`
}
