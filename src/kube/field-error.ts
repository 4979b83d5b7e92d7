/**
 * The text of a field error as k8s.io/apimachinery `util/validation/field` writes it: `path: Invalid value: "x": why`.
 */

/** Characters that Go's strconv.Quote leaves as they are. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const plain = /^[ !#-[\]-~]*$/
const named: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** A string in quotes as Go's `%q` prints it. */
export function goQuote(text: string): string {
  if (plain.test(text)) return `"${text}"`
  let quoted = ''
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (named[char] !== undefined) quoted += named[char]
    else if (printable.test(char)) quoted += char
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code < 0x10000) quoted += `\\u${code.toString(16).padStart(4, '0')}`
    else quoted += `\\U${code.toString(16).padStart(8, '0')}`
  }
  return `"${quoted}"`
}

/** JSON as Go's encoder writes it: no spaces; `<`, `>`, `&`, U+2028 and U+2029 escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function shown(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  return typeof value === 'object' ? goJson(value) : String(value)
}

/** `field.Invalid`: a value of the right type that breaks a rule. */
export function invalidValue(path: string, value: unknown, detail: string): string {
  return `${path}: Invalid value: ${shown(value)}: ${detail}`
}

/** `field.NotSupported`: a value outside an enumeration. */
export function unsupportedValue(path: string, value: unknown, supported: readonly string[]): string {
  return `${path}: Unsupported value: ${shown(value)}: supported values: ${supported.map(goQuote).join(', ')}`
}

/** Several errors in one text, each once: `[a, b]`, or just `a` (`util/errors.NewAggregate`). */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)]
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`
}
