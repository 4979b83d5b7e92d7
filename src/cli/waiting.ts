import { clipped } from '#base/width.ts'
import type { Clock, OutputStream, Waiting } from './context.ts'
import type { Spinner } from './spinner.ts'

/** How long the network may take before a person is told what is waited for. */
export const waitingMs = 300

/** What the spinner takes of a row, with a column left free at its end. */
const spinnerColumns = 3

/** What a person needs to see a spinner: a terminal that can erase it, and eyes. */
interface Onlooker {
  readonly stderr: OutputStream
  readonly clock: Clock
  /** Paints the spinner. */
  readonly paint: (text: string) => string
}

/**
 * Tells what is waited for once that takes longer than {@link waitingMs}, on a line of stderr that is erased before anything
 * else is written. The spinner is loaded only then.
 */
export class WaitingLine implements Waiting {
  readonly #onlooker: Onlooker | undefined
  readonly #calls = new Set<{ readonly doing: string; readonly what: string; count: number }>()
  /** Aborted when the line is to go, or not to come. */
  #turn: AbortController | undefined
  #spinner: Spinner | undefined
  /** How many have the terminal to themselves. */
  #others = 0

  /** @param onlooker undefined where nobody sees it, as on a pipe */
  constructor(onlooker: Onlooker | undefined) {
    this.#onlooker = onlooker
  }

  async during<T>(
    doing: string,
    what: string,
    work: (progress: (count: number) => void) => Promise<T>,
  ): Promise<T> {
    const call = { doing, what, count: 0 }
    this.#calls.add(call)
    this.#begin()
    this.#tell()
    try {
      return await work((count) => {
        call.count = count
        this.#tell()
      })
    } finally {
      this.#calls.delete(call)
      this.#tell()
    }
  }

  /** Something else is about to be written: the line goes. It comes back where the wait goes on for as long again. */
  stepAside(): void {
    this.#turn?.abort()
    this.#spinner?.stop()
    this.#turn = this.#spinner = undefined
    this.#begin()
  }

  end(): void {
    this.#others++
    this.stepAside()
  }

  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.end()
    try {
      return await work()
    } finally {
      this.#others--
      this.#begin()
    }
  }

  #begin(): void {
    if (this.#others > 0 || !this.#onlooker || this.#turn || this.#calls.size === 0) return
    this.#turn = new AbortController()
    void this.#show(this.#onlooker, this.#turn.signal)
  }

  async #show({ stderr, clock, paint }: Onlooker, gone: AbortSignal): Promise<void> {
    await clock.sleep(waitingMs, gone).catch(() => {})
    if (gone.aborted) return
    const { Spinner } = await import('./spinner.ts')
    if (gone.aborted) return
    this.#spinner = new Spinner(stderr, paint)
    this.#tell()
  }

  /** What has come meanwhile stays on the line until something else does. */
  #tell(): void {
    const [first, ...others] = this.#calls
    if (!first || !this.#onlooker || !this.#spinner) return
    const { escaped, columns } = this.#onlooker.stderr
    const parts = [first, ...others.filter(({ doing }) => doing === first.doing)].map(({ what, count }) =>
      count > 0 ? `${what} ${count.toLocaleString('en-US')}` : what,
    )
    const text = escaped(`${first.doing} ${[...new Set(parts)].join(', ')}...`)
    this.#spinner.show(clipped(text, columns - spinnerColumns))
  }
}
