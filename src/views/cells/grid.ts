import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import { clipped, displayWidth } from '#base/width.ts'
import type { Grouped } from './groups.ts'

/** What a node is drawn as. Two cells are one kind when they are the same object. */
export interface Cell {
  readonly letter: string
  readonly word: string
  readonly paint: 'good' | 'bad' | 'warn' | 'accent' | 'dim'
}

interface GridOptions {
  /** All kinds of cells, in the order in which they are told. */
  readonly order: readonly Cell[]
  readonly width: number
  /** How many lines it may take at most. */
  readonly height: number
  readonly style: Style
}

/** Runs of one cell, painted each in one piece. */
function painted(row: readonly Cell[], style: Style): string {
  let text = ''
  for (let at = 0; at < row.length; ) {
    const cell = row[at]
    let end = at
    while (end < row.length && row[end] === cell) end++
    if (cell) text += style[cell.paint](cell.letter.repeat(end - at))
    at = end
  }
  return text
}

/** How many there are of each kind, in the order in which they are told. */
function counts(cells: readonly Cell[], order: readonly Cell[]): (readonly [Cell, number])[] {
  const found = new Map<Cell, number>()
  for (const cell of cells) found.set(cell, (found.get(cell) ?? 0) + 1)
  return order.flatMap((cell) => {
    const count = found.get(cell)
    return count === undefined ? [] : [[cell, count] as const]
  })
}

const widestName = 24

/**
 * Nodes as a picture: a letter for each, a line or more for each group, and below what the letters mean with their numbers. Where
 * that would take more than `height` lines, the numbers of each group instead.
 */
export function gridLines(
  groups: readonly Grouped<Cell>[],
  { height, order, style, width }: GridOptions,
): string[] {
  const names = groups.map(({ name }) => clipped(escapeLine(name), widestName))
  const label = Math.max(...names.map((name) => displayWidth(name)))
  const room = Math.max(10, width - label - 2)
  const drawn = groups.reduce((sum, { members }) => sum + Math.ceil(members.length / room), 0)
  const head = (at: number) => {
    const name = names[at] ?? ''
    return name + ' '.repeat(label - displayWidth(name) + 2)
  }
  if (drawn < height) {
    const legend = counts(
      groups.flatMap(({ members }) => members),
      order,
    ).map(([cell, count]) => `${style[cell.paint](cell.letter)} ${cell.word} ${count}`)
    const lines = groups.flatMap(({ members }, at) =>
      piecesOf(members, room).map(
        (piece, line) => (line === 0 ? head(at) : ' '.repeat(label + 2)) + painted(piece, style),
      ),
    )
    return [...lines, legend.join('  ')]
  }
  const lines = groups.map(({ members }, at) => {
    const told = counts(members, order).map(([cell, count]) => style[cell.paint](`${count} ${cell.word}`))
    return `${head(at)}${members.length}: ${told.join(', ')}`
  })
  if (lines.length <= height) return lines
  const shown = Math.max(1, height - 1)
  return [...lines.slice(0, shown), `and ${lines.length - shown} more groups`]
}

function piecesOf<T>(all: readonly T[], size: number): T[][] {
  const pieces: T[][] = []
  for (let at = 0; at < all.length; at += size) pieces.push(all.slice(at, at + size))
  return pieces
}
