import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isObject, type Json, sameIgnoringNulls, sameJson, withKey, withoutNulls } from '#base/json.ts'
import { runs } from '../helpers/random-cases.ts'

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    fc.constantFrom<Json>(null, 0, '', 'a', true),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('value'), { maxKeys: 2 }),
  ),
})).value

describe('isObject', () => {
  it.each([
    [{}, true],
    [[], false],
    [null, false],
    [undefined, false],
    ['', false],
  ])('%j: %s', (value, expected) => {
    expect(isObject(value)).toBe(expected)
  })
})

describe('equality', () => {
  it.each<[Json, Json, boolean, boolean]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true, true],
    [{ a: null }, {}, false, true],
    [{ a: { b: null } }, { a: {} }, false, true],
    [{ a: null }, { b: null }, false, true],
    [[null], [], false, false],
    [[1, 2], [2, 1], false, false],
    [{}, [], false, false],
    [{ a: 1 }, { a: 1, b: 1 }, false, false],
  ])('of %j and %j: %s, without nulls %s', (a, b, same, sameWithoutNulls) => {
    expect([sameJson(a, b), sameIgnoringNulls(a, b)]).toEqual([same, sameWithoutNulls])
  })

  it('without nulls is that of the values whose nulls are left out', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(sameIgnoringNulls(a, b)).toBe(sameJson(withoutNulls(a), withoutNulls(b)))
      }),
      runs(1000),
    )
  })
})

it('sets __proto__ as a key like any other', () => {
  const object = withKey({ a: 1 }, '__proto__', { b: 2 })
  expect(JSON.stringify(object)).toBe('{"a":1,"__proto__":{"b":2}}')
  expect('b' in object).toBe(false)
})
