import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goJsonSyntaxError } from '#kube/go-json-syntax.ts'
import { runs } from '../helpers/random-cases.ts'

describe("Go's words for what is no JSON", () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    [' ', 'unexpected end of JSON input'],
    ['[1', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['"a', 'unexpected end of JSON input'],
    ['tru', 'unexpected end of JSON input'],
    ['-', 'unexpected end of JSON input'],
    ['abc', "invalid character 'a' looking for beginning of value"],
    ['[,]', "invalid character ',' looking for beginning of value"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} {}', "invalid character '{' after top-level value"],
    ['01', "invalid character '1' after top-level value"],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.a', "invalid character 'a' after decimal point in numeric literal"],
    ['1ea', "invalid character 'a' in exponent of numeric literal"],
    ['nil', "invalid character 'i' in literal null (expecting 'u')"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"\n"', "invalid character '\\n' in string literal"],
    ['"\u0001"', "invalid character '\\x01' in string literal"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ['\\', "invalid character '\\\\' looking for beginning of value"],
    ['['.repeat(30_000), 'exceeded max depth'],
  ])('%j', (text, words) => expect(goJsonSyntaxError(text)).toBe(words))

  it('agrees with JSON.parse on what is JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), fc.string({ maxLength: 2 }), (json, at, extra) => {
        const place = at % (json.length + 1)
        for (const text of [json, json.slice(0, place), json.slice(0, place) + extra + json.slice(place)]) {
          const good = (() => {
            try {
              JSON.parse(text)
              return true
            } catch {
              return false
            }
          })()
          expect(goJsonSyntaxError(text) === undefined, text).toBe(good)
        }
      }),
      runs(500),
    )
  })
})
