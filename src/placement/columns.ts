import { oncePer } from '#base/once.ts'

/** A number for each node, from 0 to `size - 1`, in the order in which they come first; equal numbers: the nodes look alike. */
export interface Column {
  readonly codes: Int32Array
  readonly size: number
}

/** Alike are nodes, told by their places, of which the same is read. */
export function columnOf(length: number, read: (i: number) => string | number | undefined): Column {
  const codes = new Int32Array(length)
  const known = new Map<string | number | undefined, number>()
  for (let i = 0; i < length; i++) {
    const value = read(i)
    let code = known.get(value)
    if (code === undefined) {
      code = known.size
      known.set(value, code)
    }
    codes[i] = code
  }
  return { codes, size: known.size }
}

/** {@link columnOf} for numbers below `most`, which are looked up by their place. */
function columnOfNumbers(length: number, most: number, read: (i: number) => number): Column {
  const codes = new Int32Array(length)
  // From 1: a new list is full of zeros.
  const known = new Int32Array(most)
  let size = 0
  for (let i = 0; i < length; i++) {
    const value = read(i)
    if (known[value] === 0) known[value] = ++size
    codes[i] = (known[value] ?? 0) - 1
  }
  return { codes, size }
}

/** Two columns laid over one another: alike are nodes that are alike in both. Never more codes than nodes. */
export function overlay(a: Column, b: Column): Column {
  const { length } = a.codes
  const pair = (i: number) => (a.codes[i] ?? 0) * b.size + (b.codes[i] ?? 0)
  const most = a.size * b.size
  return most <= 4 * length ? columnOfNumbers(length, most, pair) : columnOf(length, pair)
}

/** The nodes at some places of a column, as a column; `was` holds the code that each of its codes had. */
export function picked({ codes, size }: Column, places: Int32Array): Column & { readonly was: Int32Array } {
  const column = columnOfNumbers(places.length, size, (i) => codes[places[i] ?? 0] ?? 0)
  return { ...column, was: firstPlaces(column).map((at) => codes[places[at] ?? 0] ?? 0) }
}

/** Alike are nodes whose codes stand for the same. */
export function merged({ codes, size }: Column, read: (code: number) => string | number): Column {
  const by = columnOf(size, read)
  if (by.size === size) return { codes, size }
  return { codes: codes.map((code) => by.codes[code] ?? 0), size: by.size }
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
