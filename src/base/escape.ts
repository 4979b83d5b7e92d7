// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * Text from a file or a cluster, made harmless for a terminal: control characters and bidirectional overrides are shown
 * as `\x1b` or `\u202e`. Tab and newline stay; use {@link escapeLine} where one line is promised.
 */
export function escapeText(text: string): string {
  return text.replace(unsafe, visible)
}

/** As {@link escapeText}, and tab and newline are shown as `\t` and `\n`. */
export function escapeLine(text: string): string {
  return escapeText(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t')
}

/** JSON text as the same document, with what {@link escapeText} makes visible written as `\u009b`. */
export function escapeJson(json: string): string {
  return json.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function visible(char: string): string {
  const code = char.charCodeAt(0)
  if (char === '\r') return '\\r'
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
