import { KdsError } from '#base/errors.ts'
import { getKey, isObject, type Json } from '#base/json.ts'

/** A step from values to others. */
type Step = (values: readonly Json[]) => Json[]

type Action =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'range'; readonly path: Path; readonly body: readonly Action[] }

/** Where a path begins, and its steps. */
interface Path {
  readonly fromRoot: boolean
  readonly steps: readonly Step[]
}

/** A template of `-o jsonpath=…`, read. */
export interface JsonPath {
  /** What the template prints about a value. */
  text(value: Json): string
  /** What its paths find, for `jsonpath-as-json`. */
  results(value: Json): Json[]
}

/**
 * Reads a JSONPath template by the rules of k8s.io/client-go/util/jsonpath: text, `{.a.b}`, `['a']`, `[0]`, `[-1]`, `[1:3]`,
 * `[*]`, `[0,2]`, `..a`, `[?(@.a=="b")]`, `{range …}…{end}`, `{"\n"}`. What is missing prints nothing.
 *
 * @throws KdsError where the template is broken.
 */
export function parseJsonPath(template: string): JsonPath {
  const actions = new TemplateReader(template).read()
  return {
    text: (value) => actions.map((action) => shown(action, value, value)).join(''),
    results: (value) =>
      actions.flatMap((action) => (action.kind === 'path' ? find(action.path, value, value) : [])),
  }
}

function find(path: Path, root: Json, current: Json): Json[] {
  return path.steps.reduce<Json[]>((values, step) => step(values), [path.fromRoot ? root : current])
}

function shown(action: Action, root: Json, current: Json): string {
  switch (action.kind) {
    case 'text':
      return action.text
    case 'path':
      return find(action.path, root, current).map(valueText).join(' ')
    case 'range':
      return find(action.path, root, current)
        .map((value) => action.body.map((inner) => shown(inner, root, value)).join(''))
        .join('')
  }
}

/** A string as it is, anything else as Go writes JSON. */
function valueText(value: Json): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value, sortedKeys).replace(
    /[<>&]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Go writes the keys of a map in order. */
const sortedKeys = (_: string, value: Json): Json =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value

class TemplateReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Action[] {
    // An `end` too many does nothing, as in kubectl.
    const actions: Action[] = []
    while (this.#at < this.#text.length) actions.push(...this.#actions())
    return actions
  }

  #error(why: string): KdsError {
    return new KdsError('jsonpath', `error parsing jsonpath ${this.#text}, ${why}`)
  }

  /** Up to an `end`, or to the end of the template. */
  #actions(): Action[] {
    const actions: Action[] = []
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{', this.#at)
      const until = open < 0 ? this.#text.length : open
      if (until > this.#at) actions.push({ kind: 'text', text: this.#text.slice(this.#at, until) })
      if (open < 0) this.#at = until
      else {
        this.#at = open + 1
        if (this.#action(actions)) return actions
      }
    }
    return actions
  }

  /** Reads up to the closing brace. True for `end`. */
  #action(into: Action[]): boolean {
    for (;;) {
      this.#blanks()
      const char = this.#text[this.#at]
      if (char === undefined) throw this.#error('unclosed action')
      if (char === '}') {
        this.#at += 1
        return false
      }
      if (char === '"' || char === "'") into.push({ kind: 'text', text: this.#quoted() })
      else if (this.#word('end')) {
        this.#close()
        return true
      } else if (this.#word('range')) {
        this.#blanks()
        const path = this.#path()
        this.#close()
        into.push({ kind: 'range', path, body: this.#actions() })
        return false
      } else into.push({ kind: 'path', path: this.#path() })
    }
  }

  #close(): void {
    this.#blanks()
    if (this.#text[this.#at] !== '}') throw this.#error('unclosed action')
    this.#at += 1
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #word(word: string): boolean {
    const rest = this.#text.slice(this.#at)
    if (!rest.startsWith(word) || /[\w]/.test(rest[word.length] ?? '')) return false
    this.#at += word.length
    return true
  }

  #quoted(): string {
    const quote = this.#text[this.#at]
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== quote) end += this.#text[end] === '\\' ? 2 : 1
    if (end >= this.#text.length) throw this.#error('unterminated quoted string')
    const body = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return body.replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char)
  }

  #path(): Path {
    const start = this.#text[this.#at] ?? ''
    const fromRoot = start === '$'
    if (start === '$' || start === '@') this.#at += 1
    else if (start !== '.' && start !== '[')
      throw this.#error(`unrecognized character in action: ${unicode(start)}`)
    const steps: Step[] = []
    for (;;) {
      const rest = this.#text.slice(this.#at)
      if (rest.startsWith('..')) {
        this.#at += 2
        steps.push(everything)
        if (/[\w*]/.test(this.#text[this.#at] ?? '')) steps.push(this.#field())
      } else if (rest.startsWith('.')) {
        this.#at += 1
        if (/[\w*\\$-]/.test(this.#text[this.#at] ?? '')) steps.push(this.#field())
      } else if (rest.startsWith('[')) steps.push(this.#brackets())
      else return { fromRoot, steps }
    }
  }

  #field(): Step {
    const name = /^(?:\\.|[^\s.[\](){}=!<>,"'@|&\\])+/.exec(this.#text.slice(this.#at))?.[0] ?? ''
    if (name === '') throw this.#error('unexpected end of field')
    this.#at += name.length
    return name === '*' ? children : field(name.replace(/\\(.)/g, '$1'))
  }

  #brackets(): Step {
    const end = closing(this.#text, this.#at)
    if (end < 0) throw this.#error('unterminated array')
    const inner = this.#text.slice(this.#at + 1, end).trim()
    this.#at = end + 1
    if (inner.startsWith('?(') && inner.endsWith(')')) return this.#filter(inner.slice(2, -1))
    const parts = inner.match(/'[^']*'|"[^"]*"|[^,]+/g)?.map((part) => part.trim()) ?? []
    const steps = parts.map((part) => this.#selector(part))
    return (values) => steps.flatMap((step) => step(values))
  }

  #selector(part: string): Step {
    if (part === '*') return children
    if (/^'.*'$|^".*"$/s.test(part)) return field(part.slice(1, -1).replace(/\\(.)/g, '$1'))
    if (/^-?\d+$/.test(part)) return slice(Number(part), undefined, 1)
    const bounds = /^(-?\d*):(-?\d*)(?::(\d+))?$/.exec(part)
    if (!bounds) throw this.#error(`invalid array index ${part}`)
    const [, from, to, by] = bounds
    return slice(
      from === '' ? 0 : Number(from),
      to === '' ? Number.POSITIVE_INFINITY : Number(to),
      Number(by ?? 1),
    )
  }

  #filter(text: string): Step {
    const [, left = '', operator, right = ''] = /^(.*?)(?:(==|!=|<=|>=|<|>)(.*))?$/s.exec(text) ?? []
    const one = this.#operand(left.trim())
    if (operator === undefined) return elements((value) => one(value).length > 0)
    const other = this.#operand(right.trim())
    return elements((value) => {
      const [a] = one(value)
      const [b] = other(value)
      return a !== undefined && b !== undefined && compared(a, operator, b)
    })
  }

  #operand(text: string): (value: Json) => Json[] {
    if (/^'.*'$|^".*"$/s.test(text)) return () => [text.slice(1, -1)]
    if (/^(true|false|-?\d+(\.\d+)?)$/.test(text)) return () => [JSON.parse(text) as Json]
    const { fromRoot, steps } = new TemplateReader(text).#path()
    return (value) => find({ fromRoot, steps }, value, value)
  }
}

const unicode = (char: string) =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`

/** The bracket that closes the one at `open`; quoted ones do not count. */
function closing(text: string, open: number): number {
  let depth = 0
  let quote = ''
  for (let at = open; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth += 1
    else if (char === ']') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return -1
}

const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => {
      const found = isObject(value) ? getKey(value, name) : undefined
      return found === undefined ? [] : [found]
    })

const childrenOf = (value: Json): Json[] =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []

const children: Step = (values) => values.flatMap(childrenOf)

const everything: Step = (values) => values.flatMap((value) => [value, ...everything(childrenOf(value))])

const elements =
  (holds: (value: Json) => boolean): Step =>
  (values) =>
    values.flatMap((value) => childrenOf(value).filter(holds))

/** One element for an undefined end. */
function slice(from: number, to: number | undefined, by: number): Step {
  return (values) =>
    values.flatMap((value) => {
      if (!Array.isArray(value)) return []
      const start = from < 0 ? from + value.length : from
      const end = to === undefined ? start + 1 : to < 0 ? to + value.length : to
      return value.slice(Math.max(0, start), Math.max(0, end)).filter((_, at) => at % by === 0)
    })
}

function compared(a: Json, operator: string, b: Json): boolean {
  if (typeof a !== typeof b) return operator === '!='
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
  }
  if (a === null || b === null || typeof a === 'object' || typeof b === 'object') return false
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}
