/** Letters that are written from right to left: Hebrew, Arabic and their kin. */
const letters = '\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}'
const any = new RegExp(`[${letters}]`, 'u')
/** Words of them, with single spaces and marks in between; columns of a table stand two spaces apart. */
const words = new RegExp(`[${letters}]+(?:[ \\-_.:,/]?[${letters}]+)*`, 'gu')

/**
 * Text with words from right to left held together (U+2068 FIRST STRONG ISOLATE to U+2069), so that a terminal that turns
 * them round leaves what stands beside them in its column: without, `2/5` behind a Hebrew name would stand before it. Bidi
 * controls of the text itself are to be escaped before.
 */
export const isolated = (text: string): string =>
  any.test(text) ? text.replace(words, (found) => `\u2068${found}\u2069`) : text
