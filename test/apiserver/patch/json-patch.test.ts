import { describe, expect, it } from 'vitest'
import { applyJsonPatch } from '#apiserver/patch/json-patch.ts'
import { PatchError } from '#apiserver/patch/patch-error.ts'
import type { Json } from '#kube/types.ts'

const doc = { a: { b: [1, 2, 3], 'x/y': 1, 'm~n': 2 }, n: null }

describe('applyJsonPatch', () => {
  it.each<[string, Json, Json]>([
    ['add: a key', [{ op: 'add', path: '/c', value: 1 }], { ...doc, c: 1 }],
    ['add: over a key', [{ op: 'add', path: '/a', value: 1 }], { a: 1, n: null }],
    [
      'add: into a list',
      [{ op: 'add', path: '/a/b/1', value: 9 }],
      { ...doc, a: { ...doc.a, b: [1, 9, 2, 3] } },
    ],
    [
      'add: at the end',
      [{ op: 'add', path: '/a/b/-', value: 9 }],
      { ...doc, a: { ...doc.a, b: [1, 2, 3, 9] } },
    ],
    ['add: at -1', [{ op: 'add', path: '/a/b/-1', value: 9 }], { ...doc, a: { ...doc.a, b: [1, 2, 3, 9] } }],
    ['remove: a key', [{ op: 'remove', path: '/a' }], { n: null }],
    ['remove: an element', [{ op: 'remove', path: '/a/b/0' }], { ...doc, a: { ...doc.a, b: [2, 3] } }],
    ['remove: the last element', [{ op: 'remove', path: '/a/b/-1' }], { ...doc, a: { ...doc.a, b: [1, 2] } }],
    [
      'replace: an element',
      [{ op: 'replace', path: '/a/b/0', value: 9 }],
      { ...doc, a: { ...doc.a, b: [9, 2, 3] } },
    ],
    [
      'replace: a missing key adds it, as the server does',
      [{ op: 'replace', path: '/c', value: 1 }],
      { ...doc, c: 1 },
    ],
    ['replace: the document', [{ op: 'replace', path: '', value: { z: 1 } }], { z: 1 }],
    ['move: a key', [{ op: 'move', from: '/n', path: '/a/k' }], { a: { ...doc.a, k: null } }],
    [
      'copy: an element',
      [{ op: 'copy', from: '/a/b/2', path: '/a/b/0' }],
      { ...doc, a: { ...doc.a, b: [3, 1, 2, 3] } },
    ],
    [
      'escapes of / and ~',
      [
        { op: 'remove', path: '/a/x~1y' },
        { op: 'remove', path: '/a/m~0n' },
      ],
      { a: { b: [1, 2, 3] }, n: null },
    ],
    [
      'test: the order of keys means nothing',
      [{ op: 'test', path: '/a', value: { 'm~n': 2, 'x/y': 1, b: [1, 2, 3] } }],
      doc,
    ],
    [
      'test: a missing key is null',
      [
        { op: 'test', path: '/zz' },
        { op: 'test', path: '/n', value: null },
      ],
      doc,
    ],
    [
      'a key named __proto__ is data',
      [{ op: 'add', path: '/a/__proto__', value: 1 }],
      JSON.parse('{"a":{"b":[1,2,3],"x/y":1,"m~n":2,"__proto__":1},"n":null}'),
    ],
    ['no operations', [], doc],
  ])('%s', (_name, ops, expected) => {
    const before = structuredClone(doc)
    expect(applyJsonPatch(doc, ops)).toEqual(expected)
    expect(doc).toEqual(before)
  })

  it.each<[string, Json, number, string]>([
    [
      'not a list',
      { op: 'add' },
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [
      'not an operation',
      ['add'],
      400,
      'json: cannot unmarshal string into Go value of type jsonpatch.Operation',
    ],
    ['an unknown operation', [{ op: 'merge', path: '/a' }], 422, 'Unexpected kind: merge'],
    ['no path', [{ op: 'add' }], 422, 'add operation failed to decode path'],
    [
      'a missing parent',
      [{ op: 'add', path: '/q/r', value: 1 }],
      422,
      'add operation does not apply: doc is missing path: "/q/r": missing value',
    ],
    [
      'a missing key',
      [{ op: 'remove', path: '/q' }],
      422,
      'Unable to remove nonexistent key: q: missing value',
    ],
    [
      'an index out of range',
      [{ op: 'replace', path: '/a/b/3', value: 1 }],
      422,
      'Unable to access invalid index: 3: invalid index referenced',
    ],
    [
      'an index that is none',
      [{ op: 'add', path: '/a/b/x', value: 1 }],
      422,
      "value was not a proper array index: 'x'",
    ],
    [
      'a test that fails',
      [{ op: 'test', path: '/a/b/0', value: 2 }],
      422,
      'testing value /a/b/0 failed: test failed',
    ],
    [
      'a move of nothing',
      [{ op: 'move', from: '/q', path: '/r' }],
      422,
      'Unable to remove nonexistent key: q: missing value',
    ],
    [
      'a scalar for the document',
      [{ op: 'replace', path: '', value: 1 }],
      422,
      'replace operation value must be object or array',
    ],
    [
      'too many operations',
      Array(10_001).fill({ op: 'test', path: '/q' }),
      413,
      'The allowed maximum operations in a JSON patch is 10000, got 10001',
    ],
  ])('refuses %s', (_name, ops, code, detail) => {
    try {
      applyJsonPatch(doc, ops)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof PatchError)) throw error
      expect({ code: error.code, detail: error.detail }).toEqual({ code, detail })
      expect(error.message).toBe(
        code === 422 ? 'the server rejected our request due to an error in our request' : detail,
      )
    }
  })
})
