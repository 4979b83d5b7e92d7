import type { OutputStream } from './context.ts'

const csi = '\u001b['
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours
const colours = /\u001b\[[0-9;]*m/g
const beginUpdate = `${csi}?2026h`
const endUpdate = `${csi}?2026l`
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** How many columns a text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const char of text.replace(colours, '')) width += /\p{M}/u.test(char) ? 0 : wide.test(char) ? 2 : 1
  return width
}

/** The text cut to `columns`, with `…` where something is missing. Colours are kept, and ended where they are cut. */
export function clipped(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let out = ''
  let width = 0
  let coloured = false
  const parts = [...text.matchAll(colours)].map((match) => ({ at: match.index, code: match[0] }))
  for (let at = 0; at < text.length; ) {
    const colour = parts.find((part) => part.at === at)
    if (colour) {
      out += colour.code
      at += colour.code.length
      coloured = true
      continue
    }
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0)
    const next = displayWidth(char)
    if (width + next > columns - 1) break
    out += char
    width += next
    at += char.length
  }
  return `${out}…${coloured ? `${csi}0m` : ''}`
}

/**
 * A few lines at the end of a terminal that are drawn again and again in place. Only lines that changed are written, in one
 * piece and as one update where the terminal knows how, so nothing flickers. The cursor stays visible below the lines:
 * there is nothing to restore, however the process ends.
 */
export class LiveScreen {
  readonly #stream: OutputStream
  #shown: readonly string[] = []

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  /** Shows these lines instead of those of the last call. */
  draw(lines: readonly string[]): void {
    const { columns } = this.#stream
    const next = lines.map((line) => clipped(this.#stream.escaped(line), columns))
    const rows = this.#shown.map((line) => Math.max(1, Math.ceil(displayWidth(line) / columns)))
    // After the terminal became narrower the old lines take more rows than one: all is drawn anew.
    const intact = rows.every((count) => count === 1)
    const height = rows.reduce((sum, count) => sum + count, 0)
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
