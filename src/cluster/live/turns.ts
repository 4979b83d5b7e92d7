/** Lets so many at a time go on; the others wait in line. */
export class Turns {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Resolves when it is one's turn, to what gives it up again. @throws the signal's reason when aborted before */
  async take(signal: AbortSignal | undefined): Promise<() => void> {
    if (this.#free > 0) this.#free--
    // Node 20 warns of eleven who listen to one signal: each listens to one of its own.
    else await this.#wait(signal && AbortSignal.any([signal]))
    return () => {
      const [next] = this.#waiting
      if (next) next()
      else this.#free++
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(go)
        reject(signal?.reason)
      }
      const go = () => {
        signal?.removeEventListener('abort', leave)
        this.#waiting.delete(go)
        resolve()
      }
      this.#waiting.add(go)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }
}
