import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { ComposeError, compose } from './compose.ts'
import type { Engine } from './engine.ts'
import { resolvePlain } from './scalars.ts'

/** A collection whose items begin at a column: a list, or a map with the key that was set last. */
interface Frame {
  readonly column: number
  readonly list: Json[] | undefined
  readonly map: JsonObject
  key: string
}

/** What a line says by itself. */
interface Line {
  /** Where it begins, and where its last item or its key does. */
  readonly spaces: number
  readonly column: number
  readonly key: string | undefined
  /** What else stands on it, and what that means if it is all of the value and a simple scalar. */
  readonly rest: string
  readonly value: Json | undefined
  /** Whether it is empty, or a comment. */
  readonly blank: boolean
}

/** Spaces, dashes, a key with its colon, and what else stands on the line. */
const parts = /^( *)((?:- )*)(?:([\w.$][\w./-]*(?::[\w./-]+)*):(?: +(?=\S)|$))?(.*)$/
/** Objects of one kind repeat each other: four of five lines in a dump of nodes. So many different ones are remembered. */
const remembered = 5000
/** What only a whole parser tells: control characters, surrogates, spaces at an end, several documents. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: most of them are forbidden, the others break lines or indent
const unusual = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]| \n|^(?:---|\.\.\.)/m
const indentation = / */y
/** A plain scalar that is the same wherever it stands. */
const plain = /^(?:[^\s?:,[\]{}#&*!|>'"%@`-]|[?:-](?=[^ ,[\]{}]))(?:[^:# ]|:(?! )| (?!#)|(?<! )#)*(?<![: ])$/
const doubleQuoted = /^"[^"\\]*"$/
const singleQuoted = /^'(?:[^']|'')*'$/

const deepest = 100

/** What stands on one line behind a key or a dash, if that is all there is of it and a simple scalar. */
function scalar(text: string): Json | undefined {
  const first = text.charCodeAt(0)
  if (first === 0x22) return doubleQuoted.test(text) ? text.slice(1, -1) : undefined
  if (first === 0x27) return singleQuoted.test(text) ? text.slice(1, -1).replaceAll("''", "'") : undefined
  if (!plain.test(text)) return undefined
  const value = resolvePlain(text)
  return typeof value === 'number' && !Number.isSafeInteger(value) ? undefined : value
}

/** Undefined for a line that is no key, item, comment or empty line, and for a key that only the whole parser can judge. */
function lineOf(text: string): Line | undefined {
  const found = parts.exec(text)
  if (!found) return undefined
  const [, { length: spaces } = '', dashes = '', key, rest = ''] = found
  const bare = key === undefined && rest === '-'
  const blank = !bare && key === undefined && dashes === ''
  if (blank && rest !== '' && rest.charCodeAt(0) !== 0x23) return undefined
  if (key !== undefined && (key === '__proto__' || resolvePlain(key) !== key)) return undefined
  const isOpen = bare || blank || rest === ''
  const column = spaces + dashes.length + (bare ? 2 : 0)
  return { spaces, column, key, rest: isOpen ? '' : rest, value: isOpen ? undefined : scalar(rest), blank }
}

/**
 * The value of a YAML text in blocks with a key or an item a line, as kubectl and most people write it: what js-yaml and
 * {@link compose} make of it, in a quarter of the time that they take when kds has just started. What stands behind a key or a dash
 * and is more than a simple scalar is handed to them. Undefined for a text that they have to read as a whole: one with
 * anchors, tabs, keys that are set twice, or that nobody can read. Without an engine nothing can be handed over: undefined, too.
 */
export function readPlainBlocks(engine: Engine | undefined, text: string): Json | undefined {
  if (unusual.test(text) || !text.endsWith('\n')) return undefined
  try {
    return new Reader(engine, text).read()
  } catch (error) {
    // A line of megabytes is too much for a regular expression.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

class Reader {
  private readonly engine: Engine | undefined
  private readonly text: string
  private readonly frames: Frame[] = []
  private top: Frame | undefined
  private root: Json | undefined
  /** Whether the last line ended with a key or a dash, which may still get a collection. */
  private open = false
  /** Where the next line begins. */
  private at = 0
  private readonly lines = new Map<string, Line>()

  constructor(engine: Engine | undefined, text: string) {
    this.engine = engine
    this.text = text
  }

  read(): Json | undefined {
    const { text } = this
    while (this.at < text.length) {
      const start = this.at
      const line = this.nextLine()
      if (!line) return undefined
      const { column, key, value } = line
      const { top } = this
      const isNext = top?.column === column && line.spaces === column && !top.list
      // Most lines are one more key of the same map, with a simple scalar that ends with the line.
      if (isNext && key !== undefined && value !== undefined && !this.goesOn(column)) {
        if (Object.hasOwn(top.map, key)) return undefined
        top.map[key] = value
        top.key = key
        this.open = false
      } else if (!line.blank && !this.line(line, start)) return undefined
    }
    return this.root
  }

  private nextLine(): Line | undefined {
    const end = this.text.indexOf('\n', this.at)
    const text = this.text.slice(this.at, end)
    this.at = end + 1
    const known = this.lines.get(text)
    if (known) return known
    const line = lineOf(text)
    if (line && this.lines.size < remembered) this.lines.set(text, line)
    return line
  }

  /** Takes a line, and those that its value goes on in. False where it is not as expected. */
  private line(line: Line, start: number): boolean {
    const { column, key, spaces } = line
    this.dedent(spaces, column > spaces)
    for (let at = spaces; at < column; at += 2) if (!this.item(at)) return false
    if (key !== undefined && !this.entry(column, key)) return false
    if (line.rest === '') return true
    const value = this.value(line, start, key === undefined ? column - 2 : column)
    if (value === undefined) return false
    this.set(value)
    this.open = false
    return true
  }

  /** Ends the collections that a line is not part of. */
  private dedent(column: number, isItem: boolean): void {
    while (
      this.top &&
      (this.top.column > column || (this.top.column === column && !isItem && this.top.list))
    ) {
      this.frames.pop()
      this.top = this.frames[this.frames.length - 1]
      this.open = false
    }
  }

  private item(column: number): boolean {
    if ((!this.top?.list || this.top.column !== column) && !this.begin(column, [])) return false
    this.top?.list?.push(null)
    this.open = true
    return true
  }

  private entry(column: number, key: string): boolean {
    if ((!this.top || this.top.list || this.top.column !== column) && !this.begin(column)) return false
    const { top } = this
    if (!top || Object.hasOwn(top.map, key)) return false
    top.map[key] = null
    top.key = key
    this.open = true
    return true
  }

  /** Begins a list or a map: the root, or the value of the key or the dash that waits for one. */
  private begin(column: number, list?: Json[]): boolean {
    if (this.top ? !this.open || this.frames.length === deepest : this.root !== undefined) return false
    const frame = { column, list, map: {}, key: '' }
    this.set(list ?? frame.map)
    this.frames.push(frame)
    this.top = frame
    return true
  }

  private set(value: Json): void {
    const { top } = this
    if (!top) this.root = value
    else if (top.list) top.list[top.list.length - 1] = value
    else top.map[top.key] = value
  }

  /** The value behind a key or a dash that stands at a column of the line from `start`; its lines end at the first less indented one. */
  private value(line: Line, start: number, column: number): Json | undefined {
    const end = this.endBelow(column)
    if (end === undefined && line.value !== undefined) return line.value
    if (end === undefined && line.rest === '{}') return {}
    this.at = end ?? this.at
    const value = this.parsed(`${' '.repeat(column)}${this.text.slice(start + column, this.at)}`)
    const [item, ...more] = isObject(value) ? Object.values(value) : Array.isArray(value) ? value : []
    return more.length === 0 ? item : undefined
  }

  /** Whether the next line may belong to a value that stands at a column: it is indented deeper, or empty. */
  private goesOn(column: number): boolean {
    const { at, text } = this
    return text.charCodeAt(at + column) === 0x20 || text.charCodeAt(at) === 0x0a
  }

  /** The end of the lines that are indented deeper than a column and of empty ones behind them; undefined where there are none. */
  private endBelow(column: number): number | undefined {
    const { text } = this
    let { at } = this
    while (at < text.length) {
      if (text.charCodeAt(at) !== 0x0a) {
        if (text.charCodeAt(at + column) !== 0x20) break
        indentation.lastIndex = at
        indentation.test(text)
        if (indentation.lastIndex - at <= column) break
      }
      at = text.indexOf('\n', at) + 1
    }
    return at > this.at ? at : undefined
  }

  private parsed(text: string): Json | undefined {
    const { engine } = this
    if (!engine) return undefined
    try {
      const events = engine.parseEvents(text, { maxDepth: deepest })
      if (events.some(({ type }) => type === engine.EVENT_ID.ALIAS)) return undefined
      const { remarks, value } = compose(engine, text, events)
      return remarks.length === 0 ? value : undefined
    } catch (error) {
      if (error instanceof engine.YAMLException || error instanceof ComposeError) return undefined
      throw error
    }
  }
}
