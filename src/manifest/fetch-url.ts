import { setTimeout as pause } from 'node:timers/promises'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'

const attempts = 3
const pauseMs = 1000

/**
 * Reads a URL as kubectl does: three attempts, a second apart, where the server does not answer or says 5xx; any other
 * answer than 200 is final. Mirrors `readHttpWithRetries` of k8s.io/cli-runtime.
 */
export async function fetchUrl(url: string, signal?: AbortSignal, waitMs = pauseMs): Promise<Uint8Array> {
  let failure = new KdsError('url', `cannot read ${escapeLine(url)}`)
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await pause(waitMs, undefined, signal ? { signal } : {})
    const answer = await fetch(url, signal ? { signal } : {}).catch((cause: unknown) => {
      signal?.throwIfAborted()
      failure = unreachable(url, cause)
    })
    if (!answer) continue
    if (answer.status === 200) return new Uint8Array(await answer.arrayBuffer())
    await answer.body?.cancel()
    failure = new KdsError(
      'url',
      `cannot read ${escapeLine(url)}: the server says ${answer.status} ${answer.statusText}`,
    )
    if (answer.status < 500) break
  }
  throw failure
}

function unreachable(url: string, cause: unknown): KdsError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const reason = inner instanceof Error ? inner.message : String(inner)
  return new KdsError('url', `cannot read ${escapeLine(url)}: ${escapeLine(reason)}`, { cause })
}
