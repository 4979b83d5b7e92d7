import { KdsError } from '#base/errors.ts'
import type { Clock } from '#cli/context.ts'

/**
 * What `work` gives within `ms` (0 waits for ever). Its signal is aborted when the time is up, and when the caller's is.
 *
 * @throws KdsError (`timeout`) in kubectl's words when the time is up
 */
export async function withinTime<T>(
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (ms === 0) return work(signal)
  const over = new AbortController()
  const timeUp = new KdsError('timeout', 'timed out waiting for the condition')
  clock.sleep(ms, over.signal).then(
    () => over.abort(timeUp),
    () => undefined,
  )
  try {
    return await work(AbortSignal.any([signal, over.signal]))
  } finally {
    over.abort()
  }
}
