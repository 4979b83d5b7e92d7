import { escapeText } from '#base/escape.ts'
import { isolated } from '#base/right-to-left.ts'
import { inAscii } from './ascii.ts'
import type { OutputStream } from './context.ts'

/** A colour or weight (SGR) as chalk writes it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours
const colour = /\u001b\[([\d;]+)m/g

/**
 * Where text leaves kds. Names, labels and messages come from files and clusters, and nobody who writes there may move the
 * cursor, colour a line or reverse it. So all that is written is escaped here, in one place, and no view has to think of it.
 *
 * Our own colours must pass. They are told from others by a seal, a number that is drawn anew for each call of kds and that
 * no text from outside can know: `ESC[SEAL;1m` in between, `ESC[1m` on the way out.
 */
export class Edge {
  readonly #sealed: RegExp
  readonly #seal: string

  /** @param random Gives a number from 0 to 1, as `Math.random` does. */
  constructor(random: () => number) {
    // In groups of four digits: what measures the width of text knows no longer ones.
    const digits = () => String(1000 + Math.floor(random() * 9000))
    this.#seal = Array.from({ length: 3 }, digits).join(';')
    this.#sealed = new RegExp(`\\u001b\\[${this.#seal};([\\d;]+)m`)
  }

  /** Text as it may leave kds: what is sealed is a colour, any other escape is shown. */
  readonly escaped = (text: string): string => {
    // Splitting by a group puts what the group holds between the parts.
    const parts = text.split(this.#sealed)
    return parts.length === 1
      ? escapeText(text)
      : parts.map((part, at) => (at % 2 === 0 ? escapeText(part) : `\u001b[${part}m`)).join('')
  }

  /** Text that a colour is put around by `paint`, such that it passes {@link escaped}. */
  painted(paint: (text: string) => string, text: string): string {
    return paint(this.escaped(text)).replace(colour, `\u001b[${this.#seal};$1m`)
  }

  /**
   * The stream with all that is written to it escaped, on a terminal with names that are written from right to left held
   * together, and in ASCII where that is wanted.
   */
  guard(stream: RawStream, { ascii = false, drawn, written }: GuardOptions = {}): OutputStream {
    const escaped = stream.isTerminal ? (text: string) => isolated(this.escaped(text)) : this.escaped
    const encoded = ascii ? inAscii : (text: string) => text
    return {
      write: (text) => {
        written?.()
        stream.write(encoded(escaped(text)))
      },
      draw: (controls) => {
        drawn?.()
        stream.write(encoded(controls))
      },
      taken: async () => stream.taken?.(),
      escaped,
      isTerminal: stream.isTerminal,
      get columns() {
        return stream.columns
      },
      get rows() {
        return stream.rows
      },
    }
  }
}

interface GuardOptions {
  /** What kds draws is drawn in ASCII. */
  readonly ascii?: boolean
  /** Called before anything is written. */
  readonly written?: () => void
  /** Called before anything is drawn. */
  readonly drawn?: () => void
}

/** A stream that writes what it is given. */
export type RawStream = Pick<OutputStream, 'write' | 'isTerminal' | 'columns' | 'rows'> &
  Partial<Pick<OutputStream, 'taken'>>
