import Table from 'cli-table3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { table, tableLines } from '#views/table.ts'
import { runs } from '../helpers/random-cases.ts'

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`

/** The whole drawn by the library at once. */
function atOnce(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]) {
  const sides = ['top', 'bottom', 'left', 'right', 'mid', 'middle']
  const joints = ['top', 'bottom', 'left', 'right', 'mid'].map((side) => `${side}-mid`)
  const corners = ['top', 'bottom'].flatMap((side) => [`${side}-left`, `${side}-right`])
  const whole = new Table({
    chars: Object.fromEntries([...sides, ...joints, ...corners].map((name) => [name, ''])),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 3 },
    colAligns: head.map((_, at) => (right.includes(at) ? 'right' : 'left')),
  })
  whole.push(...[head, ...rows].map((row) => [...row]))
  return whole
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

describe('table', () => {
  it('is what cli-table3 draws at once', () => {
    const cell = fc.constantFrom(
      '',
      'x',
      'ab',
      'a b',
      'long-name',
      '日本',
      '\u001b[32mready\u001b[39m',
      'é',
      '1200',
    )
    const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 40 })
    fc.assert(
      fc.property(rows, fc.subarray([0, 1, 2]), (of, right) => {
        const head = ['A', 'NODES', 'WHICH']
        expect(tableLines({ head, rows: of, right })).toEqual(atOnce(head, of, right))
      }),
      runs(100),
    )
  })

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
