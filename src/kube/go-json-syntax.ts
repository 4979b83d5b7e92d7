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

class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): void {
    this.#value(0)
    this.#space()
    if (this.#at < this.#text.length) throw this.#fault('after top-level value')
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #fault(where: string): Fault {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) return new Fault('unexpected end of JSON input')
    return new Fault(`invalid character ${shown(String.fromCodePoint(code))} ${where}`)
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#peek())) this.#at++
  }

  #take(chars: RegExp, where: string): void {
    if (!chars.test(this.#peek())) throw this.#fault(where)
    this.#at++
  }

  #value(depth: number): void {
    this.#space()
    const char = this.#peek()
    const word = literals[char]
    if (depth > deepest) throw new Fault('exceeded max depth')
    if (char === '{') this.#object(depth)
    else if (char === '[') this.#array(depth)
    else if (char === '"') this.#string()
    else if (word !== undefined) this.#literal(word)
    else if (/[-0-9]/.test(char)) this.#number()
    else throw this.#fault('looking for beginning of value')
  }

  #object(depth: number): void {
    this.#at++
    this.#space()
    if (this.#peek() === '}') return void this.#at++
    for (;;) {
      this.#space()
      if (this.#peek() !== '"') throw this.#fault('looking for beginning of object key string')
      this.#string()
      this.#space()
      this.#take(/:/, 'after object key')
      this.#value(depth + 1)
      this.#space()
      const ends = this.#peek() === '}'
      this.#take(/[,}]/, 'after object key:value pair')
      if (ends) return
    }
  }

  #array(depth: number): void {
    this.#at++
    this.#space()
    if (this.#peek() === ']') return void this.#at++
    for (;;) {
      this.#value(depth + 1)
      this.#space()
      const ends = this.#peek() === ']'
      this.#take(/[,\]]/, 'after array element')
      if (ends) return
    }
  }

  #string(): void {
    for (this.#at++; this.#peek() !== '"'; this.#at++) {
      if (this.#peek() === '' || this.#peek() < ' ') throw this.#fault('in string literal')
      if (this.#peek() !== '\\') continue
      this.#at++
      if (!/["\\/bfnrtu]/.test(this.#peek())) throw this.#fault('in string escape code')
      if (this.#peek() !== 'u') continue
      for (let digit = 0; digit < 4; digit++) {
        this.#at++
        if (!/[0-9a-fA-F]/.test(this.#peek())) throw this.#fault('in \\u hexadecimal character escape')
      }
    }
    this.#at++
  }

  #literal(word: string): void {
    for (const letter of word) {
      if (this.#peek() !== letter) throw this.#fault(`in literal ${word} (expecting '${letter}')`)
      this.#at++
    }
  }

  #digits(where: string): void {
    this.#take(/[0-9]/, where)
    while (/[0-9]/.test(this.#peek())) this.#at++
  }

  #number(): void {
    if (this.#peek() === '-') this.#at++
    if (this.#peek() === '0') this.#at++
    else this.#digits('in numeric literal')
    if (this.#peek() === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (!/[eE]/.test(this.#peek())) return
    this.#at++
    if (/[-+]/.test(this.#peek())) this.#at++
    this.#digits('in exponent of numeric literal')
  }
}

/** Go's error for a text that is no JSON document, or undefined for one that is. Mirrors the scanner of encoding/json. */
export function goJsonSyntaxError(text: string): string | undefined {
  try {
    new Scanner(text).document()
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error.message
    if (error instanceof RangeError) return 'exceeded max depth'
    throw error
  }
}
