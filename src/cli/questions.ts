import type { Context } from './context.ts'

/** Questions to the person at the terminal, asked on stderr. */
export interface Asker {
  /** The line that is typed, without its end; undefined when the input ends. Rejects when the user interrupts. */
  line(question: string): Promise<string | undefined>
  /** Gives up stdin. */
  close(): void
}

/** True when there is somebody to ask. */
export const somebodyIsThere = ({ stdin, stderr, stdout }: Context) =>
  stdin.isTerminal && stdout.isTerminal && stderr.isTerminal

export function asker({ stdin, stderr, interrupts }: Context): Asker {
  const signal = interrupts()
  const decoder = new TextDecoder()
  let input: AsyncIterator<Uint8Array> | undefined
  let pending = ''
  const aborted = () =>
    new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason)
      else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  return {
    async line(question) {
      stderr.write(question)
      input ??= stdin[Symbol.asyncIterator]()
      try {
        for (;;) {
          const end = pending.indexOf('\n')
          if (end >= 0) {
            const line = pending.slice(0, end).replace(/\r$/, '')
            pending = pending.slice(end + 1)
            return line
          }
          const next = await Promise.race([aborted(), input.next()])
          signal.throwIfAborted()
          if (next.done) break
          pending += decoder.decode(next.value, { stream: true })
        }
      } catch (error) {
        stderr.write('\n')
        throw error
      }
      stderr.write('\n')
      const rest = pending
      pending = ''
      return rest === '' ? undefined : rest
    },
    close() {
      if (input) stdin.destroy?.()
    },
  }
}

/** Asks for a yes; anything else is a no. */
export async function confirmed(ask: Asker, question: string): Promise<boolean> {
  return /^y(es)?$/i.test(((await ask.line(`${question} (y/N) `)) ?? '').trim())
}
