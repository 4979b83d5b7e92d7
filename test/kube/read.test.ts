import { describe, expect, it } from 'vitest'
import * as read from '#kube/read.ts'

const object = {
  text: 'a',
  number: 3,
  bool: true,
  object: { b: 2, a: 'x', c: null },
  list: ['a', 1, { b: 1 }, null, []],
  none: null,
}

const readers = [
  [read.stringIn, 'text', 'a', ''],
  [read.stringOrNone, 'text', 'a', undefined],
  [read.numberIn, 'number', 3, 0],
  [read.numberOrNone, 'number', 3, undefined],
  [read.boolIn, 'bool', true, false],
  [read.boolOrNone, 'bool', true, undefined],
  [read.objectIn, 'object', object.object, {}],
  [read.objectOrNone, 'object', object.object, undefined],
  [read.listIn, 'list', object.list, []],
  [read.objectsIn, 'list', [{}, {}, { b: 1 }, {}, {}], []],
  [read.stringsIn, 'list', ['a'], []],
  [
    read.entriesIn,
    'object',
    [
      ['a', 'x'],
      ['b', '2'],
      ['c', ''],
    ],
    [],
  ],
] as const

describe.each(readers)('%o', (reader, key, found, absent) => {
  it('reads its field', () => {
    expect(reader(object, key)).toEqual(found)
  })

  it.each(['none', 'missing', 'toString', '__proto__'])('takes %s for absent', (name) => {
    expect(reader(object, name)).toEqual(absent)
  })

  it.each(Object.keys(object).filter((name) => name !== key))(
    'takes %s, of another type, for absent',
    (name) => {
      expect(reader(object, name)).toEqual(absent)
    },
  )

  it.each([undefined, null, 'text', [], 5])('finds nothing in %j', (holder) => {
    expect(reader(holder, key)).toEqual(absent)
  })
})

it.each([
  ['text', 'a'],
  ['number', '3'],
  ['bool', 'true'],
  ['none', ''],
  ['missing', ''],
])('textIn reads %s as %j', (key, text) => {
  expect(read.textIn(object, key)).toBe(text)
})
