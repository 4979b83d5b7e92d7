import { isObject, type Json, type JsonObject } from '#base/json.ts'

/** One field of all objects of a shape: what all of them have, or their different values with the place of each object's. */
type Column =
  | { readonly path: readonly string[]; readonly all: Json }
  | { readonly path: readonly string[]; readonly values: readonly Json[]; readonly of?: readonly number[] }

/** Objects that have the same fields, and how far each is from the one before in the list; left out: they are all of it. */
interface Shape {
  readonly gaps?: readonly number[]
  readonly columns: readonly Column[]
}

/** A list of objects field by field: a thousand nodes of a cluster in a fourteenth of their JSON. */
export interface Columns {
  readonly length: number
  readonly shapes: readonly Shape[]
}

type Leaf = readonly [path: readonly string[], value: Json]

function leavesOf(object: JsonObject, path: readonly string[] = []): Leaf[] {
  return Object.entries(object).flatMap(([key, value]): Leaf[] => {
    if (value === undefined) return []
    const at = [...path, key]
    return isObject(value) && Object.keys(value).length > 0 ? leavesOf(value, at) : [[at, value]]
  })
}

/** Packs objects; `unpacked` gives them again. */
export function packed(list: readonly JsonObject[]): Columns {
  const shapes = new Map<string, { at: number[]; paths: (readonly string[])[]; values: Json[][] }>()
  for (const [index, object] of list.entries()) {
    const leaves = leavesOf(object)
    const key = JSON.stringify(leaves.map(([path]) => path))
    let shape = shapes.get(key)
    if (!shape) {
      shape = { at: [], paths: leaves.map(([path]) => path), values: leaves.map(() => []) }
      shapes.set(key, shape)
    }
    shape.at.push(index)
    for (const [column, [, value]] of leaves.entries()) shape.values[column]?.push(value)
  }
  return {
    length: list.length,
    shapes: [...shapes.values()].map(({ at, paths, values }) => ({
      ...gapsOf(at, list.length),
      columns: paths.map((path, column) => columnOf(path, values[column] ?? [])),
    })),
  }
}

function gapsOf(at: readonly number[], length: number): Pick<Shape, 'gaps'> {
  if (at.length === length) return {}
  return { gaps: at.map((index, row) => index - (at[row - 1] ?? -1)) }
}

function placesOf({ gaps }: Shape, length: number): number[] {
  let at = -1
  return (gaps ?? Array<number>(length).fill(1)).map((gap) => {
    at += gap
    return at
  })
}

function columnOf(path: readonly string[], values: readonly Json[]): Column {
  const different = new Map<string, { readonly value: Json; readonly place: number }>()
  const of = values.map((value) => {
    const text = JSON.stringify(value)
    const known = different.get(text)
    if (known) return known.place
    const place = different.size
    different.set(text, { value, place })
    return place
  })
  const [first] = values
  if (different.size === 1 && first !== undefined) return { path, all: first }
  if (different.size > values.length / 2) return { path, values }
  return { path, values: [...different.values()].map(({ value }) => value), of }
}

/** The objects that were packed, each with its fields; what was undefined is left out. */
export function unpacked({ length, shapes }: Columns): JsonObject[] {
  const list = Array.from({ length }, (): Tree => new Map())
  for (const shape of shapes) {
    const places = placesOf(shape, length)
    for (const column of shape.columns)
      for (const [row, index] of places.entries()) {
        const value = valueAt(column, row)
        if (value !== undefined) plant(list[index], column.path, value)
      }
  }
  return list.map(grown)
}

function valueAt(column: Column, row: number): Json | undefined {
  if ('all' in column) return column.all
  return column.values[column.of ? (column.of[row] ?? -1) : row]
}

/** Maps while it grows: no name of a field is special in one. */
type Tree = Map<string, Tree | { readonly leaf: Json }>

function plant(root: Tree | undefined, path: readonly string[], leaf: Json): void {
  let at = root
  for (const key of path.slice(0, -1)) {
    let next = at?.get(key)
    if (!(next instanceof Map)) {
      next = new Map()
      at?.set(key, next)
    }
    at = next
  }
  at?.set(path.at(-1) ?? '', { leaf })
}

const grown = (tree: Tree): JsonObject =>
  Object.fromEntries(
    [...tree].map(([key, value]) => [key, value instanceof Map ? grown(value) : value.leaf] as const),
  )
