import type { IncomingMessage, ServerResponse } from 'node:http'

/** Whether anybody uses a server: which requests are open, and when the last one ended. */
export class Activity {
  readonly #now: () => number
  #open = 0
  #last: number

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
    this.#last = now()
  }

  /** Follows a request to its end. One that only asks whether the server is there says nothing of its use. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/readyz') return
    this.#open += 1
    response.once('close', () => {
      this.#open -= 1
      this.#last = this.#now()
    })
  }

  /** Milliseconds since the last request ended; 0 while one is open. */
  idle(): number {
    return this.#open > 0 ? 0 : this.#now() - this.#last
  }
}
