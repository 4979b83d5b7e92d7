import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { ComposeError, compose, type Remark } from './compose.ts'
import type { Engine, Event } from './engine.ts'
import { type Incoming, NotPlain } from './incoming.ts'
import type { KeepItem } from './large-json.ts'
import { findOffset } from './layout.ts'
import { control, maxDepth } from './parse-yaml.ts'
import { YamlLayout } from './yaml-layout.ts'

export interface LargeYaml {
  readonly value: JsonObject
  readonly remarks: readonly Remark[]
  /** The place of a field, in the text that was read. */
  place(text: string, path: readonly (string | number)[], part: 'key' | 'value'): number
}

const list = /(?:^|\n)items:[ \t]*\r?\n( *)- /
/** A first line that does more than to begin the document. */
const otherStart = /^(?:\.\.\.|---[ \t]*[^\s])/
/** The list has to begin within so many bytes. */
const farthest = 65_536
const copyOf = (kept: Json) => JSON.parse(JSON.stringify(kept)) as Json
const topLevel = /^[^\s#-]/m

function eventsOf(engine: Engine, text: string): readonly Event[] {
  const isOne = !text.includes('\n---') && !text.includes('\n...') && !otherStart.test(text)
  if (!isOne || control.test(text)) throw new NotPlain()
  const events = engine.parseEvents(text, { maxDepth: maxDepth - 1 })
  if (events.some(({ type }) => type === engine.EVENT_ID.ALIAS)) throw new NotPlain()
  return events
}

/**
 * The value of a YAML text that is one mapping with a list `items`, as `kubectl get -o yaml` writes it, read item by item while it
 * arrives: of each only what is kept stays. The text is cut before each `- ` that stands as far left as the first; every piece has to
 * be a list of one by itself, which a text that was cut inside of a scalar is not.
 *
 * @throws NotPlain for a text that is none such, or that is anything but plain YAML: aliases, several documents, what
 *   only libyaml takes
 */
export async function readLargeYaml(engine: Engine, text: Incoming, keep: KeepItem): Promise<LargeYaml> {
  try {
    return await readItems(engine, text, keep)
  } catch (error) {
    if (error instanceof engine.YAMLException || error instanceof ComposeError || error instanceof RangeError)
      throw new NotPlain()
    throw error
  }
}

async function readItems(engine: Engine, text: Incoming, keep: KeepItem): Promise<LargeYaml> {
  await text.atLeast(farthest)
  const found = list.exec(text.bytes.toString('latin1', 0, farthest))
  if (!found) throw new NotPlain()
  const [{ length }, indent = ''] = found
  const first = found.index + length - indent.length - 2
  const head = text.bytes.toString('utf8', 0, first)
  text.drop(first)
  text.lookFor(Buffer.from(`\n${indent}- `))
  const remarks: Remark[] = []
  const items: Json[] = []
  const starts = [head.length]
  const read = (piece: string) => {
    const start = starts.at(-1) ?? 0
    const composed = compose(engine, piece, eventsOf(engine, piece))
    for (const remark of composed.remarks) remarks.push({ ...remark, offset: start + remark.offset })
    if (!Array.isArray(composed.value) || composed.value.length !== 1) throw new NotPlain()
    items.push(keep(composed.value[0] ?? null, copyOf))
    starts.push(start + piece.length)
  }
  for (;;) {
    let cut = text.nextMark(0)
    if (cut < 0) cut = await text.waitForMark(0)
    if (cut < 0) break
    read(text.bytes.toString('utf8', 0, cut + 1))
    text.drop(cut + 1)
  }
  const last = (await text.rest()).toString('utf8')
  const end = topLevel.exec(last)?.index ?? last.length
  read(last.slice(0, end))
  const around = `${head}\n${last.slice(end)}`
  const events = eventsOf(engine, around)
  const outside = compose(engine, around, events)
  // A key that is set twice may be `items`.
  if (!isObject(outside.value) || outside.value.items !== null || outside.remarks.length > 0)
    throw new NotPlain()
  const inItem = placer(engine, starts)
  return {
    value: { ...outside.value, items },
    remarks,
    place(whole, path, part) {
      const found = inItem(whole, path, part)
      if (found !== undefined) return found
      const at = findOffset(new YamlLayout(engine, around, events), path, part)
      return at < head.length ? at : at - head.length - 1 + (starts.at(-1) ?? 0)
    },
  }
}

/** The places within items, and that of their list: an item is parsed once more when somebody asks; the last one is kept. */
function placer(engine: Engine, starts: readonly number[]) {
  let last: { readonly index: number; readonly layout: YamlLayout } | undefined
  return (text: string, [field, index, ...below]: readonly (string | number)[], part: 'key' | 'value') => {
    const isList = index === undefined && part === 'value'
    const at = isList ? 0 : index
    if (field !== 'items' || typeof at !== 'number') return undefined
    const [start, end] = starts.slice(at, at + 2)
    if (start === undefined || end === undefined) return undefined
    if (last?.index !== at) {
      const piece = text.slice(start, end)
      last = { index: at, layout: new YamlLayout(engine, piece, engine.parseEvents(piece, { maxDepth })) }
    }
    return start + findOffset(last.layout, isList ? [] : [0, ...below], part)
  }
}
