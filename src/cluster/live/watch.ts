import { isObject, type JsonObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import { objectOf } from '../answers.ts'
import { ApiError, errorOfAnswer, type FailedCall } from '../api-error.ts'
import type { LiveHost } from '../host.ts'
import { KnownObjects, type ToldChange } from '../known-objects.ts'
import type { List, WatchEvent } from '../port.ts'
import type { Resource } from '../resources.ts'
import { ConnectionError } from './connection-errors.ts'
import { backoff } from './retry.ts'
import type { Answer } from './wire.ts'

/** Where a watch begins, and how long the server is asked to keep it open. */
export interface WatchFrom {
  readonly resourceVersion: string
  readonly timeoutSeconds: number
}

/** The two requests that a watch is made of. */
interface WatchSource<T> {
  readonly list: () => Promise<List<T>>
  readonly open: (from: WatchFrom, signal: AbortSignal) => Promise<Answer>
}

/** How long the server is asked to keep one watch open. */
const [shortestSeconds, longestSeconds] = [300, 600]

/** How long reconnecting may fail before the watch does. */
const longestOutageMs = 120_000

/** A watch that has held for this long, and a list that has served for this long, were no failures, whatever ended them. */
const [heldMs, servedMs] = [1000, 120_000]

/** client-go's delays between one list and the next: from 0.8 s to 30 s, and as much again by chance. */
const relisting = { firstMs: 1600, longestMs: 60_000 }

/**
 * Lists, then watches, and goes on for as long as the caller reads: after cuts and silences from the last version seen,
 * after 410 by listing again and telling the difference. No change of an object is told twice. Whatever goes wrong again
 * and again is tried at ever longer intervals. client-node's informer asks for no bookmarks, gives up on most errors and
 * tells changes twice; its Watch swallows what it cannot parse.
 */
export async function* watchObjects<T extends KubeObject>(
  resource: Resource<T>,
  source: WatchSource<T>,
  host: LiveHost,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent<T>> {
  const known = new KnownObjects<T>()
  yield* known.differences(await source.list())
  yield { type: 'SYNCED' }
  const { now, sleep } = host.clock
  let failedSince: number | undefined
  let expiries = 0
  let listed = now()
  for (let failures = 0; ; ) {
    signal?.throwIfAborted()
    const started = now()
    try {
      for await (const change of oneWatch(resource, source, known.version, host, signal)) {
        const event = known.take(change)
        failedSince = undefined
        if (now() - started >= heldMs) failures = 0
        if (event) yield event
      }
      // A watch that ends at once, again and again, must not become a busy loop.
      await sleep(failures === 0 ? 0 : backoff(failures, host.random), signal)
      failures++
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof ApiError)) throw error
      if (error.status === 410) {
        expiries = now() - listed >= servedMs ? 1 : expiries + 1
        await sleep(backoff(expiries, host.random, relisting), signal)
        yield* known.differences(await source.list())
        listed = now()
        continue
      }
      failedSince ??= now()
      if (!passes(error) || now() - failedSince > longestOutageMs) throw error
      failures++
      await sleep(backoff(failures, host.random), signal)
    }
  }
}

function passes(error: ApiError): boolean {
  if (error instanceof ConnectionError) return error.passing || error.ambiguous
  return error.status === 429 || error.status >= 500
}

/** The events of one connection, until the server ends it or it breaks. */
async function* oneWatch<T extends KubeObject>(
  resource: Resource<T>,
  source: WatchSource<T>,
  resourceVersion: string,
  host: LiveHost,
  signal: AbortSignal | undefined,
): AsyncGenerator<ToldChange<T>> {
  const left = new AbortController()
  const both = signal ? AbortSignal.any([signal, left.signal]) : left.signal
  const timeoutSeconds = Math.round(shortestSeconds + host.random() * (longestSeconds - shortestSeconds))
  try {
    const answer = await source.open({ resourceVersion, timeoutSeconds }, both)
    for await (const line of lines(answer)) yield decode(resource, line)
  } finally {
    left.abort()
  }
}

/** @throws ApiError for an event that says so, and a ConnectionError for what is no event. */
function decode<T extends KubeObject>(resource: Resource<T>, line: string): ToldChange<T> {
  const call: FailedCall = { verb: 'watch', resource: resource.plural, name: '' }
  const { type, object } = parsed(line)
  if (type === 'BOOKMARK') return { type, object: (isObject(object) ? object : {}) as unknown as T }
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED')
    return { type, object: objectOf(resource, object, call) }
  const code = isObject(object) && typeof object.code === 'number' ? object.code : 500
  throw errorOfAnswer(code, JSON.stringify(object ?? null), call)
}

/** The event of a line; half a line is a connection that was cut in the middle of it. */
function parsed(line: string): JsonObject {
  try {
    const event: unknown = JSON.parse(line)
    if (isObject(event)) return event
  } catch {}
  throw new ConnectionError('Unable to connect to the server: unexpected EOF', 'ECONNRESET', undefined)
}

/** The lines of an answer; a break is an end like any other. */
async function* lines(answer: Answer): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  try {
    for await (const chunk of answer.body) {
      const [first = '', ...parts] = decoder.decode(chunk, { stream: true }).split('\n')
      rest.push(first)
      for (const part of parts) {
        const line = rest.join('')
        rest = [part]
        if (line.trim() !== '') yield line
      }
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
  } finally {
    answer.leave()
  }
}
