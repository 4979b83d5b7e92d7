/** Values as Go's `fmt`, `strconv` and `encoding/json` write them: texts of the API server and of kubectl hold them. */
import { isObject, type Json } from '#base/json.ts'

/** Characters that Go's strconv.Quote leaves as they are; made on first use, because such sets take their time. */
let printable: RegExp | undefined
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
  printable ??= /\p{L}|\p{M}|\p{N}|\p{P}|\p{S}| /u
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

/** A JSON value as Go's `%v` prints it: `map[a:1 b:[x y]]`. */
export function goPrint(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`
  if (!isObject(value)) return String(value)
  const keys = Object.keys(value).sort()
  return `map[${keys.map((key) => `${key}:${goPrint(value[key])}`).join(' ')}]`
}

/** The type of a JSON value as the errors of Go's decoder name it: `json: cannot unmarshal array into …`. */
export function goKind(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** JSON as Go's encoder writes a struct: fields as they stand, no spaces; `<`, `>`, `&`, U+2028 and U+2029 escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** JSON as Go's encoder writes a map: as {@link goJson}, all keys sorted by their bytes. */
export function goMapJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goMapJson).join(',')}]`
  if (!isObject(value)) return goJson(value)
  const fields = Object.keys(value).sort(byBytes)
  return `{${fields.map((key) => `${goJson(key)}:${goMapJson(value[key] ?? null)}`).join(',')}}`
}

/** Sorts as UTF-8 bytes do; JavaScript's own order differs for characters beyond the basic plane. */
export function byBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const left = a.codePointAt(i) ?? 0
    const right = b.codePointAt(i) ?? 0
    if (left !== right) return left - right
  }
  return a.length - b.length
}
