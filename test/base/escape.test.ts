import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeJson, escapeLine, escapeText } from '#base/escape.ts'
import { runs } from '../helpers/random-cases.ts'

describe('escapeText', () => {
  it.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u009b2J', '\\x9b2J'],
    ['\u0000\u0007\u007f\r', '\\x00\\x07\\x7f\\r'],
    ['a\u202eb\u2066c\u061cd\u206ae\u200ef', 'a\\u202eb\\u2066c\\u061cd\\u206ae\\u200ef'],
    ['\u2028\u2029\ufeff\ufff9', '\\u2028\\u2029\\ufeff\\ufff9'],
    ['\u{e0041}\u{e007f}', '\\U000e0041\\U000e007f'],
    [
      'tab\tand\nline stay, so do ä, 中, 😀, a\u200db and ­',
      'tab\tand\nline stay, so do ä, 中, 😀, a\u200db and ­',
    ],
  ])('%j becomes %j', (text, shown) => expect(escapeText(text)).toBe(shown))

  it('escapeLine keeps it on one line', () => expect(escapeLine('a\n\tb\u001b')).toBe('a\\n\\tb\\x1b'))
})

describe('escapeJson', () => {
  it('is the same document without anything that a terminal acts on', () => {
    const text = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u{e0041}', '\u009b', '\u202e')),
    )
    fc.assert(
      fc.property(text, (value) => {
        const json = escapeJson(JSON.stringify(value))
        expect(JSON.parse(json)).toEqual(value)
        expect(escapeText(json)).toBe(json)
      }),
      runs(100),
    )
  })
})
