/** JSON exactly as Go's `encoding/json` writes a map: keys sorted by their bytes, no spaces, HTML characters escaped. */
import { goJson } from './field-error.ts'
import type { Json, JsonObject } from './types.ts'

/** Sorts as UTF-8 bytes do; JavaScript's own order differs for characters beyond the basic plane. */
function byBytes(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; ) {
    const left = a.codePointAt(i) ?? 0
    const right = b.codePointAt(i) ?? 0
    if (left !== right) return left - right
    i += left > 0xffff ? 2 : 1
  }
  return a.length - b.length
}

/** A JSON value as the bytes that Go would write for it. */
export function encodeGoJson(value: Json): string {
  if (typeof value === 'string') return goJson(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(encodeGoJson).join(',')}]`
  const fields = Object.keys(value).sort(byBytes)
  return `{${fields.map((key) => `${goJson(key)}:${encodeGoJson(own(value, key))}`).join(',')}}`
}

const own = (object: JsonObject, key: string): Json => object[key] ?? null
