/** A number for each node, from 0 to `size - 1`; equal numbers mean that the nodes look alike. */
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

/** Two columns laid over one another: alike are nodes that are alike in both. Never more codes than nodes. */
export function overlay(a: Column, b: Column): Column {
  return columnOf(a.codes.length, (i) => (a.codes[i] ?? 0) * b.size + (b.codes[i] ?? 0))
}
