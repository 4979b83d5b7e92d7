import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#base/json.ts'
import { packed, unpacked } from '#planning/columns.ts'
import { runs } from '../helpers/random-cases.ts'

const again = (list: readonly JsonObject[]) => unpacked(JSON.parse(JSON.stringify(packed(list))))

describe('objects field by field', () => {
  it('are the same again, whatever they hold', () => {
    const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 12 })
    fc.assert(
      fc.property(values, (list) => {
        const plain = JSON.parse(JSON.stringify(list)) as JsonObject[]
        expect(again(plain)).toEqual(plain)
      }),
      runs(100),
    )
  })

  it.each<[string, JsonObject[]]>([
    ['no objects', []],
    ['empty ones', [{}, {}, { a: {} }]],
    ['null, empty and absent are told apart', [{ a: null }, { a: '' }, { a: {} }, { a: [] }, {}]],
    ['a field that is an object here and a text there', [{ a: { b: 1 } }, { a: 'x' }, { a: { b: 2 } }]],
    ['shapes by turns keep their order', [{ a: 1 }, { b: 1 }, { a: 2 }, { b: 2 }, { a: 1 }]],
    ['values that come again', Array.from({ length: 9 }, (_, at) => ({ a: at % 2, b: 'same', c: at }))],
    ['names that are special to JavaScript', [JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')]],
  ])('%s', (_, list) => {
    const found = again(list)
    expect(found).toEqual(list)
    expect(JSON.stringify(found)).toBe(JSON.stringify(list))
  })

  it('take a fraction of their JSON', () => {
    const list = Array.from({ length: 1000 }, (_, at) => ({
      metadata: { name: `node-${at}`, labels: { os: 'linux', zone: `zone-${at % 3}` } },
      status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' } },
    }))
    expect(JSON.stringify(packed(list)).length).toBeLessThan(JSON.stringify(list).length / 4)
  })
})
