interface Wait {
  readonly delay: number
  readonly since: number
}

/** Per node: how long to wait before the next failed pod is replaced, and since when. */
export type FailedPodsBackoff = ReadonlyMap<string, Wait>

const firstDelay = 1000
const longestDelay = 15 * 60 * 1000

/**
 * Waiting between replacements of failed pods on one node: 1 s, doubled each time, 15 min at most, forgotten after twice
 * that time; client-go's `flowcontrol.Backoff` as the controller sets it up.
 */
export class BackOff {
  /** What the next sync has to know. */
  waits: FailedPodsBackoff
  /** The earliest moment at which a pod may be replaced that had to wait. */
  retryAt: number | undefined
  readonly #now: number
  #changed: Map<string, Wait> | undefined

  constructor(waits: FailedPodsBackoff, now: number) {
    this.waits = waits
    this.#now = now
  }

  /** May a failed pod on the node be replaced now? If so, the next one there has to wait for longer. */
  mayReplace(node: string): boolean {
    const now = this.#now
    const entry = this.waits.get(node)
    const expired = entry !== undefined && now - entry.since > 2 * longestDelay
    if (entry && !expired && now - entry.since < entry.delay) {
      this.retryAt = Math.min(this.retryAt ?? Number.POSITIVE_INFINITY, entry.since + entry.delay)
      return false
    }
    const delay = entry && !expired ? Math.min(entry.delay * 2, longestDelay) : firstDelay
    this.#changed ??= new Map(this.waits)
    this.waits = this.#changed.set(node, { delay, since: now })
    return true
  }
}
