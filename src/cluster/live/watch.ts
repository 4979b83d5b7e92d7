import { isObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import { objectOf } from '../answers.ts'
import { ApiError, errorOfAnswer, type FailedCall } from '../api-error.ts'
import type { LiveHost } from '../host.ts'
import { KnownObjects, type Present, type ToldChange } from '../known-objects.ts'
import type { List, WatchEvent, WatchQuery } from '../port.ts'
import type { Resource } from '../resources.ts'
import { ConnectionError } from './connection-errors.ts'
import type { Told } from './reading.ts'
import { backoff } from './retry.ts'

/** The two requests that a watch is made of. */
interface WatchSource<T> {
  list(): Promise<List<Present<T>>>
  open(resourceVersion: string, timeoutSeconds: number): Promise<AsyncIterable<Told>>
  /** As much as is kept of an object that was told unread. */
  read(bytes: Uint8Array): T
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
 * after 410 by listing again and telling the difference. No change of an object is told twice, as client-node's informer does.
 * Whatever goes wrong again and again is tried at ever longer intervals.
 */
export async function* watchObjects<T extends KubeObject>(
  resource: Resource<T>,
  source: WatchSource<T>,
  { clock, random }: LiveHost,
  { keep, signal }: Pick<WatchQuery<T>, 'keep' | 'signal'>,
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
    try {
      for await (const { events, typed } of await source.open(known.version, timeoutSeconds)) {
        const held = now() - started >= heldMs
        for (const told of events) {
          const event = known.take(decode(resource, told, typed))
          failedSince = undefined
          if (held) failures = 0
          if (!event || event.type === 'SYNCED') continue
          const { type, object } = event
          const bytes = typed && type !== 'DELETED' ? (told as { unread?: Uint8Array }).unread : undefined
          if (bytes) yield { type, object, unread: { bytes, read: source.read } }
          else yield keep && type !== 'DELETED' ? { type, object: keep(object) } : event
        }
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
    }
  }
}

function passes(error: ApiError): boolean {
  if (error instanceof ConnectionError) return error.passing || error.ambiguous
  return error.status === 429 || error.status >= 500
}

/** @throws ApiError for an event that says so, and a ConnectionError for what is no event. */
function decode<T extends KubeObject>(resource: Resource<T>, event: unknown, typed: boolean): ToldChange<T> {
  const call: FailedCall = { verb: 'watch', resource: resource.plural, name: '' }
  // Half an event is a connection that was cut in the middle of it.
  if (!isObject(event))
    throw new ConnectionError('Unable to connect to the server: unexpected EOF', 'ECONNRESET')
  const { type, object } = event
  if (type === 'BOOKMARK') return { type, object: (isObject(object) ? object : {}) as unknown as T }
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED')
    return { type, object: objectOf(resource, object, call, typed) }
  const code = isObject(object) && typeof object.code === 'number' ? object.code : 500
  throw errorOfAnswer(code, JSON.stringify(object ?? null), call)
}
