import { isObject, type Json } from '#base/json.ts'
import { ComposeError, compose, type Remark } from './compose.ts'
import type { Engine, Event } from './engine.ts'
import type { KeepItem } from './large-json.ts'
import { findOffset } from './layout.ts'
import { YamlLayout } from './yaml-layout.ts'

export interface LargeYaml {
  readonly value: Json
  /** With offsets among the bytes. */
  readonly remarks: readonly Remark[]
  /** The place of a field of an item among the bytes; undefined for one that stands in none. */
  place(path: readonly (string | number)[], part: 'key' | 'value'): number | undefined
}

interface Piece {
  readonly text: string
  readonly events: readonly Event[]
}

const list = /(?:^|\n)items:[ \t]*\n( *)- /
const separators = /^(?:---|\.\.\.)/m
/** The list has to begin within so many bytes, and what follows it within so many from its end. */
const farthest = 65_536
const topLevel = /^[^\s#-]/m

/** The beginnings of the items, and where the last one ends. */
function cut(bytes: Buffer): { head: string; starts: number[]; end: number } | undefined {
  const beginning = bytes.toString('latin1', 0, farthest)
  const found = list.exec(beginning)
  if (!found) return undefined
  const indent = found[1] ?? ''
  const first = found.index + found[0].length - indent.length - 2
  const mark = Buffer.from(`\n${indent}- `)
  const starts: number[] = []
  for (let at = first - 1; at >= 0; at = bytes.indexOf(mark, at + 1)) starts.push(at + 1)
  const last = bytes.toString('latin1', starts.at(-1) ?? 0)
  const tail = topLevel.exec(last)
  const end = tail ? (starts.at(-1) ?? 0) + tail.index : bytes.length
  return { head: bytes.toString('utf8', 0, first), starts, end }
}

/** Offsets of remarks are those of a text; of a piece that is not all ASCII they have to be counted anew. */
const inBytes = (text: string, offset: number) => Buffer.byteLength(text.slice(0, offset))

/**
 * The value of a YAML text that is one mapping with a list `items`, as `kubectl get -o yaml` writes it, read item by item: of each
 * only what is kept stays. The text is cut before each `- ` that stands as far left as the first; every piece has to be a list of one
 * by itself, which a text that was cut inside of a scalar is not. Undefined for a text that is none such, or that is
 * anything but plain YAML: aliases, several documents, what only libyaml takes.
 */
export function readLargeYaml(
  engine: Engine,
  bytes: Buffer,
  keep: KeepItem,
  { control, maxDepth }: { control: RegExp; maxDepth: number },
): LargeYaml | undefined {
  if (bytes.indexOf('\n---') >= 0 || bytes.indexOf('\n...') >= 0) return undefined
  const found = cut(bytes)
  if (!found) return undefined
  const { end, head, starts } = found
  const piece = (index: number): Piece => {
    const text = bytes.toString('utf8', starts[index], starts[index + 1] ?? end)
    return { text, events: engine.parseEvents(text, { maxDepth }) }
  }
  const read = ({ events, text }: Piece, remarks: Remark[], start: number): Json => {
    if (control.test(text) || events.some(({ type }) => type === engine.EVENT_ID.ALIAS))
      throw new ComposeError('not-plain', '', 0)
    const composed = compose(engine, text, events)
    for (const remark of composed.remarks)
      remarks.push({ ...remark, offset: start + inBytes(text, remark.offset) })
    return composed.value
  }
  const remarks: Remark[] = []
  try {
    const around = `${head}\n${bytes.toString('utf8', end)}`
    const before = separators.test(around) ? undefined : engine.parseEvents(around, { maxDepth })
    const value = before && read({ text: around, events: before }, remarks, 0)
    if (!isObject(value) || value.items !== null || remarks.length > 0) return undefined
    const items = starts.map((start, index) => {
      const item = read(piece(index), remarks, start)
      if (!Array.isArray(item) || item.length !== 1) throw new ComposeError('not-plain', '', 0)
      // A text that js-yaml made is a part of the piece, and would keep all of it.
      return JSON.parse(JSON.stringify(keep(item[0] ?? null))) as Json
    })
    return { value: { ...value, items }, remarks, place: placer(engine, piece, starts) }
  } catch (error) {
    if (error instanceof engine.YAMLException || error instanceof ComposeError || error instanceof RangeError)
      return undefined
    throw error
  }
}

/** Parses an item once more when somebody asks for its places; the last one is kept. */
function placer(
  engine: Engine,
  piece: (index: number) => Piece,
  starts: readonly number[],
): LargeYaml['place'] {
  let last: { index: number; layout: YamlLayout; text: string } | undefined
  return ([field, index, ...below], part) => {
    if (field !== 'items' || typeof index !== 'number' || starts[index] === undefined) return undefined
    if (last?.index !== index) {
      const { events, text } = piece(index)
      last = { index, layout: new YamlLayout(engine, text, events), text }
    }
    return starts[index] + inBytes(last.text, findOffset(last.layout, [0, ...below], part))
  }
}
