import type { Document, Node, Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml'
import type { FieldEdit, FieldPath } from '#base/field-path.ts'
import type { Json } from '#base/json.ts'

/** Why a text cannot be edited where it stands. */
export class EditError extends Error {}

type Library = typeof import('yaml')

/** One document's text with the nodes in it. */
export class EditableDocument {
  readonly #library: Library
  readonly #text: string
  readonly #document: Document.Parsed
  readonly #newline: string
  readonly #json: boolean

  constructor(library: Library, text: string) {
    this.#library = library
    this.#text = text
    this.#document = library.parseDocument(text, {
      version: '1.1',
      uniqueKeys: false,
      strict: false,
      logLevel: 'silent',
    })
    this.#newline = text.includes('\r\n') ? '\r\n' : '\n'
    this.#json = /^\s*[{[]/.test(text)
  }

  edited({ path, value }: FieldEdit): string {
    return value === undefined ? this.#remove(path) : this.#set(path, value)
  }

  #splice(from: number, to: number, put: string): string {
    return this.#text.slice(0, from) + put + this.#text.slice(to)
  }

  /** The nodes along a path, as far as it leads; the first is the root. */
  #along(path: FieldPath): ParsedNode[] {
    const found: ParsedNode[] = []
    let node = this.#document.contents as ParsedNode | null
    for (let at = 0; node; at++) {
      if (this.#library.isAlias(node)) throw new EditError('it is behind an alias')
      found.push(node)
      const step = path[at]
      if (step === undefined) break
      node = this.#child(node, step)
    }
    return found
  }

  #child(node: ParsedNode, step: string | number): ParsedNode | null {
    if (this.#library.isMap(node)) return (this.#pair(node, step)?.value ?? null) as ParsedNode | null
    return this.#library.isSeq(node) ? ((node.items[Number(step)] ?? null) as ParsedNode | null) : null
  }

  /** Of equal keys the last counts. */
  #pair(map: YAMLMap, step: string | number): Pair<Node, Node> | undefined {
    const pairs = map.items as Pair<Node, Node>[]
    const name = String(step)
    return pairs.findLast(
      ({ key }) => this.#library.isScalar(key) && (key.source === name || String(key.value) === name),
    )
  }

  #set(path: FieldPath, value: Json): string {
    const along = this.#along(path)
    const last = along.at(-1)
    if (!last) throw new EditError('the document is empty')
    const rest = path.slice(along.length - 1)
    const above = along.at(-2)
    const key = this.#library.isMap(above) ? this.#pair(above, path[along.length - 2] ?? '')?.key : undefined
    if (rest.length === 0) return this.#replace(last, value, key)
    const nested = rest.slice(1).reduceRight<Json>((inner, step) => ({ [step]: inner }), value)
    const name = String(rest[0])
    if (this.#library.isMap(last) && last.items.length > 0) {
      return last.flow ? this.#intoFlow(last, name, nested) : this.#intoBlock(last, name, nested)
    }
    const empty = (this.#library.isScalar(last) && last.value === null) || this.#library.isMap(last)
    if (!empty) throw new EditError('something else is where a mapping is needed')
    return this.#replace(last, { [name]: nested }, key)
  }

  #replace(node: ParsedNode, value: Json, key?: Node): string {
    const [start, end] = node.range
    // Nothing stands somewhere behind the colon, comments before it: what comes in its place goes right there.
    const from = start === end && key ? this.#text.indexOf(':', endOf(key)) + 1 : start
    const to = start === end ? from : end
    const space = from === to && /\S/.test(this.#text[from - 1] ?? ' ') ? ' ' : ''
    return this.#splice(from, to, space + this.#inline(value))
  }

  #inline(value: Json): string {
    if (this.#json) return JSON.stringify(value)
    const options = {
      version: '1.1',
      lineWidth: 0,
      collectionStyle: 'flow',
      flowCollectionPadding: false,
    } as const
    return this.#library.stringify(value, options).trimEnd()
  }

  /** After the last field, in the manner of those that are there: on a line of its own, or behind a comma. */
  #intoFlow(map: YAMLMap, key: string, value: Json): string {
    const first = startOf(map.items[0] as Pair<Node, Node>)
    const gap = this.#text.slice((map.range?.[0] ?? 0) + 1, first)
    const space = gap.includes('\n') ? gap : ' '
    const unit = space.replace(/^.*\n/s, '').length - this.#indentOf(map.range?.[0] ?? 0)
    const shown =
      this.#json && gap.includes('\n')
        ? JSON.stringify(value, null, Math.max(1, unit)).replaceAll('\n', space)
        : this.#inline(value)
    const name = this.#json ? JSON.stringify(key) : this.#inline(key)
    const at = endOf(map.items.at(-1) as Pair<Node, Node>)
    return this.#splice(at, at, `,${space}${name}: ${shown}`)
  }

  #intoBlock(map: YAMLMap, key: string, value: Json): string {
    const indent = ' '.repeat(this.#columnOf(startOf(map.items[0] as Pair<Node, Node>)))
    const lines = this.#library
      .stringify({ [key]: value }, { version: '1.1', lineWidth: 0 })
      .trimEnd()
      .split('\n')
    const at = this.#lineEnd(this.#endOfContent(map))
    const before = at > 0 && this.#text[at - 1] !== '\n' ? this.#newline : ''
    return this.#splice(at, at, before + lines.map((line) => indent + line + this.#newline).join(''))
  }

  #remove(path: FieldPath): string {
    const along = this.#along(path.slice(0, -1))
    const parent = along.at(-1)
    const step = path.at(-1)
    if (!parent || step === undefined || along.length < path.length) throw new EditError('it is not there')
    if (!this.#library.isCollection(parent)) throw new EditError('it is not there')
    if (parent.items.length === 1 && path.length > 1) return this.#remove(path.slice(0, -1))
    const items = parent.items as (Pair<Node, Node> | Node)[]
    const at = this.#library.isMap(parent)
      ? items.indexOf(this.#pair(parent, step) as Pair<Node, Node>)
      : Number(step)
    const item = items[at]
    if (!item) throw new EditError('it is not there')
    return (parent as YAMLMap | YAMLSeq).flow ? this.#removeFlow(items, at) : this.#removeBlock(items, at)
  }

  #removeFlow(items: readonly (Pair<Node, Node> | Node)[], at: number): string {
    const [item, next, previous] = [items[at], items[at + 1], items[at - 1]] as [Node, Node?, Node?]
    if (next) return this.#splice(startOf(item), startOf(next), '')
    return this.#splice(previous ? endOf(previous) : startOf(item), endOf(item), '')
  }

  #removeBlock(items: readonly (Pair<Node, Node> | Node)[], at: number): string {
    const item = items[at] as Node | Pair<Node, Node>
    let from = startOf(item)
    if (!('key' in item)) from = this.#text.lastIndexOf('-', from - 1)
    const lineStart = this.#text.lastIndexOf('\n', from - 1) + 1
    const alone = this.#text.slice(lineStart, from).trim() === ''
    const next = items[at + 1]
    // The first field of a list's item stands behind the dash, and so will the next.
    if (!alone && next) return this.#splice(from, startOf(next), '')
    if (!alone) throw new EditError('it shares its line with something else')
    return this.#splice(lineStart, this.#lineEnd(this.#endOfContent(item)), '')
  }

  /** Where the last thing in a node ends, before comments that follow. */
  #endOfContent(item: Node | Pair<Node, Node>): number {
    const node = 'key' in item ? (item.value ?? item.key) : item
    if (this.#library.isCollection(node) && !node.flow) {
      const last = node.items.at(-1) as Node | Pair<Node, Node> | undefined
      if (last) return this.#endOfContent(last)
    }
    return endOf(node as Node)
  }

  /** The start of the line after a place, which may be the end of the text. */
  #lineEnd(at: number): number {
    if (at > 0 && this.#text[at - 1] === '\n') return at
    const end = this.#text.indexOf('\n', at)
    return end < 0 ? this.#text.length : end + 1
  }

  #columnOf(offset: number): number {
    return offset - (this.#text.lastIndexOf('\n', offset - 1) + 1)
  }

  #indentOf(offset: number): number {
    const start = offset - this.#columnOf(offset)
    return /^ */.exec(this.#text.slice(start))?.[0].length ?? 0
  }
}

const startOf = (item: Node | Pair<Node, Node>): number => ('key' in item ? item.key : item).range?.[0] ?? 0
const endOf = (item: Node | Pair<Node, Node>): number =>
  ('key' in item ? (item.value?.range?.[1] ?? item.key.range?.[1]) : item.range?.[1]) ?? 0
