import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '#base/json.ts'
import { toYaml } from '#yaml/emit.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'
import { runs } from '../helpers/random-cases.ts'

const fixture = (name: string) => readFileSync(`test/fixtures/yaml/${name}`, 'utf8')

describe('toYaml', () => {
  it('prints every kind of string and number as kubectl -o yaml did', () => {
    expect(toYaml(JSON.parse(fixture('emit.json')) as Json)).toBe(fixture('emit.yaml'))
  })

  it('keeps lists at the indentation of their key', () => {
    expect(toYaml({ b: [{ c: 1, a: [] }], a: {} })).toBe('a: {}\nb:\n- a: []\n  c: 1\n')
  })

  it('prints scalars and empty collections alone', () => {
    expect([null, true, 1.5, 'x', 'yes', [], {}].map(toYaml)).toEqual([
      'null\n',
      'true\n',
      '1.5\n',
      'x\n',
      '"yes"\n',
      '[]\n',
      '{}\n',
    ])
  })

  it('is read back as the same value, whatever the value', async () => {
    const { json } = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          'yes',
          '1e3',
          '- a',
          'a: b',
          'a #b',
          ' x',
          'x ',
          'a\n',
          '\na',
          'a \n',
          '~',
          '0x1',
          '---',
        ),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('json'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const { documents } = await parseDocuments(new SourceText('x', toYaml({ value })))
        expect(documents[0]?.value).toEqual({ value })
      }),
      runs(300),
    )
  })
})
