import { describe, expect, it } from 'vitest'
import { definitionList, paragraphs } from '#cli/help-layout.ts'

describe('definitionList', () => {
  it('puts meanings beside their terms, wrapped where they begin', () => {
    const rows = [
      ['--all', 'one two three four five six'],
      ['-f FILE', 'short'],
    ] as const
    expect(definitionList(rows, 31)).toBe(
      ['  --all    one two three four', '           five six', '  -f FILE  short'].join('\n'),
    )
  })

  it('gives a wide term a line of its own', () => {
    const wide = 'x'.repeat(31)
    expect(
      definitionList(
        [
          ['term', 'meaning'],
          [wide, 'other'],
        ],
        60,
      ),
    ).toBe(`  term  meaning\n  ${wide}\n        other`)
  })

  it('takes wide terms alone', () => {
    expect(definitionList([['x'.repeat(31), 'meaning']], 60)).toBe(`  ${'x'.repeat(31)}\n    meaning`)
  })

  it('reckons in columns of the terminal', () => {
    const rows = [
      ['日本', 'a'],
      ['e\u0301e\u0301e\u0301', 'b'],
      ['plain', 'c'],
    ] as const
    expect(definitionList(rows, 60)).toBe('  日本   a\n  e\u0301e\u0301e\u0301    b\n  plain  c')
  })
})

describe('paragraphs', () => {
  it('are filled, but for those that begin with a space', () => {
    const text = '\none\ntwo three\n\n  kept\n    as it is\n\n\nfour  '
    expect(paragraphs(text, 60)).toBe('one two three\n\n  kept\n    as it is\n\nfour')
  })

  it('are wrapped', () => {
    expect(paragraphs('aaaa bbbb cccc dddd eeee', 20)).toBe('aaaa bbbb cccc dddd\neeee')
  })
})
