import { describe, expect, it } from 'vitest'
import { displayWidth } from '#base/width.ts'
import { headLine, wrapped } from '#base/wrap.ts'

describe('wrapped', () => {
  it.each<[string, string, string[]]>([
    ['what fits', 'one two', ['one two']],
    ['nothing', '', ['']],
    ['to the last column', 'aaaa bbbb cccc dddd1', ['aaaa bbbb cccc dddd1']],
    ['one column more', 'aaaa bbbb cccc dddd12', ['aaaa bbbb cccc', 'dddd12']],
    ['a word as wide as a line', `a ${'b'.repeat(20)} c`, ['a', 'b'.repeat(20), 'c']],
    ['a word wider than a line', `a ${'b'.repeat(45)} c`, ['a', 'b'.repeat(20), 'b'.repeat(20), 'bbbbb c']],
    ['wide characters', '日本語日本語 日本語日本 語', ['日本語日本語', '日本語日本 語']],
    ['a wide word', '日'.repeat(15), ['日'.repeat(10), '日'.repeat(5)]],
    [
      'combining marks',
      `${'e\u0301'.repeat(12)} ${'e\u0301'.repeat(7)}`,
      [`${'e\u0301'.repeat(12)} ${'e\u0301'.repeat(7)}`],
    ],
    ['a word of combining marks', 'e\u0301'.repeat(25), ['e\u0301'.repeat(20), 'e\u0301'.repeat(5)]],
    ['emoji', '🚀🚀🚀🚀🚀 🚀🚀🚀🚀🚀', ['🚀🚀🚀🚀🚀', '🚀🚀🚀🚀🚀']],
  ])('%s', (_, text, lines) => {
    expect(wrapped(text, 20)).toEqual(lines)
  })

  it('counts the indent', () => {
    expect(wrapped('aaaa bbbb cccc dddd eeee ffff', 25, '  ')).toEqual([
      '  aaaa bbbb cccc dddd',
      '  eeee ffff',
    ])
  })

  it('leaves twenty columns beside any indent', () => {
    expect(wrapped('aaaa bbbb cccc dddd eeee', 10, '    ')).toEqual(['    aaaa bbbb cccc dddd', '    eeee'])
  })

  it('takes a word of hundreds of thousands of characters', () => {
    const lines = wrapped('日'.repeat(400_000), 80)
    expect(lines).toHaveLength(10_000)
    expect(Math.max(...lines.map(displayWidth))).toBe(80)
  })
})

describe('headLine', () => {
  const loud = (text: string) => text.toUpperCase()
  it.each([
    ['where both fit', 'answer:', 'name', 12, 'answer: NAME'],
    ['where they do not', 'answer:', 'name', 11, 'answer:\n  NAME'],
    ['after the last line of several', 'a long first line\nend', 'name', 8, 'a long first line\nend NAME'],
    ['without its colours', '\u001b[1manswer:\u001b[22m', 'name', 12, '\u001b[1manswer:\u001b[22m NAME'],
    ['with wide characters', '答え:', '名前', 10, '答え: 名前'],
    ['with wide characters too many', '答え:', '名前', 9, '答え:\n  名前'],
  ])('%s', (_, text, name, width, expected) => {
    expect(headLine(text, name, width, loud)).toBe(expected)
  })

  it('wraps what is too long', () => {
    const words = 'one two three four five six'
    expect(headLine('answer:', words, 20, loud)).toBe('answer:\n  ONE TWO THREE FOUR\n  FIVE SIX')
  })
})
