import { clipped, displayWidth } from '#base/width.ts'
import type { OutputStream } from './context.ts'

const csi = '\u001b['
const beginUpdate = `${csi}?2026h`
const endUpdate = `${csi}?2026l`

/**
 * A few lines at the end of a terminal that are drawn again and again in place. Only lines that changed are written, in one
 * piece and as one update where the terminal knows how, so nothing flickers. The cursor stays visible below the lines:
 * there is nothing to restore, however the process ends.
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
    // After the terminal became narrower the old lines take more rows than one: all is drawn anew.
    const rows = same ? [] : this.#shown.map((line) => Math.max(1, Math.ceil(displayWidth(line) / columns)))
    const intact = rows.every((count) => count === 1)
    const height = same ? this.#shown.length : rows.reduce((sum, count) => sum + count, 0)
    const unchanged = (line: string, at: number) => intact && line === this.#shown[at]
    if (next.length === this.#shown.length && next.every(unchanged)) return
    const up = height > 0 ? `\r${csi}${height}A` : ''
    const body = next.map((line, at) => (unchanged(line, at) ? '\r\n' : `\r${line}${csi}K\r\n`)).join('')
    const rest = next.length < height ? `${csi}J` : ''
    this.#stream.draw(`${beginUpdate}${up}${body}${rest}${endUpdate}`)
    this.#shown = next
  }

  /** Takes the lines away. */
  clear(): void {
    this.draw([])
  }
}
