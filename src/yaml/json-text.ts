import type { Layout, Place } from './layout.ts'

/** Where a text stops being JSON, and why. */
export interface JsonProblem {
  readonly offset: number
  readonly message: string
}

const space = /[ \t\r\n]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y
const scalar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null/y

/** As deep as Go's encoding/json goes. */
const maxDepth = 10_000

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

export const skipSpace = (text: string, at: number) => skip(space, text, at)

/** The end of the JSON value that starts at `start`, or what is wrong with it. Needs no stack. */
export function scanJson(
  text: string,
  start: number,
  onKey: (offset: number, end: number, depth: number, first: boolean) => void = () => {},
): number | JsonProblem {
  const open: string[] = []
  let at = skipSpace(text, start)
  let expectKey = false
  let first = false
  for (;;) {
    if (expectKey) {
      const key = skip(string, text, at)
      if (key < 0) return problem(text, at, 'a key in double quotes is expected')
      onKey(at, key, open.length, first)
      first = false
      at = skipSpace(text, key)
      if (text[at] !== ':') return problem(text, at, 'a `:` is expected after the key')
      at = skipSpace(text, at + 1)
      expectKey = false
    }
    const char = text[at]
    if (char === '{' || char === '[') {
      const close = char === '{' ? '}' : ']'
      const inside = skipSpace(text, at + 1)
      if (text[inside] !== close) {
        if (open.push(close) > maxDepth) return { offset: at, message: `nested more than ${maxDepth} deep` }
        at = inside
        expectKey = char === '{'
        first = expectKey
        continue
      }
      at = inside + 1
    } else {
      const end = skip(char === '"' ? string : scalar, text, at)
      if (end < 0)
        return problem(text, at, char === '"' ? 'a string that is not closed' : 'a value is expected')
      at = end
    }
    const next = afterValue(text, at, open)
    if (typeof next === 'object') return next
    if (open.length === 0) return next
    at = next
    expectKey = open[open.length - 1] === '}'
  }
}

/** The offsets of keys that their object has already had; JSON.parse lets the last one count, as kubectl does. */
export function duplicateKeys(text: string, start: number): { name: string; offset: number }[] {
  const found: { name: string; offset: number }[] = []
  const seen: Set<string>[] = []
  scanJson(text, start, (offset, end, depth, first) => {
    if (first) seen[depth] = new Set()
    const name = text.slice(offset + 1, end - 1)
    if (seen[depth]?.has(name)) found.push({ name, offset })
    seen[depth]?.add(name)
  })
  return found
}

/** Steps over closing brackets up to the next comma. */
function afterValue(text: string, start: number, open: string[]): number | JsonProblem {
  let at = start
  while (open.length > 0) {
    const close = open[open.length - 1] ?? ''
    at = skipSpace(text, at)
    if (text[at] === ',') return skipSpace(text, at + 1)
    if (text[at] !== close) return problem(text, at, `a \`,\` or \`${close}\` is expected`)
    open.pop()
    at++
  }
  return at
}

/** The beginning of a value that goes on past the end of the text. */
const cutOff = /(?:"[^\n]*|[a-z]{1,4}|-|)\s*$/y

function problem(text: string, at: number, expected: string): JsonProblem {
  if (skip(cutOff, text, at) >= 0)
    return { offset: text.length, message: 'the JSON ends too early: it is cut off' }
  return { offset: at, message: expected }
}

/** The positions of a JSON document that is known to be valid; a node is the offset of its first character. */
export class JsonLayout implements Layout<number> {
  private readonly text: string
  private readonly start: number
  private readonly known = new Map<number, ReadonlyMap<string | number, Place<number>> | undefined>()

  constructor(text: string, start: number) {
    this.text = text
    this.start = skipSpace(text, start)
  }

  root(): Place<number> {
    return { key: undefined, value: this.start, ref: this.start }
  }

  children(ref: number): ReadonlyMap<string | number, Place<number>> | undefined {
    if (!this.known.has(ref)) this.known.set(ref, this.read(ref))
    return this.known.get(ref)
  }

  private read(ref: number): Map<string | number, Place<number>> | undefined {
    const isMap = this.text[ref] === '{'
    if (!isMap && this.text[ref] !== '[') return undefined
    const found = new Map<string | number, Place<number>>()
    let at = skipSpace(this.text, ref + 1)
    while (this.text[at] !== '}' && this.text[at] !== ']') {
      const key = at
      let name: string | number = found.size
      if (isMap) {
        const end = skip(string, this.text, at)
        name = String(JSON.parse(this.text.slice(at, end)))
        at = skipSpace(this.text, skipSpace(this.text, end) + 1)
      }
      found.set(name, { key: isMap ? key : undefined, value: at, ref: at })
      at = skipSpace(this.text, skipValue(this.text, at))
      if (this.text[at] === ',') at = skipSpace(this.text, at + 1)
    }
    return found
  }
}

/** The end of a value of which is known that it is valid. */
function skipValue(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return skip(string, text, start)
  if (first !== '{' && first !== '[') return skip(scalar, text, start)
  let depth = 0
  for (let at = start; ; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x22) at = endOfString(text, at)
    else if (char === 0x7b || char === 0x5b) depth++
    else if ((char === 0x7d || char === 0x5d) && --depth === 0) return at + 1
  }
}

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let before = at - 1
    while (text.charCodeAt(before) === 0x5c) before--
    if ((at - before) % 2 === 1) return at
  }
}
