import stringWidth from 'fast-string-width'

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
const colours = /(\u001b\[[0-9;]*m)/
/** Nearly all that kds prints: a column for each. */
const ascii = /^[\x20-\x7e]*$/
/** Take no column: joiners and spaces of no width, and what holds text from right to left together. */
const unseen = /[\u200b\u200c\u2068\u2069]/g

/** How many columns a text takes on a terminal: none for colours and combining marks, two for a wide character. */
export function displayWidth(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text.replace(unseen, ''))
}

/** A text without colours in pieces that take at most `columns`, cut between characters as a reader sees them. */
export function* pieces(text: string, columns: number): Generator<string> {
  if (ascii.test(text)) {
    for (let at = 0; at < text.length; at += columns) yield text.slice(at, at + columns)
    return
  }
  const segmenter = new Intl.Segmenter()
  // The segmenter's time grows with the square of the text, so it is shown a little at a time.
  const shown = 64 + columns * 4
  for (let at = 0; at < text.length; ) {
    const ahead = text.slice(at, at + shown)
    const end = fitting(segmenter.segment(ahead), columns, at + shown >= text.length) || ahead.length
    yield ahead.slice(0, end)
    at += end
  }
}

/** Where to cut so that what is before takes at most `columns`; 0 for nowhere. The last character may go on unless it is `complete`. */
function fitting(characters: Intl.Segments, columns: number, complete: boolean): number {
  let width = 0
  let last = 0
  for (const { index, segment } of characters) {
    width += displayWidth(segment)
    if (width > columns && index > 0) return index
    last = index
  }
  return complete ? 0 : last
}

/** The text cut to `columns`, with `…` where something is missing. Colours are kept, those that end what is cut off, too. */
export function clipped(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let out = ''
  let room = columns - 1
  // Every second part is a colour.
  const parts = text.split(colours)
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0 && displayWidth(part) > room) {
      const [start = ''] = room > 0 ? pieces(part, room) : []
      const shown = displayWidth(start) > room ? '' : start
      const ends = i > 0 ? parts.filter((_, at) => at > i && at % 2 === 1) : []
      return `${out}${shown}…${ends.join('')}`
    }
    out += part
    room -= displayWidth(part)
  }
  return out
}
