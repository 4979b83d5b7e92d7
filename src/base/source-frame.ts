import type { Location } from './errors.ts'
import { escapeLine } from './escape.ts'
import type { Style } from './style.ts'
import { displayWidth } from './width.ts'

const shownWidth = 160

/** The line of a location with a caret under the column; one of more than `most` characters is cut around it. */
export function sourceFrame(
  { line, column, text, textFrom = 1 }: Location,
  style: Style,
  most = shownWidth,
): string[] {
  if (text === undefined) return []
  const at = column - textFrom
  const from = column > most - 20 ? Math.max(0, at - Math.floor(most * 0.37)) : 0
  const before = escapeLine(text.slice(from, at))
  const after = escapeLine(text.slice(at, from + most))
  const number = String(line)
  const gutter = ' '.repeat(number.length)
  const cut = from > 0 ? '…' : ''
  return [
    style.dim(`  ${number} | `) + cut + before + after,
    style.dim(`  ${gutter} | `) + ' '.repeat(displayWidth(cut + before)) + style.accent('^'),
  ]
}
