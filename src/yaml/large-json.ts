import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { scanJson } from './json-text.ts'

/** What becomes of each item of a list as soon as it is read. */
export type KeepItem = (item: Json) => Json

/** The name `items` has to stand within so many bytes, and the first item to end. */
const farthestItems = 65_536
const longestItem = 4 << 20
const usualItem = 64 << 10

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

function pastSpace(bytes: Buffer, at: number): number {
  let past = at
  while (isSpace(bytes[past])) past++
  return past
}

/** Past spaces and one character; -1 where another stands. */
function past(bytes: Buffer, at: number, char: string): number {
  const place = pastSpace(bytes, at)
  return bytes[place] === char.charCodeAt(0) ? place + 1 : -1
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Where the first item begins, with the text in front of its list. */
function beginning(bytes: Buffer): { head: string; first: number } | undefined {
  const name = bytes.subarray(0, farthestItems).indexOf('"items"')
  if (name < 0) return undefined
  const open = past(bytes, past(bytes, name + '"items"'.length, ':'), '[')
  const first = pastSpace(bytes, open)
  const head = bytes.toString('utf8', 0, name)
  // In the outermost object: one brace closes it.
  if (open <= 0 || bytes[first] !== 0x7b || parse(`${head}"items":[]}`) === undefined) return undefined
  return { head, first }
}

/** The end of the value that begins at a place; undefined when it does not end before `limit`. */
function endOf(bytes: Buffer, start: number, limit: number): number | undefined {
  const text = bytes.toString('utf8', start, limit)
  const end = scanJson(text, 0)
  return typeof end === 'number' ? start + Buffer.byteLength(text.slice(0, end)) : undefined
}

/** What stands between the first two items, from the one's brace to the other's first key: no string can hold it. */
function separatorAt(bytes: Buffer, end: number): Buffer | undefined {
  const brace = past(bytes, past(bytes, end, ','), '{')
  const key = past(bytes, brace, '"')
  const close = key > 0 ? bytes.indexOf('"', key) : -1
  return brace > 0 && close > 0 ? bytes.subarray(end - 1, close + 1) : undefined
}

/**
 * The value of a JSON text that is one object with a list `items`, read item by item: of each only what is kept stays, and no
 * more than one is a text at a time. The text is cut where one item ends and the next begins as the first two do; a piece that
 * parses by itself is an item, and one that does not is looked through for its end. Undefined for a text that is none such.
 */
export function readLargeJson(bytes: Buffer, keep: KeepItem): Json | undefined {
  const found = beginning(bytes)
  const firstEnd = found && endOf(bytes, found.first, found.first + longestItem)
  if (!found || firstEnd === undefined) return undefined
  const separator = separatorAt(bytes, firstEnd)
  const items: Json[] = []
  for (let start = found.first; ; ) {
    const cut = separator ? bytes.indexOf(separator, start) : -1
    const guess = cut < 0 ? undefined : parse(bytes.toString('utf8', start, cut + 1))
    let end: number | undefined = cut + 1
    if (guess === undefined)
      end = endOf(bytes, start, start + usualItem) ?? endOf(bytes, start, start + longestItem)
    if (end === undefined) return undefined
    const item = guess ?? parse(bytes.toString('utf8', start, end))
    if (item === undefined) return undefined
    items.push(keep(item))
    const next = past(bytes, end, ',')
    if (next < 0) return whole(found.head, bytes, end, items)
    start = pastSpace(bytes, next)
  }
}

/** The object around the items; undefined where what follows them is no end of it, or names `items` once more. */
function whole(head: string, bytes: Buffer, end: number, items: Json[]): JsonObject | undefined {
  const close = past(bytes, end, ']')
  if (close < 0) return undefined
  const value = parse(`${head}"items":["here"]${bytes.toString('utf8', close)}`)
  if (!isObject(value) || !Array.isArray(value.items) || value.items[0] !== 'here') return undefined
  return { ...value, items }
}
