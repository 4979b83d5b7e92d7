import { describe, expect, it } from 'vitest'
import type { FieldEdit } from '#base/field-path.ts'
import { EditError, editInPlace } from '#yaml/edit-in-place.ts'

const edit = (text: string, ...edits: (FieldEdit & { document?: number })[]) =>
  editInPlace(
    text,
    edits.map((one) => ({ document: 0, ...one })),
  )

describe('what an edit leaves of a text', () => {
  it.each<[string, string, FieldEdit[], string]>([
    ['a number', 'a: 1 # one\nb: 2\n', [{ path: ['a'], value: 10 }], 'a: 10 # one\nb: 2\n'],
    ['a text in quotes', "a: 'x' # one\n", [{ path: ['a'], value: 'z' }], 'a: z # one\n'],
    ['a text that looks like something else', 'a: x\n', [{ path: ['a'], value: 'on' }], 'a: "on"\n'],
    ['nothing', 'a:\nb: 2\n', [{ path: ['a'], value: 1 }], 'a: 1\nb: 2\n'],
    [
      'nothing, and below it',
      'a: # here\nb: 2\n',
      [{ path: ['a', 'c'], value: 1 }],
      'a: {c: 1} # here\nb: 2\n',
    ],
    ['an empty mapping', 'a: {}\n', [{ path: ['a', 'c'], value: 'd' }], 'a: {c: d}\n'],
    [
      'a new field',
      'a:\n    # first\n    b: 1\n\n# then\nc: 2\n',
      [{ path: ['a', 'd'], value: 3 }],
      'a:\n    # first\n    b: 1\n    d: 3\n\n# then\nc: 2\n',
    ],
    [
      'a new field after a block',
      'a:\n  b: |\n    x\n    y\nc: 1\n',
      [{ path: ['a', 'd'], value: 3 }],
      'a:\n  b: |\n    x\n    y\n  d: 3\nc: 1\n',
    ],
    ['a new field at the end without a newline', 'a: 1', [{ path: ['b'], value: 2 }], 'a: 1\nb: 2\n'],
    [
      'new fields in each other',
      'a:\n- b: 1 # x\n  c: 2\n- d: 3\n',
      [{ path: ['a', 0, 'r', 's'], value: { t: 1 } }],
      'a:\n- b: 1 # x\n  c: 2\n  r:\n    s:\n      t: 1\n- d: 3\n',
    ],
    [
      'a new field behind a comma',
      'a: {b: 1} # x\n',
      [{ path: ['a', 'c'], value: 2 }],
      'a: {b: 1, c: 2} # x\n',
    ],
    ['a field', 'a: 1\n# of b\nb:\n  c: 2 # x\nd: 3\n', [{ path: ['b'] }], 'a: 1\n# of b\nd: 3\n'],
    ['an item', 'a:\n- b: 1 # x\n  c: 2\n# two\n- d: 3\n', [{ path: ['a', 0] }], 'a:\n# two\n- d: 3\n'],
    ['items by number', 'a:\n  - 1\n  - 2\n  - 3\n', [{ path: ['a', 0] }, { path: ['a', 2] }], 'a:\n  - 2\n'],
    ['the first field of an item', 'a:\n- b: 1\n  c: 2\n', [{ path: ['a', 0, 'b'] }], 'a:\n- c: 2\n'],
    ['an item in brackets', 'a: [1, 2, 3]\n', [{ path: ['a', 1] }], 'a: [1, 3]\n'],
    ['the last in brackets', 'a: {b: 1, c: 2}\n', [{ path: ['a', 'c'] }], 'a: {b: 1}\n'],
    ['what becomes empty', 'a: 1\nb:\n  c:\n  - d: {e: 1}\n', [{ path: ['b', 'c', 0, 'd', 'e'] }], 'a: 1\n'],
    [
      'line ends of Windows',
      'a:\r\n  b: 1\r\nc: 2\r\n',
      [{ path: ['a', 'd'], value: 3 }, { path: ['c'] }],
      'a:\r\n  b: 1\r\n  d: 3\r\n',
    ],
    [
      'JSON on one line',
      '{"a": {"b": 1}}',
      [{ path: ['a', 'c'], value: { d: 'x' } }],
      '{"a": {"b": 1, "c": {"d":"x"}}}',
    ],
    [
      'JSON on several lines',
      '{\n  "a": {\n    "b": 1\n  }\n}\n',
      [{ path: ['a', 'c'], value: { d: 1 } }],
      '{\n  "a": {\n    "b": 1,\n    "c": {\n      "d": 1\n    }\n  }\n}\n',
    ],
    ['a field of JSON', '{\n  "a": 1,\n  "b": [\n    1\n  ]\n}\n', [{ path: ['b', 0] }], '{\n  "a": 1\n}\n'],
    [
      'quotes, anchors and folded text elsewhere',
      'x: &x "1"\ny: *x\nz: >-\n  a\n  b\na: 1\n',
      [{ path: ['a'], value: 2 }],
      'x: &x "1"\ny: *x\nz: >-\n  a\n  b\na: 2\n',
    ],
    ['a key that is set twice', 'a: 1\na: 2\n', [{ path: ['a'], value: 3 }], 'a: 1\na: 3\n'],
  ])('%s', async (_, before, edits, after) => {
    expect(await edit(before, ...edits)).toBe(after)
  })

  it('of several documents one', async () => {
    const text = '# head\na: 1\n---\n# second\na: 1\n...\n---\n\n---\na: 1\n'
    expect(
      await edit(text, { document: 1, path: ['a'], value: 2 }, { document: 3, path: ['b'], value: 3 }),
    ).toBe('# head\na: 1\n---\n# second\na: 2\n...\n---\n\n---\na: 1\nb: 3\n')
  })
})

describe('what is not edited', () => {
  it.each<[string, string, FieldEdit]>([
    ['behind an alias', 'x: &x {a: 1}\ny: *x\n', { path: ['y', 'a'], value: 2 }],
    ['what others stand for', 'x: &x {a: 1}\ny: *x\n', { path: ['x', 'a'], value: 2 }],
    ['what is not there', 'a: 1\n', { path: ['b', 'c'] }],
    ['a scalar where a mapping is needed', 'a: 1\n', { path: ['a', 'b'], value: 2 }],
    ['one of several JSON objects', '{"a": 1}{"a": 1}', { path: ['a'], value: 2 }],
    ['an item that shares its line', 'a:\n- - 1\n  - 2\n- 3\n', { path: ['a', 0, 1, 'x'] }],
  ])('%s', async (_, text, one) => {
    await expect(edit(text, one)).rejects.toThrow(EditError)
  })
})
