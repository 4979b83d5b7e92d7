import { describe, expect, it } from 'vitest'
import { table } from '#views/table.ts'

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`

describe('table', () => {
  it('aligns columns, numbers to the right', () => {
    const text = table({
      head: ['NAME', 'NODES', 'WHICH'],
      rows: [
        ['a', '1', 'x'],
        ['long-name', '1200', ''],
      ],
      right: [1],
    })
    expect(text).toBe(lines('NAME        NODES   WHICH', 'a               1   x', 'long-name    1200'))
  })

  it('holds columns with wide characters and combining marks', () => {
    const text = table({
      head: ['NAME', 'NEXT'],
      rows: [
        ['日本', 'a'],
        ['e\u0301e\u0301', 'b'],
        ['🚀', 'c'],
        ['plain', 'd'],
      ],
    })
    expect(text).toBe(lines('NAME    NEXT', '日本    a', 'e\u0301e\u0301      b', '🚀      c', 'plain   d'))
  })

  it('breaks no row without a width', () => {
    const cell = 'word '.repeat(40).trim()
    expect(table({ head: ['A', 'B'], rows: [['x', cell]] })).toBe(lines('A   B', `x   ${cell}`))
  })

  it('moves the last column below where a row is too wide', () => {
    const text = table({
      head: ['A', 'B', 'WHICH'],
      rows: [
        ['x', 'y', 'one two three four five six seven'],
        ['x', 'y', ''],
        ['x', 'y', '<none>'],
        ['x', 'y', 'last'],
      ],
      width: 30,
    })
    expect(text).toBe(
      lines(
        'A   B',
        'x   y',
        '    one two three four five',
        '    six seven',
        'x   y',
        'x   y',
        'x   y',
        '    last',
      ),
    )
  })

  it.each([
    [13, 'A   日本語日本'],
    [14, 'A   日本語日本'],
  ])('reckons in columns of the terminal: %i', (width, head) => {
    const [first] = table({ head: ['A', '日本語日本'], rows: [['x', 'y']], width }).split('\n')
    expect(first).toBe(width < 14 ? 'A' : head)
  })

  it('aligns the rows of a long table alike', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [i === 777 ? 'the-longest-name' : `n${i}`, String(i)])
    const [head, ...body] = table({ head: ['NAME', 'NUMBER'], rows, right: [1] })
      .trimEnd()
      .split('\n')
    expect(head).toBe('NAME               NUMBER')
    expect(body).toHaveLength(1000)
    expect(body[777]).toBe('the-longest-name      777')
    expect(new Set(body.map((line) => line.length))).toEqual(new Set([25]))
  })
})
