import fc from 'fast-check'
import { expect } from 'vitest'
import type { Run } from './kubectl.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Place = readonly (string | number)[]

/** Every place of a value, as the path to it. */
export function placesOf(value: unknown, path: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, part]) =>
      placesOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

function put(value: unknown, [key, ...rest]: Place, junk: unknown): unknown {
  if (key === undefined) return junk
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >
  copy[key] = put(copy[key], rest, junk)
  return copy
}

const junk = fc.constantFrom<Json | undefined>(
  undefined,
  null,
  true,
  0,
  -1,
  1e300,
  '',
  'x',
  '9999-99-99T99:99:99Z',
  [],
  [null],
  ['x'],
  [[]],
  [{}],
  {},
  { x: null },
  { x: 1 },
)

interface Changes {
  readonly min?: number
  /** Places that are nearer to the root than this stay as they are. */
  readonly below?: number
  /** What may stand in a place beside {@link junk}. */
  readonly also?: readonly unknown[]
}

/** The value with something else in up to three of its places: a value of any type, or nothing at all. */
export function changed<T>(value: T, { min = 1, below = 0, also = [] }: Changes = {}): fc.Arbitrary<T> {
  const places = placesOf(value).filter((path) => path.length >= below)
  const any = also.length > 0 ? fc.oneof(junk, fc.constantFrom(...also)) : junk
  return withChanges(value, places, any, min)
}

/** The value with other texts, or none, in place of up to three of its own: it can be decoded still. */
export function changedTexts<T>(value: T, texts: readonly string[]): fc.Arbitrary<T> {
  const places = placesOf(value).filter((path) => typeof at(value, path) === 'string')
  return withChanges(value, places, fc.constantFrom(undefined, ...texts), 1)
}

const at = (value: unknown, path: Place): unknown =>
  path.reduce((part, key) => (part as Record<string | number, unknown>)[key], value)

function withChanges<T>(
  value: T,
  places: readonly Place[],
  any: fc.Arbitrary<unknown>,
  minLength: number,
): fc.Arbitrary<T> {
  return fc.array(fc.tuple(fc.constantFrom(...places), any), { minLength, maxLength: 3 }).map((changes) =>
    changes.reduce<unknown>((whole, [path, other]) => {
      try {
        return put(whole, path, other)
      } catch {
        // The place went with a change before.
        return whole
      }
    }, value),
  ) as fc.Arbitrary<T>
}

/** Whatever a command was told: it ends by an exit code that its help has, and takes nothing for a defect of its own. */
export function expectOwnEnd({ out, err, exit }: Run, exits: readonly number[]): void {
  expect(out + err).not.toMatch(/internal error|defect of kds|TypeError|RangeError|\n\s+at |\[object /)
  expect(exits).toContain(exit)
  if (exit === 1) expect(err).not.toBe('')
}
