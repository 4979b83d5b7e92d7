import { ApiError, forbiddenByBudget } from '../api-error.ts'
import type { LiveHost } from '../host.ts'
import { ConnectionError } from './connection-errors.ts'

const tries = 6
const longestWaitMs = 60_000

/** `reads`: the call may be made twice. `answeredBefore`: only then is a connection that could not be made worth another try. */
type Attempts = { reads: boolean; answeredBefore: () => boolean; signal?: AbortSignal | undefined }

/** Milliseconds to wait before try number `attempt` (from 1): doubling, half of it by chance. */
export const backoff = (attempt: number, random: () => number, { firstMs = 200, longestMs = 10_000 } = {}) =>
  (Math.min(firstMs * 2 ** (attempt - 1), longestMs) * (1 + random())) / 2

/**
 * Makes a call until it succeeds, fails for good, or has failed often enough. Reads are repeated after 429, 5xx and broken
 * connections; writes only where the server cannot have acted: 429, 503 with Retry-After, a connection never made.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  attempts: Attempts,
  { clock, random }: Pick<LiveHost, 'clock' | 'random'>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt >= tries || !(error instanceof ApiError) || !mayRepeat(error, attempts)) throw error
      const asked = askedMs(error)
      if (asked > longestWaitMs) throw error
      await clock.sleep(Math.max(asked, backoff(attempt, random)), attempts.signal)
    }
  }
}

function mayRepeat(error: ApiError, { reads, answeredBefore }: Attempts): boolean {
  if (error instanceof ConnectionError) return error.passing && (error.ambiguous ? reads : answeredBefore())
  if (error.status === 429) return !forbiddenByBudget(error)
  return reads ? [500, 502, 503, 504].includes(error.status) : error.status === 503 && askedMs(error) > 0
}

/** How long the server asks to be left alone. */
const askedMs = ({ details }: ApiError) => (details?.retryAfterSeconds ?? 0) * 1000
