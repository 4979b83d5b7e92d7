import { clipped, displayWidth } from '#base/width.ts'
import type { OutputStream } from './context.ts'

const csi = '\u001b['
const beginUpdate = `${csi}?2026h`
const endUpdate = `${csi}?2026l`

/**
 * A few lines at the end of a terminal that are drawn again and again in place: all of them where one has changed, as somebody
 * may have typed into them, in one piece and as one update where the terminal knows how, so nothing flickers. The cursor stays
 * visible below the lines: there is nothing to restore, however the process ends.
 */
export class LiveScreen {
  readonly #stream: OutputStream
  /** What was given, and what became of it on this many columns. */
  #given: readonly string[] = []
  #shown: readonly string[] = []
  #columns = 0

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  /** Shows these lines instead of those of the last call. */
  draw(lines: readonly string[]): void {
    const { columns } = this.#stream
    const same = columns === this.#columns
    const next = lines.map((line, at) =>
      same && line === this.#given[at]
        ? (this.#shown[at] ?? '')
        : clipped(this.#stream.escaped(line), columns),
    )
    this.#given = lines
    this.#columns = columns
    if (same && next.length === this.#shown.length && next.every((line, at) => line === this.#shown[at]))
      return
    // Where the terminal became narrower, an old line takes more rows than one.
    const rows = this.#shown.map((line) => (same ? 1 : Math.max(1, Math.ceil(displayWidth(line) / columns))))
    const height = rows.reduce((sum, count) => sum + count, 0)
    const up = height > 0 ? `\r${csi}${height}A` : ''
    const body = next.map((line) => `\r${line}${csi}K\r\n`).join('')
    const rest = next.length < height ? `${csi}J` : ''
    this.#stream.draw(`${beginUpdate}${up}${body}${rest}${endUpdate}`)
    this.#shown = next
  }

  /** Takes the lines away. */
  clear(): void {
    this.draw([])
  }
}
