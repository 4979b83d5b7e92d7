import { oncePer } from '#base/once.ts'

/** A number for each node, from 0 to `size - 1`, in the order in which they come first; equal numbers: the nodes look alike. */
export interface Column {
  readonly codes: Codes
  readonly size: number
}

/** A byte a node where that does: there are as many columns as DaemonSets. */
type Codes = Int32Array | Uint8Array

type Value = string | number | undefined

/** A column of values. */
export interface ValueColumn<V = string | undefined> extends Column {
  readonly codes: Int32Array
  /** The code of each value. */
  readonly of: ReadonlyMap<V, number>
}

/** Alike are nodes, told by their places, of which the same is read. */
export function columnOf<V extends Value>(length: number, read: (i: number) => V): ValueColumn<V> {
  const codes = new Int32Array(length)
  const known = new Map<V, number>()
  for (let i = 0; i < length; i++) {
    const value = read(i)
    let code = known.get(value)
    if (code === undefined) {
      code = known.size
      known.set(value, code)
    }
    codes[i] = code
  }
  return { codes, size: known.size, of: known }
}

/** The column of such numbers, all below `most`; they are used up. */
function numbered(numbers: Int32Array, most: number): Column {
  const { length } = numbers
  // From 1: a new list is full of zeros.
  const known = new Int32Array(most)
  let size = 0
  for (let i = 0; i < length; i++) {
    const number = numbers[i] as number
    if (known[number] === 0) known[number] = ++size
    numbers[i] = (known[number] as number) - 1
  }
  return { codes: size <= 256 ? Uint8Array.from(numbers) : numbers, size }
}

/** Two columns laid over one another: alike are nodes that are alike in both. Never more codes than nodes. */
export function overlay(a: Column, b: Column): Column {
  const { length } = a.codes
  const most = a.size * b.size
  if (most > 4 * length)
    return columnOf(length, (i) => (a.codes[i] as number) * b.size + (b.codes[i] as number))
  const pairs = new Int32Array(length)
  for (let i = 0; i < length; i++) pairs[i] = (a.codes[i] as number) * b.size + (b.codes[i] as number)
  return numbered(pairs, most)
}

/** The column with other codes, of which there are `most`: alike are nodes whose codes stand for the same. */
function translated({ codes }: Column, to: Int32Array, most: number): Column {
  const numbers = new Int32Array(codes.length)
  for (let i = 0; i < numbers.length; i++) numbers[i] = to[codes[i] as number] as number
  return numbered(numbers, most)
}

/** The nodes at some places of a column, as a column; `was` holds the code that each of its codes had. */
export function picked({ codes, size }: Column, places: Places): Column & { readonly was: Int32Array } {
  const were = Int32Array.from(places, (place) => codes[place] ?? 0)
  const column = numbered(were.slice(), size)
  return { ...column, was: firstPlaces(column).map((at) => were[at] ?? 0) }
}

/** Alike are nodes whose codes stand for the same. */
export function merged(column: Column, read: (code: number) => string | number): Column {
  const by = columnOf(column.size, read)
  return by.size === column.size ? column : translated(column, by.codes, by.size)
}

/**
 * What there is to ask about where the same is said of all values but those named and none at all: those of them that nodes
 * have, with their codes, and one that stands for all others, if there are any. Without `named` that is every value.
 */
export function toAsk({ of }: ValueColumn, named: readonly string[] | undefined) {
  if (!named) return { own: [...of], other: undefined }
  const known = new Set<string | undefined>(named).add(undefined)
  const own = [...known].flatMap((value) => {
    const code = of.get(value)
    return code === undefined ? [] : [[value, code] as const]
  })
  if (own.length === of.size) return { own, other: undefined }
  for (const value of of.keys()) if (!known.has(value)) return { own, other: value }
  return { own, other: undefined }
}

/** Alike are nodes of whose values the same is said. `named` as for {@link toAsk}. */
export function recoded(
  column: ValueColumn,
  say: (value: string | undefined) => string,
  named?: readonly string[],
): Column {
  const { own, other } = toAsk(column, named)
  const said = new Map<string, number>()
  const numberOf = (value: string | undefined) => {
    const text = say(value)
    const number = said.get(text) ?? said.size
    said.set(text, number)
    return number
  }
  const numbers = new Int32Array(column.size)
  if (other !== undefined) numbers.fill(numberOf(other))
  for (const [value, code] of own) numbers[code] = numberOf(value)
  return translated(column, numbers, said.size)
}

/** How many nodes have each code. */
export const countsOf = oncePer(({ codes, size }: Column): Int32Array => {
  const counts = new Int32Array(size)
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1
  return counts
})

/** The place of the first node with each code. */
export const firstPlaces = oncePer(({ codes, size }: Column): Int32Array => {
  const first = new Int32Array(size)
  for (let i = 0, next = 0; next < size; i++) if (codes[i] === next) first[next++] = i
  return first
})

/** Places of nodes, in order. */
export interface Places extends Iterable<number> {
  readonly length: number
  at(i: number): number | undefined
}

/** The places of the nodes that have one of these codes, which are in order. Found when somebody goes through them. */
export function placesOf(column: Column, codes: readonly number[]): Places {
  const counts = countsOf(column)
  const length = codes.reduce((sum, code) => sum + (counts[code] ?? 0), 0)
  const first = firstPlaces(column)[codes[0] ?? 0] ?? 0
  let all: Int32Array | undefined
  const places: Places = {
    length,
    at(i) {
      if (i === 0 && length > 0) return first
      all ??= Int32Array.from(places)
      return all[i]
    },
    *[Symbol.iterator]() {
      const wanted = new Uint8Array(column.size)
      for (const code of codes) wanted[code] = 1
      let left = length
      for (let place = first; left > 0; place++)
        if (wanted[column.codes[place] ?? 0]) {
          left--
          yield place
        }
    },
  }
  return places
}

/** The places of the nodes with each code, in order: pieces of one list. */
export function placesByCode(column: Column): Int32Array[] {
  const { codes } = column
  const counts = countsOf(column)
  const next = new Int32Array(counts.length)
  for (let code = 1; code < next.length; code++) next[code] = (next[code - 1] ?? 0) + (counts[code - 1] ?? 0)
  const starts = next.slice()
  const places = new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    const at = next[code] ?? 0
    places[at] = i
    next[code] = at + 1
  }
  return Array.from(starts, (start, code) => places.subarray(start, start + (counts[code] ?? 0)))
}
