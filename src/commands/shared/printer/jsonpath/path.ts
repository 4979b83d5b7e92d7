import type { Json } from '#base/json.ts'
import { Cursor } from './cursor.ts'
import { children, compared, elements, everything, field, type Step, slice, union } from './steps.ts'

export type Path = readonly Step[]

/** What a path finds in a value. */
export function find(path: Path, value: Json): Json[] {
  return path.reduce<Json[]>((values, step) => step(values), [value])
}

const unicode = (char: string) =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`

const unescaped = (text: string) => text.replace(/\\(.)/g, '$1')

/**
 * Reads a path from the cursor on, as far as it goes. `$` and `@` both are the value that the path is asked of: in kubectl, too,
 * `$` is not the root inside a range or a filter.
 *
 * @throws KdsError where there is none, or a broken one.
 */
export function readPath(cursor: Cursor): Path {
  if (!cursor.take('$') && !cursor.take('@') && !/[.[]/.test(cursor.char))
    throw cursor.error(`unrecognized character in action: ${unicode(cursor.char)}`)
  const steps: Step[] = []
  for (;;) {
    if (cursor.take('..')) {
      steps.push(everything)
      if (/[\w*]/.test(cursor.char)) steps.push(readField(cursor))
    } else if (cursor.take('.')) {
      if (/[\w*\\$-]/.test(cursor.char)) steps.push(readField(cursor))
    } else if (cursor.char === '[') steps.push(readBrackets(cursor))
    else return steps
  }
}

function readField(cursor: Cursor): Step {
  const name = /^(?:\\.|[^\s.[\](){}=!<>,"'@|&\\])+/.exec(cursor.rest)?.[0] ?? ''
  if (name === '') throw cursor.error('unexpected end of field')
  cursor.at += name.length
  return name === '*' ? children : field(unescaped(name))
}

function readBrackets(cursor: Cursor): Step {
  const end = closing(cursor.text, cursor.at)
  if (end < 0) throw cursor.error('unterminated array')
  const inner = cursor.text.slice(cursor.at + 1, end).trim()
  cursor.at = end + 1
  if (inner.startsWith('?(')) {
    if (!inner.endsWith(')')) throw cursor.error('unterminated filter')
    return filter(inner.slice(2, -1))
  }
  const parts = inner.match(/'[^']*'|[^,]+/g)?.map((part) => part.trim()) ?? []
  return union(parts.map((part) => selector(part, cursor)))
}

/** The bracket that closes the one at `open`; quoted ones do not count. Below 0 where there is none. */
function closing(text: string, open: number): number {
  let depth = 0
  let quote = ''
  for (let at = open; at < text.length; at++) {
    const char = text.charAt(at)
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

function selector(part: string, cursor: Cursor): Step {
  if (part === '*') return children
  if (/^'.*'$/s.test(part)) return field(unescaped(part.slice(1, -1)))
  if (/^-?\d+$/.test(part)) return slice(Number(part), undefined, 1)
  const bounds = /^(-?\d*):(-?\d*)(?::(\d+))?$/.exec(part)
  if (!bounds) throw cursor.error(`invalid array index ${part}`)
  const [, from, to, by] = bounds
  return slice(
    from === '' ? 0 : Number(from),
    to === '' ? Number.POSITIVE_INFINITY : Number(to),
    Number(by ?? 1),
  )
}

function filter(text: string): Step {
  const [, left = '', operator, right = ''] = /^(.*?)(?:(==|!=|<=|>=|<|>)(.*))?$/s.exec(text) ?? []
  const one = operand(left.trim())
  if (operator === undefined) return elements((value) => one(value).length > 0)
  const other = operand(right.trim())
  return elements((value) => {
    const [a] = one(value)
    const [b] = other(value)
    return a !== undefined && b !== undefined && compared(a, operator, b)
  })
}

/** One side of a comparison: a constant, or what a path finds in an element. */
function operand(text: string): (value: Json) => Json[] {
  if (/^'.*'$|^".*"$/s.test(text)) return () => [text.slice(1, -1)]
  if (/^(true|false|-?\d+(\.\d+)?)$/.test(text)) return () => [JSON.parse(text) as Json]
  const path = readPath(new Cursor(text))
  return (value) => find(path, value)
}
