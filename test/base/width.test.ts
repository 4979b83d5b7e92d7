import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clipped, displayWidth, pieces } from '#base/width.ts'
import { runs } from '../helpers/random-cases.ts'

const red = '\u001b[31m'
const end = '\u001b[0m'

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['node-1', 6],
    ['日本', 4],
    ['한국', 4],
    ['ｗｉｄｅ', 8],
    ['e\u0301', 1],
    ['🚀', 2],
    ['👩\u200d👩\u200d👧', 2],
    ['🇩🇪', 2],
    ['⚠\ufe0f', 2],
    ['✔ … █', 5],
    [`${red}red${end}`, 3],
  ])('%j: %i', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })
})

describe('clipped', () => {
  it.each([
    ['node-1', 6, 'node-1'],
    ['node-12', 6, 'node-…'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['日本語', 1, '…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['👩\u200d👩\u200d👧👩\u200d👩\u200d👧', 3, '👩\u200d👩\u200d👧…'],
    [`${red}red${end}dish`, 5, `${red}red${end}d…`],
    [`${red}reddish${end}`, 4, `${red}red…${end}`],
    [`plain ${red}red${end}`, 4, 'pla…'],
    [`abc${red}red${end}`, 4, `abc${red}…${end}`],
  ])('%j to %i columns: %j', (text, columns, expected) => {
    expect(clipped(text, columns)).toBe(expected)
  })
})

describe('pieces', () => {
  it.each([
    ['abcdef', 4, ['abcd', 'ef']],
    ['abcd', 4, ['abcd']],
    ['日本語', 4, ['日本', '語']],
    ['日本語', 5, ['日本', '語']],
    ['日本語', 1, ['日', '本', '語']],
    ['e\u0301e\u0301e\u0301', 2, ['e\u0301e\u0301', 'e\u0301']],
  ])('%j in %i columns: %j', (text, columns, expected) => {
    expect([...pieces(text, columns)]).toEqual(expected)
  })

  it('keep characters of many marks together, however many there are', () => {
    const many = `e${'\u0301'.repeat(50)}`
    expect([...pieces(many.repeat(9), 4)]).toEqual([many, many, many, many, many, many, many, many, many])
  })

  it('are the text, and each fits', () => {
    const character = fc.constantFrom(
      'a',
      ' ',
      'e\u0301',
      'ü',
      '日',
      '𠮷',
      'ｱ',
      '🚀',
      '👍🏽',
      '👩\u200d👩\u200d👧',
      '…',
    )
    fc.assert(
      fc.property(
        fc.string({ unit: character, minLength: 1 }),
        fc.integer({ min: 2, max: 9 }),
        (text, columns) => {
          const all = [...pieces(text, columns)]
          expect(all.join('')).toBe(text)
          for (const piece of all) expect(displayWidth(piece)).toBeLessThanOrEqual(columns)
        },
      ),
      runs(100),
    )
  })
})
