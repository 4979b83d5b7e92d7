import { isObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import { objectOf } from '../answers.ts'
import { ApiError, errorOfAnswer, type FailedCall } from '../api-error.ts'
import type { LiveHost } from '../host.ts'
import { KnownObjects, type ToldChange } from '../known-objects.ts'
import type { List, WatchEvent } from '../port.ts'
import type { Resource } from '../resources.ts'
import { ConnectionError } from './connection-errors.ts'
import type { Message } from './protobuf/fields.ts'
import { WatchReader } from './protobuf/watch-reader.ts'
import { isProtobuf } from './reading.ts'
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
  /** What its objects are read by where they come in protobuf. */
  readonly item?: Message | undefined
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
  { clock, random }: LiveHost,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent<T>> {
  const { now, sleep } = clock
  const known = new KnownObjects<T>()
  yield* known.differences(await source.list())
  yield { type: 'SYNCED' }
  let failedSince: number | undefined
  let [listed, expiries, failures] = [now(), 0, 0]
  for (;;) {
    signal?.throwIfAborted()
    const started = now()
    const timeoutSeconds = Math.round(shortestSeconds + random() * (longestSeconds - shortestSeconds))
    const left = new AbortController()
    try {
      const within = signal ? AbortSignal.any([signal, left.signal]) : left.signal
      const answer = await source.open({ resourceVersion: known.version, timeoutSeconds }, within)
      for await (const told of toldBy(answer, source.item)) {
        const event = known.take(decode(resource, told))
        failedSince = undefined
        if (now() - started >= heldMs) failures = 0
        if (event) yield event
      }
      // A watch that ends at once, again and again, must not become a busy loop.
      if (failures++ > 0) await sleep(backoff(failures - 1, random), signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof ApiError)) throw error
      if (error.status === 410) {
        expiries = now() - listed >= servedMs ? 1 : expiries + 1
        await sleep(backoff(expiries, random, relisting), signal)
        yield* known.differences(await source.list())
        listed = now()
        continue
      }
      failedSince ??= now()
      if (!passes(error) || now() - failedSince > longestOutageMs) throw error
      failures++
      await sleep(backoff(failures, random), signal)
    } finally {
      left.abort()
    }
  }
}

function passes(error: ApiError): boolean {
  if (error instanceof ConnectionError) return error.passing || error.ambiguous
  return error.status === 429 || error.status >= 500
}

/** @throws ApiError for an event that says so, and a ConnectionError for what is no event. */
function decode<T extends KubeObject>(resource: Resource<T>, event: unknown): ToldChange<T> {
  const call: FailedCall = { verb: 'watch', resource: resource.plural, name: '' }
  // Half an event is a connection that was cut in the middle of it.
  if (!isObject(event))
    throw new ConnectionError('Unable to connect to the server: unexpected EOF', 'ECONNRESET')
  const { type, object } = event
  if (type === 'BOOKMARK') return { type, object: (isObject(object) ? object : {}) as unknown as T }
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED')
    return { type, object: objectOf(resource, object, call) }
  const code = isObject(object) && typeof object.code === 'number' ? object.code : 500
  throw errorOfAnswer(code, JSON.stringify(object ?? null), call)
}

/** The events of an answer, undefined for what is none; a break is an end like any other. */
async function* toldBy(answer: Answer, item: Message | undefined): AsyncGenerator<unknown> {
  const reader = item && isProtobuf(answer) ? new WatchReader(item) : new LineReader()
  try {
    for await (const chunk of answer.body) yield* reader.push(chunk)
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
  } finally {
    answer.leave()
  }
}

/** Reads lines of JSON as they come. */
class LineReader {
  readonly #decoder = new TextDecoder()
  #rest: string[] = []

  /** What the lines say whose end has come; undefined for one that is no JSON. */
  push(chunk: Uint8Array): unknown[] {
    const [first = '', ...parts] = this.#decoder.decode(chunk, { stream: true }).split('\n')
    this.#rest.push(first)
    const lines: string[] = []
    for (const part of parts) {
      lines.push(this.#rest.join(''))
      this.#rest = [part]
    }
    return lines.filter((line) => line.trim() !== '').map(parsed)
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
