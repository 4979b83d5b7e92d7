/** Per node: how long to wait before the next failed pod is replaced, and since when. */
export type FailedPodsBackoff = ReadonlyMap<string, { readonly delay: number; readonly since: number }>

const firstDelay = 1000
const longestDelay = 15 * 60 * 1000

/**
 * Waiting between replacements of failed pods on one node: 1 s, doubled each time, 15 min at most, forgotten after twice
 * that time; client-go's `flowcontrol.Backoff` as the controller sets it up.
 */
export function backOff(waits: FailedPodsBackoff, now: number) {
  const next = new Map(waits)
  let retryAt: number | undefined
  return {
    next,
    retryAt: () => retryAt,
    mayReplace(node: string): boolean {
      const entry = next.get(node)
      const expired = entry !== undefined && now - entry.since > 2 * longestDelay
      if (entry && !expired && now - entry.since < entry.delay) {
        retryAt = Math.min(retryAt ?? Number.POSITIVE_INFINITY, entry.since + entry.delay)
        return false
      }
      const delay = entry && !expired ? Math.min(entry.delay * 2, longestDelay) : firstDelay
      next.set(node, { delay, since: now })
      return true
    },
  }
}
