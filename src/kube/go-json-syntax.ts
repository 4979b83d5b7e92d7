/** What Go's encoding/json says of a text that is no JSON. */

const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }
const deepest = 10_000

/** Thrown inside this file only. */
class Fault {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** The character at fault as Go shows it: a byte, taken for a character. */
function shown(char: string): string {
  const byte = new TextEncoder().encode(char)[0] ?? 0
  if (char === "'") return `'\\''`
  if (byte >= 0x20 && byte !== 0x7f && !(byte >= 0x80 && byte < 0xa0) && byte !== 0xad)
    return `'${char === '\\' ? '\\\\' : String.fromCharCode(byte)}'`
  const named = { 7: 'a', 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r' }[byte]
  const hex = byte.toString(16)
  return `'\\${named ?? (byte < 0x80 ? `x${hex.padStart(2, '0')}` : `u${hex.padStart(4, '0')}`)}'`
}

/** Reads a document to its end. @throws Fault */
function scan(text: string): void {
  let at = 0
  value(0)
  space()
  if (at < text.length) throw faultAt('after top-level value')

  function peek(): string {
    return text[at] ?? ''
  }

  function faultAt(where: string): Fault {
    const code = text.codePointAt(at)
    if (code === undefined) return new Fault('unexpected end of JSON input')
    return new Fault(`invalid character ${shown(String.fromCodePoint(code))} ${where}`)
  }

  function space(): void {
    while (/[ \t\r\n]/.test(peek())) at++
  }

  function take(chars: RegExp, where: string): void {
    if (!chars.test(peek())) throw faultAt(where)
    at++
  }

  function value(depth: number): void {
    space()
    const char = peek()
    const word = literals[char]
    if (depth > deepest) throw new Fault('exceeded max depth')
    if (char === '{') object(depth)
    else if (char === '[') array(depth)
    else if (char === '"') string()
    else if (word !== undefined) literal(word)
    else if (/[-0-9]/.test(char)) number()
    else throw faultAt('looking for beginning of value')
  }

  function object(depth: number): void {
    at++
    space()
    if (peek() === '}') return void at++
    for (;;) {
      space()
      if (peek() !== '"') throw faultAt('looking for beginning of object key string')
      string()
      space()
      take(/:/, 'after object key')
      value(depth + 1)
      space()
      const ends = peek() === '}'
      take(/[,}]/, 'after object key:value pair')
      if (ends) return
    }
  }

  function array(depth: number): void {
    at++
    space()
    if (peek() === ']') return void at++
    for (;;) {
      value(depth + 1)
      space()
      const ends = peek() === ']'
      take(/[,\]]/, 'after array element')
      if (ends) return
    }
  }

  function string(): void {
    for (at++; peek() !== '"'; at++) {
      if (peek() === '' || peek() < ' ') throw faultAt('in string literal')
      if (peek() !== '\\') continue
      at++
      if (!/["\\/bfnrtu]/.test(peek())) throw faultAt('in string escape code')
      if (peek() !== 'u') continue
      for (let digit = 0; digit < 4; digit++) {
        at++
        if (!/[0-9a-fA-F]/.test(peek())) throw faultAt('in \\u hexadecimal character escape')
      }
    }
    at++
  }

  function literal(word: string): void {
    for (const letter of word) {
      if (peek() !== letter) throw faultAt(`in literal ${word} (expecting '${letter}')`)
      at++
    }
  }

  function digits(where: string): void {
    take(/[0-9]/, where)
    while (/[0-9]/.test(peek())) at++
  }

  function number(): void {
    if (peek() === '-') at++
    if (peek() === '0') at++
    else digits('in numeric literal')
    if (peek() === '.') {
      at++
      digits('after decimal point in numeric literal')
    }
    if (!/[eE]/.test(peek())) return
    at++
    if (/[-+]/.test(peek())) at++
    digits('in exponent of numeric literal')
  }
}

/** Go's error for a text that is no JSON document, or undefined for one that is. Mirrors the scanner of encoding/json. */
export function goJsonSyntaxError(text: string): string | undefined {
  try {
    scan(text)
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error.message
    if (error instanceof RangeError) return 'exceeded max depth'
    throw error
  }
}
