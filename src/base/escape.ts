/**
 * Characters that do something to a terminal, or to the reader, instead of being read: controls (C0, DEL, C1), line and
 * paragraph separators, what changes the direction of text (bidirectional marks, embeddings, overrides and isolates, with
 * the deprecated ones), annotations, the byte order mark, and invisible tags. Tab and newline are none of them.
 */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g

const harmless = /^[\x20-\x7e]*$/

/**
 * Text from a file or a cluster, made harmless: what a terminal would act on, or a reader could not see, is shown as `\x1b` or
 * `\u202e`. Tab and newline stay; use {@link escapeLine} where one line is promised. Whatever kds writes passes this at
 * the edge (`cli/edge.ts`); inside it serves only to know beforehand how wide a text will be.
 */
export function escapeText(text: string): string {
  return text.replace(unsafe, visible)
}

/** As {@link escapeText}, and tab and newline are shown as `\t` and `\n`. */
export function escapeLine(text: string): string {
  // Nearly every cell of a table of thousands of rows.
  if (harmless.test(text)) return text
  return escapeText(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t')
}

/** JSON text as the same document, with what {@link escapeText} makes visible written as `\u009b`. */
export function escapeJson(json: string): string {
  return json.replace(unsafe, (found) => found.split('').map(unit).join(''))
}

/** A code unit as JSON and Go write it. */
const unit = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (char === '\r') return '\\r'
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? unit(char) : `\\U${code.toString(16).padStart(8, '0')}`
}
