import { isObject, type Json } from '#base/json.ts'
import { isTimestamp, resolvePlain } from './scalars.ts'

/**
 * A value as the KYAML that `kubectl -o kyaml` prints: YAML in flow style with every text quoted, keys only where they would
 * be misread. Begins with `---` and ends with a newline. Mirrors the encoder of sigs.k8s.io/yaml/kyaml.
 */
export const toKyaml = (value: Json): string => `---\n${rendered(value, 0)}\n`

const indentOf = (level: number) => '  '.repeat(level)

function rendered(value: Json, level: number): string {
  if (Array.isArray(value)) return list(value, level)
  if (isObject(value)) return map(value, level)
  return typeof value === 'string' ? quoted(value, level + 1) : String(value)
}

function map(value: Readonly<Record<string, Json>>, level: number): string {
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  const inner = indentOf(level + 1)
  const lines = entries.map(([key, each]) => `${inner}${keyText(key)}: ${rendered(each, level + 1)},\n`)
  return `{\n${lines.join('')}${indentOf(level)}}`
}

/** Lists of maps or lists have their brackets beside one another. */
function list(value: readonly Json[], level: number): string {
  if (value.length === 0) return '[]'
  if (value.every((each) => typeof each === 'object' && each !== null))
    return `[${value.map((each) => rendered(each, level)).join(', ')}]`
  const inner = indentOf(level + 1)
  return `[\n${value.map((each) => `${inner}${rendered(each, level + 1)},\n`).join('')}${indentOf(level)}]`
}

const plainKey = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_\-./]*[\p{L}\p{N}_])?$/u
const misread = /^(?:null|~|true|false|t|f|y|n|yes|no|on|off|[-+]?\.inf|\.nan|[-+]?(?:inf|infinity|nan))$/i

function keyText(key: string): string {
  const guessed =
    misread.test(key) || isTimestamp(key) || typeof resolvePlain(key.replaceAll('_', '')) !== 'string'
  return plainKey.test(key) && !guessed ? key : quoted(key, undefined)
}

const named: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\0': '\\0',
  '\u001b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

/** What Go's `unicode.IsPrint` refuses: all but letters, marks, numbers, punctuation, symbols and the plain space. */
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u

function escaped(char: string): string {
  if (char === '"' || char === '\\') return `\\${char}`
  if (!unprintable.test(char)) return char
  const code = char.codePointAt(0) ?? 0
  const hex = (width: number) => code.toString(16).padStart(width, '0')
  return (
    named[char] ??
    (code < 0x20 || code === 0x7f ? `\\x${hex(2)}` : code < 0x1_00_00 ? `\\u${hex(4)}` : `\\U${hex(8)}`)
  )
}

/** @param level Where further lines of a text of several go; undefined keeps it on one. */
function quoted(text: string, level: number | undefined): string {
  const all = (line: string) => [...line].map(escaped).join('')
  if (level === undefined || !text.includes('\n')) return `"${text.split('\n').map(all).join('\\n')}"`
  const indent = indentOf(level)
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  // A space at the start of a line is escaped, and every other line stands one column further, so that they align.
  const start = (line: string) => (/^\s/u.test(line) ? '\\' : ' ')
  const body = lines.map((line) => `${indent}${start(line)}${all(line)}\\n\\\n`).join('')
  const end = last === '' ? '' : `${indent}${start(last)}${all(last)}\\\n`
  return `"\\\n${body}${end}${indent}"`
}
