import type { Cancel, SandboxClock } from '../clock.ts'

/**
 * Keys that wait to be handled. A key that waits already is not added again, so a burst of changes is one piece of work.
 */
export class WorkQueue {
  readonly #clock: SandboxClock
  readonly #handle: (key: string) => void
  readonly #rest: number
  readonly #waiting = new Map<string, { readonly at: number; readonly cancel: Cancel }>()
  /** Keys that were handled just now, and until when they rest. */
  readonly #resting = new Map<string, number>()

  /** @param rest Milliseconds between two turns of a key: so long a real controller's writes take, and it sees what has changed since all at once. */
  constructor(clock: SandboxClock, handle: (key: string) => void, rest = 0) {
    this.#clock = clock
    this.#handle = handle
    this.#rest = rest
  }

  /** Handles the key `delay` milliseconds from now, or sooner if that is planned already. */
  add(key: string, delay = 0): void {
    const now = this.#clock.now()
    const at = Math.max(now + delay, this.#resting.get(key) ?? 0)
    const waiting = this.#waiting.get(key)
    if (waiting && waiting.at <= at) return
    waiting?.cancel()
    const cancel = this.#clock.schedule(at - now, () => this.#take(key))
    this.#waiting.set(key, { at, cancel })
  }

  #take(key: string): void {
    this.#waiting.delete(key)
    if (this.#rest > 0) {
      this.#resting.set(key, this.#clock.now() + this.#rest)
      this.#clock.schedule(this.#rest, () => this.#resting.delete(key))
    }
    this.#handle(key)
  }
}
