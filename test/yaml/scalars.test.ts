import { describe, expect, it } from 'vitest'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'

const read = async (text: string) =>
  (await parseDocuments(new SourceText('x.yaml', text))).documents[0]?.value

/** What kubectl 1.32 makes of each. */
const plain: [string, unknown][] = [
  ['yes', true],
  ['Off', false],
  ['y', true],
  ['N', false],
  ['TRUE', true],
  ['tRUE', 'tRUE'],
  ['~', null],
  ['Null', null],
  ['', null],
  ['017', 15],
  ['0o17', 15],
  ['08', 8],
  ['0x1F', 31],
  ['0x_1', 1],
  ['+0x1', 1],
  ['0b11', 3],
  ['-0b1', -1],
  ['0B1', 1],
  ['1_000', 1000],
  ['1_0.5', 10.5],
  ['+1', 1],
  ['1e3', 1000],
  ['1.', 1],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['.', '.'],
  ['1:20', '1:20'],
  ['2001-01-01', '2001-01-01'],
  ['2001-01-01T00:00:00Z', '2001-01-01T00:00:00Z'],
  ['9223372036854775807', 2 ** 63],
  ['99999999999999999999999', 1e23],
  ['1.2.3', '1.2.3'],
  ['1a', '1a'],
  ['0xg', '0xg'],
  ['!!str 5', '5'],
  ['!!int "5"', 5],
  ['!!float 3', 3],
  ['!!bool yes', true],
  ["!!null ''", null],
  ['!!binary aGk=', 'hi'],
  ['!local bar', 'bar'],
  ['"yes"', 'yes'],
  ["'1'", '1'],
]

describe('scalars mean what they mean to kubectl', () => {
  it.each(plain)('%s', async (text, value) => {
    expect(await read(`a: ${text}\n`)).toEqual({ a: value })
  })

  it.each([
    ['1: a', '1'],
    ['1.5: a', '1.5'],
    ['1e10: a', '1e+10'],
    ['0x10: a', '16'],
    ['no: a', 'false'],
    ['2001-01-01: a', '2001-01-01'],
    ['9223372036854775807: a', '9223372036854775807'],
    ['123456789012345678901: a', '1.2345679e+20'],
    ['"": a', ''],
  ])('the key of `%s` is the string %s', async (text, key) => {
    expect(Object.keys((await read(`${text}\n`)) as object)).toEqual([key])
  })

  it.each([
    ['a: .nan', 'bad-number'],
    ['a: -.inf', 'bad-number'],
    ['~: a', 'bad-key'],
    ['18446744073709551615: a', 'bad-key'],
    ['? [a]\n: b', 'bad-key'],
    ['a: !!int foo', 'bad-tag'],
    ['a: !!bool 1', 'bad-tag'],
    ['a: !!null x', 'bad-tag'],
  ])('refuses `%s`', async (text, code) => {
    await expect(read(text)).rejects.toMatchObject({ code, location: { line: 1 } })
  })

  it('warns where digits are lost', async () => {
    const { diagnostics } = await parseDocuments(
      new SourceText('x.yaml', 'a: 9007199254740993\nb: 9007199254740991\n'),
    )
    expect(diagnostics).toMatchObject([{ code: 'number-precision', location: { line: 1, column: 4 } }])
  })
})
