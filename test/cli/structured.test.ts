import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { structured, structuredList } from '#cli/structured.ts'
import { runs } from '../helpers/random-cases.ts'

/** Texts that YAML quotes, folds or puts in blocks, and long ones, of which a piece holds few. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '- a', 'null', '1e3', 'two\nlines\n', '\u009b', 'a word '.repeat(30), 'x'.repeat(7000)),
)
const part = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)
const item = fc.dictionary(
  fc.string({ maxLength: 5 }),
  fc.oneof(part, fc.array(part), fc.dictionary(text, part)),
)

const head = { apiVersion: 'kds/v1', kind: 'ThingList' }
const heads = [head, { ...head, metadata: { annotations: { 'a/b': 'two\nlines' } } }]

describe.each(['json', 'yaml'] as const)('a list in %s', (format) => {
  it('is in pieces what it is as a whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 5 }), async (given) => {
        const items = JSON.parse(JSON.stringify(given)) as object[]
        for (const head of heads) {
          const whole = await structured({ ...head, items }, format)
          expect([...structuredList(head, items, format)].join('')).toBe(whole)
        }
      }),
      runs(50),
    )
  })

  it('of many items comes in pieces', () => {
    const items = Array.from({ length: 100 }, () => ({ text: 'x'.repeat(10_000) }))
    expect([...structuredList(head, items, format)].every(({ length }) => length < 100_000)).toBe(true)
  })
})
