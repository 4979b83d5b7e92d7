import { ApiError, forbiddenByBudget } from '../api-error.ts'
import type { LiveHost } from '../host.ts'
import { ConnectionError } from './connection-errors.ts'

const tries = 6
const [firstDelayMs, longestDelayMs, longestWaitMs] = [200, 10_000, 60_000]

interface Attempts {
  /** Whether the call only reads, so that it may be made twice. */
  readonly reads: boolean
  /** Whether this server has answered before: only then is a connection that could not be made worth another try. */
  readonly answeredBefore: () => boolean
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds to wait before try number `attempt` (from 1): doubling, half of it by chance. */
export function backoff(
  attempt: number,
  random: () => number,
  { firstMs = firstDelayMs, longestMs = longestDelayMs } = {},
): number {
  const delay = Math.min(firstMs * 2 ** (attempt - 1), longestMs)
  return delay / 2 + (random() * delay) / 2
}

/**
 * Makes a call until it succeeds, fails for good, or has failed often enough. Reads are repeated after 429, 5xx and broken
 * connections; writes only where the server cannot have acted: 429, 503 with Retry-After, a connection never made.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  attempts: Attempts,
  host: Pick<LiveHost, 'clock' | 'random'>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt >= tries || !(error instanceof ApiError) || !mayRepeat(error, attempts)) throw error
      const asked = (error.details?.retryAfterSeconds ?? 0) * 1000
      if (asked > longestWaitMs) throw error
      await host.clock.sleep(Math.max(asked, backoff(attempt, host.random)), attempts.signal)
    }
  }
}

function mayRepeat(error: ApiError, { reads, answeredBefore }: Attempts): boolean {
  if (error instanceof ConnectionError) {
    return error.passing && (error.ambiguous ? reads : answeredBefore())
  }
  if (error.status === 429) return !forbiddenByBudget(error)
  if (reads)
    return error.status === 500 || error.status === 502 || error.status === 503 || error.status === 504
  return error.status === 503 && (error.details?.retryAfterSeconds ?? 0) > 0
}
