import { isObject, type Json, type JsonObject, setKey } from '#base/json.ts'

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
  const list: JsonObject[] = new Array(length)
  for (const shape of shapes) {
    const layout = layoutOf(shape.columns)
    for (const [row, index] of placesOf(shape, length).entries()) list[index] = objectOf(layout, row)
  }
  return list
}

/** The fields of a shape, in which a column stands for its values; worked out once, it makes an object a row. */
type Layout = Map<string, Layout | Column>

function layoutOf(columns: readonly Column[]): Layout {
  const root: Layout = new Map()
  for (const column of columns) {
    let at = root
    for (const key of column.path.slice(0, -1)) {
      const next = at.get(key)
      const inner: Layout = next instanceof Map ? next : new Map()
      at.set(key, inner)
      at = inner
    }
    at.set(column.path.at(-1) ?? '', column)
  }
  return root
}

function objectOf(layout: Layout, row: number): JsonObject {
  const object: JsonObject = {}
  for (const [key, part] of layout) {
    const value = part instanceof Map ? objectOf(part, row) : valueAt(part, row)
    if (value !== undefined) setKey(object, key, value)
  }
  return object
}

function valueAt(column: Column, row: number): Json | undefined {
  if ('all' in column) return column.all
  return column.values[column.of ? (column.of[row] ?? -1) : row]
}
