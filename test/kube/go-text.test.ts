import { expect, it } from 'vitest'
import { goJson, goKind, goMapJson, goPrint, goQuote } from '#kube/go-text.ts'

it.each([
  ['plain', '"plain"'],
  ['a "b" \\', '"a \\"b\\" \\\\"'],
  ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
  ['\u0000\u007f', '"\\x00\\x7f"'],
  ['\u0085\u202e', '"\\u0085\\u202e"'],
  ['\u001f!\u00a0!\u2000!\u3000!', '"\\x1f!\\u00a0!\\u2000!\\u3000!"'],
  ['\u00ad\u2028', '"\\u00ad\\u2028"'],
  ['☺ ~', '"☺ ~"'],
  ['\u{10ffff}', '"\\U0010ffff"'],
  ['\u{e0001}', '"\\U000e0001"'],
  ['é 世 😀', '"é 世 😀"'],
])('quotes %j as %%q does', (text, quoted) => {
  expect(goQuote(text)).toBe(quoted)
})

it('prints values as %v does', () => {
  expect(goPrint({ b: [1, 'x', null], a: { c: true } })).toBe('map[a:map[c:true] b:[1 x <nil>]]')
})

it.each([
  [null, 'null'],
  [[], 'array'],
  [{}, 'object'],
  [true, 'bool'],
  [1, 'number'],
  ['', 'string'],
])('names the type of %j', (value, kind) => {
  expect(goKind(value)).toBe(kind)
})

it('writes JSON with its HTML characters and line separators escaped', () => {
  expect(goJson({ b: '<&>\u2028', a: '"' })).toBe('{"b":"\\u003c\\u0026\\u003e\\u2028","a":"\\""}')
})

it('writes the keys of a map in the order of their bytes', () => {
  expect(goMapJson({ 'b\u{1f600}b': 1, 'b\u{1f600}a': 2, b: 3, '': 4 })).toBe(
    '{"":4,"b":3,"b\u{1f600}a":2,"b\u{1f600}b":1}',
  )
  const value = { '10': 1, '9': 1, b: [{ d: 1, c: null }], '\u{1f600}': 1, '\uffee': 1 }
  expect(goMapJson(value)).toBe('{"10":1,"9":1,"b":[{"c":null,"d":1}],"\uffee":1,"\u{1f600}":1}')
})
