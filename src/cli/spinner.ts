import ora, { type Ora } from 'ora'
import type { OutputStream } from './context.ts'

const csi = '\u001b['

/** A line with a spinner at the cursor of a terminal. It neither hides the cursor nor touches stdin, so nothing needs restoring. */
export class Spinner {
  readonly #ora: Ora

  constructor(stream: OutputStream, paint: (text: string) => string) {
    this.#ora = ora({
      stream: terminal(stream),
      isEnabled: true,
      color: false,
      discardStdin: false,
      hideCursor: false,
    })
    const { frames, interval } = this.#ora.spinner
    this.#ora.spinner = { interval: interval ?? 80, frames: frames.map((one) => stream.escaped(paint(one))) }
  }

  /** Shows a text, which must fit into the row beside the spinner, and goes on turning. */
  show(text: string): void {
    this.#ora.text = text
    if (this.#ora.isSpinning) this.#ora.render()
    else this.#ora.start()
  }

  /** Erases the row. */
  stop(): void {
    this.#ora.stop()
  }
}

/** A terminal as ora wants it. */
function terminal(stream: OutputStream): NodeJS.WriteStream {
  const draw = (controls: string) => {
    stream.draw(controls)
    return true
  }
  const asked = {
    isTTY: true,
    get columns() {
      return stream.columns
    },
    write: draw,
    cursorTo: () => draw('\r'),
    moveCursor: (_right: number, down: number) => draw(`${csi}${-down}A`),
    clearLine: () => draw(`${csi}K`),
  }
  return asked as unknown as NodeJS.WriteStream
}
