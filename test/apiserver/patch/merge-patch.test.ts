import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyMergePatch } from '#apiserver/patch/merge-patch.ts'
import { getKey, isObject, type Json, type JsonObject, sameJson, setKey } from '#base/json.ts'
import { runs } from '../../helpers/random-cases.ts'

/** The table of RFC 7386, appendix A: original, patch, result. */
const examples: [Json, Json, Json][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

const json = fc.letrec<{ value: Json; object: { [key: string]: Json } }>((tie) => ({
  value: fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', '__proto__'), fc.string()), tie('value'), {
    maxKeys: 4,
  }),
}))

/**
 * The smallest JSON merge patch that turns `before` into `after`; undefined if they are the same. A null inside `after`
 * cannot be expressed by a merge patch and reads as the absence of its key.
 */
function mergePatchBetween(before: Json | undefined, after: Json): Json | undefined {
  if (sameJson(before, after)) return undefined
  if (!isObject(before) || !isObject(after)) return after
  const patch: JsonObject = {}
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) setKey(patch, key, null)
  for (const [key, value] of Object.entries(after)) {
    const change = mergePatchBetween(getKey(before, key), value)
    if (change !== undefined) setKey(patch, key, change)
  }
  return patch
}

describe('merge patches', () => {
  it.each(examples)('%j with %j is %j', (original, patch, result) => {
    expect(applyMergePatch(original, patch)).toEqual(result)
  })

  it('made between a and b turn a into b, and change neither', () => {
    fc.assert(
      fc.property(json.value, json.value, (a, b) => {
        const [a0, b0] = [JSON.stringify(a), JSON.stringify(b)]
        const patch = mergePatchBetween(a, b)
        expect(patch === undefined ? a : applyMergePatch(a, patch)).toEqual(b)
        expect([JSON.stringify(a), JSON.stringify(b)]).toEqual([a0, b0])
      }),
      runs(100),
    )
  })

  it('do the same applied twice', () => {
    fc.assert(
      fc.property(json.object, json.object, (doc, patch) => {
        const once = applyMergePatch(doc, patch)
        expect(applyMergePatch(once, patch)).toEqual(once)
      }),
      runs(100),
    )
  })
})
