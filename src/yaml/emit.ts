import { isObject, type Json } from '#base/json.ts'
import { byYamlKey } from './key-order.ts'
import { formatFloat64, isTimestamp, resolvePlain } from './scalars.ts'

/** libyaml breaks a line at a space once it is wider than this. */
const bestWidth = 80

/** Longer keys are written as `? key`. */
const maxSimpleKey = 128

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

/** All but what may be written as it is; it needs double quotes. go-yaml would let through what reverses text. */
const special =
  /[^\n\x20-\x7e\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u2070-\ud7ff\ue000-\ufefe\uff00-\ufff8\ufffc\ufffd]/u

/**
 * A value as the YAML that `kubectl -o yaml` prints, character for character: keys sorted, lists not indented below
 * their key, strings quoted and long lines folded where go-yaml does it. Ends with a newline. Mirrors `Marshal` of
 * sigs.k8s.io/yaml, that is the emitter of go-yaml v2.
 */
export function toYaml(value: Json): string {
  return new Emitter().document(value)
}

class Emitter {
  private out = ''
  private lineStart = 0

  document(value: Json): string {
    this.node(value, 0, -1)
    return this.out
  }

  /**
   * Writes a value behind what stands on the line already. `indent` is where the entries of a collection go, `parent`
   * the indentation of the collection around, on which the further lines of a scalar depend.
   */
  private node(value: Json, indent: number, parent: number) {
    if (Array.isArray(value)) {
      if (value.length === 0) this.word('[]')
      else this.list(value, indent)
    } else if (isObject(value)) {
      if (Object.keys(value).length === 0) this.word('{}')
      else this.map(value, indent)
    } else {
      this.scalar(value, parent < 0 ? 2 : parent + 2)
      this.newline()
    }
  }

  private map(map: Readonly<Record<string, Json>>, indent: number) {
    for (const key of Object.keys(map).sort(byYamlKey)) {
      this.indentTo(indent)
      const value = map[key] ?? null
      const simple = key.length <= maxSimpleKey && !key.includes('\n')
      if (!simple) {
        this.out += '? '
        this.scalar(key, indent + 2)
        this.newline()
        this.indentTo(indent)
      } else this.scalar(key, indent + 2, true)
      this.out += ':'
      if (isFilled(value)) {
        this.newline()
        this.node(value, Array.isArray(value) ? indent : indent + 2, indent)
      } else {
        this.out += ' '
        this.node(value, indent + 2, indent)
      }
    }
  }

  private list(list: readonly Json[], indent: number) {
    for (const item of list) {
      this.indentTo(indent)
      this.out += '- '
      this.node(item, indent + 2, indent)
    }
  }

  private scalar(value: string | number | boolean | null, indent: number, isKey = false) {
    if (typeof value !== 'string') this.out += plainText(value)
    else if (value.includes('\n') && !isKey && allowsBlock(value)) this.literal(value, indent)
    else if (value.includes('\n') || special.test(value) || !isString(value))
      this.double(value, indent, isKey)
    else if (allowsPlain(value)) this.folded(value, indent, isKey)
    else this.single(value, indent, isKey)
  }

  private single(value: string, indent: number, isKey: boolean) {
    this.out += "'"
    this.folded(value.replaceAll("'", "''"), indent, isKey, true)
    this.out += "'"
  }

  /** Writes text, with a line break for a lone space wherever the line is too wide already. */
  private folded(value: string, indent: number, isKey: boolean, quoted = false) {
    for (let at = 0; at < value.length; at++) {
      const char = value[at] ?? ''
      const lone = char === ' ' && value[at - 1] !== ' ' && value[at + 1] !== ' '
      const inside = !quoted || (at > 0 && at < value.length - 1)
      if (lone && inside && !isKey && this.column() > bestWidth) this.breakTo(indent)
      else this.out += char
    }
  }

  private double(value: string, indent: number, isKey: boolean) {
    this.out += '"'
    const chars = [...value]
    let afterSpace = false
    chars.forEach((char, at) => {
      if (char !== ' ') {
        this.out += escaped(char)
        afterSpace = false
        return
      }
      const inside = at > 0 && at < chars.length - 1
      if (!isKey && !afterSpace && inside && this.column() > bestWidth) {
        this.breakTo(indent)
        if (chars[at + 1] === ' ') this.out += '\\'
      } else this.out += char
      afterSpace = true
    })
    this.out += '"'
  }

  private literal(value: string, indent: number) {
    this.out += `|${/^[ \n]/.test(value) ? '2' : ''}`
    if (!value.endsWith('\n')) this.out += '-'
    else if (value.endsWith('\n\n') || value === '\n') this.out += '+'
    const lines = value.split('\n')
    if (value.endsWith('\n')) lines.pop()
    for (const line of lines) {
      this.newline()
      if (line !== '') this.indentTo(indent)
      this.out += line
    }
  }

  private word(text: string) {
    this.out += text
    this.newline()
  }

  private breakTo(indent: number) {
    this.newline()
    this.indentTo(indent)
  }

  /** Nothing to do where a list item's `- ` has put the cursor there. */
  private indentTo(indent: number) {
    if (this.column() < indent) this.out += ' '.repeat(indent - this.column())
  }

  private newline() {
    this.out += '\n'
    this.lineStart = this.out.length
  }

  private column(): number {
    return this.out.length - this.lineStart
  }
}

const isFilled = (value: Json) => value !== null && typeof value === 'object' && Object.keys(value).length > 0

function plainText(value: number | boolean | null): string {
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 64
    ? BigInt(value).toString()
    : formatFloat64(value)
}

/** Whether the text would be read back as a string if it stood there unquoted. */
function isString(value: string): boolean {
  return typeof resolvePlain(value) === 'string' && !isTimestamp(value) && !base60.test(value)
}

function allowsBlock(value: string): boolean {
  return !value.endsWith(' ') && !value.includes(' \n') && !special.test(value)
}

function allowsPlain(value: string): boolean {
  if (/^ | $|^---|^\.\.\./.test(value)) return false
  if (/^[#,[\]{}&*!|>'"%@`]/.test(value) || /^[?:-](?:\s|$)/.test(value)) return false
  return !/:(?:\s|$)|\s#/.test(value)
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

function escaped(char: string): string {
  const short = shortEscapes[char]
  if (short !== undefined) return short
  if (!special.test(char)) return char
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16).toUpperCase()
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
