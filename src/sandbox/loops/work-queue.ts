import type { Cancel, SandboxClock } from '../clock.ts'

/**
 * Keys that wait to be handled. A key that waits already is not added again, so a burst of changes is one piece of work.
 */
export class WorkQueue {
  readonly #clock: SandboxClock
  readonly #handle: (key: string) => void
  readonly #waiting = new Map<string, { readonly at: number; readonly cancel: Cancel }>()

  constructor(clock: SandboxClock, handle: (key: string) => void) {
    this.#clock = clock
    this.#handle = handle
  }

  /** Handles the key `delay` milliseconds from now, or sooner if that is planned already. */
  add(key: string, delay = 0): void {
    const at = this.#clock.now() + delay
    const waiting = this.#waiting.get(key)
    if (waiting && waiting.at <= at) return
    waiting?.cancel()
    const cancel = this.#clock.schedule(delay, () => {
      this.#waiting.delete(key)
      this.#handle(key)
    })
    this.#waiting.set(key, { at, cancel })
  }
}
