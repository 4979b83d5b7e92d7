import { describe, expect, it } from 'vitest'
import { isolated } from '#base/right-to-left.ts'
import { displayWidth } from '#base/width.ts'
import { Edge } from '#cli/edge.ts'

describe('words from right to left', () => {
  it.each([
    ['שלום  2/5', '\u2068שלום\u2069  2/5'],
    ['name שלום עולם  3', 'name \u2068שלום עולם\u2069  3'],
    ['مرحبا/agent  ready', '\u2068مرحبا\u2069/agent  ready'],
    ['e\u0301 日本 🚀', 'e\u0301 日本 🚀'],
  ])('are held together: %s', (text, shown) => {
    expect(isolated(text)).toBe(shown)
    expect(displayWidth(shown)).toBe(displayWidth(text))
  })

  it('are held together on terminals alone, and stay as they are on pipes', () => {
    const written: string[] = []
    const stream = (isTerminal: boolean) => ({
      write: (text: string) => void written.push(text),
      isTerminal,
      columns: 80,
      rows: 24,
    })
    const edge = new Edge(() => 0.5)
    for (const isTerminal of [true, false]) edge.guard(stream(isTerminal)).write('שלום \u2068 1')
    expect(written).toEqual(['\u2068שלום\u2069 \\u2068 1', 'שלום \\u2068 1'])
  })
})
