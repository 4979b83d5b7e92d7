import type { KdsError } from '#base/errors.ts'
import type { KubeObject } from '#kube/types.ts'
import { ApiError, errorOfAnswer } from '../api-error.ts'
import type { List, WatchEvent } from '../port.ts'
import { ConnectionError, connectionError } from './connection-errors.ts'
import type { LiveHost } from './host.ts'
import { backoff } from './retry.ts'
import type { Answer } from './transport.ts'

/** The two requests that a watch is made of. */
export interface WatchSource<T> {
  readonly list: () => Promise<List<T>>
  readonly open: (parameters: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Answer>
}

/**
 * How often a connection is looked at. A server sends bookmarks about once a minute, so one that brought no byte from one
 * look to the next is dead.
 */
const lookMs = 100_000

/** How long the server is asked to keep one watch open. */
const [shortestSeconds, longestSeconds] = [300, 600]

/** How long reconnecting may fail before the watch does. */
const longestOutageMs = 120_000

/**
 * Lists, then watches, and goes on for as long as the caller reads: after cuts and silences from the last version seen,
 * after 410 by listing again and telling the difference. No change of an object is told twice.
 */
export async function* watchObjects<T extends KubeObject>(
  source: WatchSource<T>,
  host: LiveHost,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent<T>> {
  const known = new Known<T>()
  yield* known.differences(await source.list())
  yield { type: 'SYNCED' }
  let failedSince: number | undefined
  for (let failures = 0; ; ) {
    signal?.throwIfAborted()
    try {
      for await (const wire of oneWatch<T>(source, known.version, host, signal)) {
        failures = 0
        failedSince = undefined
        const event = known.take(wire)
        if (event) yield event
      }
      // A watch that ends at once, again and again, must not become a busy loop.
      await host.clock.sleep(failures === 0 ? 0 : backoff(failures, host.random), signal)
      failures++
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof ApiError)) throw error
      if (error.status === 410) {
        yield* known.differences(await source.list())
        continue
      }
      failedSince ??= host.clock.now()
      if (!passes(error) || host.clock.now() - failedSince > longestOutageMs) throw error
      failures++
      await host.clock.sleep(backoff(failures, host.random), signal)
    }
  }
}

function passes(error: ApiError): boolean {
  if (error instanceof ConnectionError) return error.passing || error.ambiguous
  return error.status === 429 || error.status >= 500
}

interface WireEvent<T> {
  readonly type: string
  readonly object: T
}

/** The events of one connection, until the server ends it, it breaks, or it falls silent. */
async function* oneWatch<T>(
  source: WatchSource<T>,
  resourceVersion: string,
  host: LiveHost,
  signal: AbortSignal | undefined,
): AsyncGenerator<WireEvent<T>> {
  const ended = new AbortController()
  const both = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal
  const seconds = Math.round(shortestSeconds + host.random() * (longestSeconds - shortestSeconds))
  const pulse = { beats: 0 }
  void endInSilence(pulse, ended, both, host)
  try {
    const answer = await source.open(
      { watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: String(seconds) },
      both,
    )
    for await (const line of lines(answer, pulse)) yield decode<T>(line)
  } finally {
    ended.abort()
  }
}

async function endInSilence(
  pulse: { readonly beats: number },
  ended: AbortController,
  signal: AbortSignal,
  host: LiveHost,
): Promise<void> {
  try {
    for (let last = -1; last !== pulse.beats; ) {
      last = pulse.beats
      await host.clock.sleep(lookMs, signal)
    }
    ended.abort(broken('the server fell silent'))
  } catch {
    // The watch is over: nothing to end any more.
  }
}

function broken(message: string, cause?: unknown): KdsError {
  return connectionError(Object.assign(new Error(message, { cause }), { code: 'ECONNRESET' }), nowhere)
}

function decode<T>(line: string): WireEvent<T> {
  let event: WireEvent<T>
  try {
    event = JSON.parse(line) as WireEvent<T>
  } catch (error) {
    throw broken('unexpected EOF', error)
  }
  if (event.type !== 'ERROR') return event
  const code = (event.object as { code?: number }).code ?? 500
  throw errorOfAnswer(code, JSON.stringify(event.object), { verb: 'watch', resource: '', name: '' })
}

const nowhere = new URL('https://server.invalid')

/** The lines of an answer; a break is an end like any other. */
async function* lines(answer: Answer, pulse: { beats: number }): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  let rest: string[] = []
  try {
    for (;;) {
      const chunk = await chunks.next().then(
        (result) => (result.done ? undefined : result.value),
        () => undefined,
      )
      if (chunk === undefined) return
      pulse.beats++
      const [first = '', ...parts] = decoder.decode(chunk, { stream: true }).split('\n')
      rest.push(first)
      for (const part of parts) {
        const line = rest.join('')
        rest = [part]
        if (line.trim() !== '') yield line
      }
    }
  } finally {
    answer.body.destroy()
  }
}

/** The versions of the objects that have been told about. */
class Known<T extends KubeObject> {
  /** Where the watch goes on from. */
  version = ''
  readonly #objects = new Map<string, { uid: string; version: string; name: KubeObject }>()

  /** The event to tell, or undefined for a bookmark and for what is known already. */
  take({ type, object }: WireEvent<T>): WatchEvent<T> | undefined {
    const version = versionOf(object)
    const stale = isOlder(version, this.version)
    if (version !== '' && !stale) this.version = version
    if (type === 'BOOKMARK' || stale) return undefined
    const key = keyOf(object)
    const old = this.#objects.get(key)
    const same = old?.uid === uidOf(object)
    if (type === 'DELETED') {
      if (!same) return undefined
      this.#objects.delete(key)
      return { type: 'DELETED', object }
    }
    if (same && old.version === version) return undefined
    this.#remember(key, object)
    return { type: same ? 'MODIFIED' : 'ADDED', object }
  }

  /** What changed between the objects known so far and a new list of all of them. */
  *differences(list: List<T>): Generator<WatchEvent<T>> {
    const present = new Set<string>()
    this.version = list.resourceVersion
    for (const object of list.items) {
      const key = keyOf(object)
      const old = this.#objects.get(key)
      present.add(key)
      if (old && old.uid === uidOf(object) && old.version === versionOf(object)) continue
      if (old && old.uid !== uidOf(object)) yield { type: 'DELETED', object: old.name as T }
      this.#remember(key, object)
      yield { type: old && old.uid === uidOf(object) ? 'MODIFIED' : 'ADDED', object }
    }
    for (const [key, old] of this.#objects) {
      if (present.has(key)) continue
      this.#objects.delete(key)
      yield { type: 'DELETED', object: old.name as T }
    }
  }

  #remember(key: string, object: T): void {
    const { apiVersion, kind, metadata } = object
    const { name, namespace, uid, resourceVersion } = metadata ?? {}
    this.#objects.set(key, {
      uid: uidOf(object),
      version: versionOf(object),
      name: { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } },
    })
  }
}

const keyOf = (object: KubeObject) => `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`
const uidOf = (object: KubeObject) => object.metadata?.uid ?? ''
const versionOf = (object: KubeObject) => object.metadata?.resourceVersion ?? ''

/** Whether a version lies at or before another; versions that are no numbers cannot be compared. */
function isOlder(version: string, than: string): boolean {
  if (!/^\d+$/.test(version) || !/^\d+$/.test(than)) return false
  return version.length === than.length ? version <= than : version.length < than.length
}
