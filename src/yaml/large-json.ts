import { isObject, type Json, type JsonObject, readJson } from '#base/json.ts'
import { type Incoming, NotPlain } from './incoming.ts'
import { scanJson } from './json-text.ts'

/**
 * What becomes of each item of a list as soon as it is read.
 *
 * @param own What stays of it has to pass through here: texts may be a part of the item's, which they would keep as a whole.
 */
export type KeepItem = (item: Json, own: (kept: Json) => Json) => Json

/** The name `items` has to stand within so many bytes. */
const farthestItems = 65_536
/** Where an item does not end with the usual mark, its end is looked for in so many bytes, then in so many. */
const lengths = [65_536, 4 << 20]

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

/** The text up to the list's first item, which is dropped. */
async function headOf(text: Incoming): Promise<string> {
  await text.atLeast(farthestItems)
  const { bytes } = text
  const name = bytes.subarray(0, farthestItems).indexOf('"items"')
  const open = name < 0 ? -1 : past(bytes, past(bytes, name + '"items"'.length, ':'), '[')
  const first = pastSpace(bytes, open)
  const head = bytes.toString('utf8', 0, Math.max(0, name))
  // In the outermost object: one brace closes it.
  if (open <= 0 || bytes[first] !== 0x7b || readJson(`${head}"items":[]}`) === undefined) throw new NotPlain()
  text.drop(first)
  return head
}

/** The end of the value that the text begins with. */
async function scanned(text: Incoming): Promise<number> {
  for (const length of lengths) {
    await text.atLeast(length)
    const value = text.bytes.toString('utf8', 0, length)
    const end = scanJson(value, 0)
    if (typeof end === 'number') return Buffer.byteLength(value.slice(0, end))
  }
  throw new NotPlain()
}

/** What stands between the first two items, from the one's brace to the other's first key: no string can hold it. */
function separatorAt(bytes: Buffer, end: number): Buffer | undefined {
  const brace = past(bytes, past(bytes, end, ','), '{')
  const key = past(bytes, brace, '"')
  const close = key > 0 ? bytes.indexOf('"', key) : -1
  return brace > 0 && close > 0 ? bytes.subarray(end - 1, close + 1) : undefined
}

/**
 * The value of a JSON text that is one object with a list `items`, read item by item while it arrives: of each only what is kept
 * stays, and no more than one is a text at a time. The text is cut where one item ends and the next begins as the first two do; a
 * piece that parses by itself is an item, and one that does not is looked through for its end.
 *
 * @throws NotPlain for a text that is none such, or that is broken
 */
export async function readLargeJson(text: Incoming, keep: KeepItem): Promise<JsonObject> {
  const head = await headOf(text)
  const items: Json[] = []
  let end = await scanned(text)
  await text.atLeast(end + farthestItems)
  const separator = separatorAt(text.bytes, end)
  if (separator) text.lookFor(separator)
  for (let failed = -1; ; ) {
    let cut = separator ? text.nextMark(0) : -1
    if (separator && cut < 0) cut = await text.waitForMark(0)
    // A cut inside of an item is tried once.
    let item = cut < 0 || cut === failed ? undefined : readJson(text.bytes.toString('utf8', 0, cut + 1))
    end = cut + 1
    failed = -1
    if (item === undefined) {
      end = await scanned(text)
      item = readJson(text.bytes.toString('utf8', 0, end))
      if (cut > end) failed = cut
      await text.atLeast(end + farthestItems)
    }
    if (item === undefined) throw new NotPlain()
    items.push(keep(item, (kept) => kept))
    const { bytes } = text
    const next = past(bytes, end, ',')
    if (next < 0) return around(head, items, text, end)
    const start = pastSpace(bytes, next)
    text.drop(start)
    failed -= start
  }
}

/** The object with its items; not where what follows them is no end of it, or names `items` once more. */
async function around(head: string, items: Json[], text: Incoming, end: number): Promise<JsonObject> {
  text.drop(end)
  const bytes = await text.rest()
  const close = past(bytes, 0, ']')
  const value = close < 0 ? undefined : readJson(`${head}"items":["here"]${bytes.toString('utf8', close)}`)
  if (!isObject(value) || !Array.isArray(value.items) || value.items[0] !== 'here') throw new NotPlain()
  return { ...value, items }
}
