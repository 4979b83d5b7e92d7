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

/** How many there are of each kind, in the order in which they are told. */
export function cellCounts(
  cells: readonly Cell[],
  order: readonly Cell[],
): (readonly [cell: Cell, count: number])[] {
  const found = new Map<Cell, number>()
  for (const cell of cells) found.set(cell, (found.get(cell) ?? 0) + 1)
  return order.flatMap((cell) => {
    const count = found.get(cell)
    return count === undefined ? [] : [[cell, count] as const]
  })
}

/** A letter, or several of one kind, in its colour: filled, but for those at which nobody has to look. */
export function paintedCells({ letter, paint }: Cell, count: number, style: Style, size = 1): string {
  const text = (size === 3 ? ` ${letter} ` : letter).repeat(count)
  return style[paint](paint === 'dim' ? text : style.inverse(text))
}

/** Runs of one cell, painted each in one piece. */
function painted(row: readonly Cell[], style: Style, size: number): string {
  let text = ''
  for (let at = 0; at < row.length; ) {
    const cell = row[at]
    let end = at
    while (end < row.length && row[end] === cell) end++
    if (cell) text += paintedCells(cell, end - at, style, size)
    at = end
  }
  return text
}

/** The names of groups as a column that takes no more than a third of the width, each with two spaces behind it. */
export function headsOf(groups: readonly Grouped<unknown>[], width: number): string[] {
  const names = groups.map(({ name }) => clipped(escapeLine(name), Math.max(10, Math.floor(width / 3))))
  const label = Math.max(...names.map((name) => displayWidth(name)))
  return names.map((name) => name + ' '.repeat(label - displayWidth(name) + 2))
}

interface Drawing {
  readonly heads: readonly string[]
  readonly width: number
  readonly style: Style
  /** Columns of a cell: 1, or 3 with its letter in the middle. */
  readonly size?: 1 | 3
}

/** How many cells there are in a line behind the heads. */
const cellsInLine = ({ heads, size = 1, width }: Omit<Drawing, 'style'>): number =>
  Math.floor(Math.max(10, width - displayWidth(heads[0] ?? '')) / size)

/** How many lines {@link cellLines} would take. */
export function linesOf(groups: readonly Grouped<unknown>[], drawing: Omit<Drawing, 'style'>): number {
  const room = cellsInLine(drawing)
  return groups.reduce((sum, { members }) => sum + Math.ceil(members.length / room), 0)
}

/** A cell for each member, behind the head of its group, in as many lines as it takes. */
export function cellLines(groups: readonly Grouped<Cell>[], drawing: Drawing): string[] {
  const { heads, size = 1, style } = drawing
  const room = cellsInLine(drawing)
  const indent = ' '.repeat(displayWidth(heads[0] ?? ''))
  return groups.flatMap(({ members }, at) =>
    piecesOf(members, room).map((piece, line) =>
      ((line === 0 ? (heads[at] ?? '') : indent) + painted(piece, style, size)).trimEnd(),
    ),
  )
}

function piecesOf<T>(all: readonly T[], size: number): T[][] {
  const pieces: T[][] = []
  for (let at = 0; at < all.length; at += size) pieces.push(all.slice(at, at + size))
  return pieces
}
