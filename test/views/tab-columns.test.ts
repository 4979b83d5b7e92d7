import { describe, expect, it } from 'vitest'
import { tabColumns } from '#views/tab-columns.ts'

describe('tabColumns', () => {
  it.each([
    ['a column is as wide as its neighbours above and below', 'a\tb\nlonger\tc\n', 'a       b\nlonger  c\n'],
    ['and ends where a line has no such cell', 'a\tb\n-\nlonger\tc\n', 'a  b\n-\nlonger  c\n'],
    ['an empty column takes no room', '\tb\n\tc\n', 'b\nc\n'],
    ['characters count, not code units', '😀\tb\nxx\tc\n', '😀   b\nxx  c\n'],
  ])('%s', (_name, text, aligned) => expect(tabColumns(text)).toBe(aligned))
})
