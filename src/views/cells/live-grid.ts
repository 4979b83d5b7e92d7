import type { Style } from '#base/style.ts'
import { type Cell, cellCounts, cellLines, headsOf, linesOf, paintedCells } from './grid.ts'
import type { Grouped } from './groups.ts'

interface GridOptions {
  /** All kinds of cells, in the order in which they are told. */
  readonly order: readonly Cell[]
  readonly width: number
  /** How many lines it may take at most. */
  readonly height: number
  readonly style: Style
}

/**
 * Nodes as a picture: a letter for each, a line or more for each group, and below what the letters mean with their numbers. Where
 * that would take more than `height` lines, the numbers of each group instead.
 */
export function gridLines(
  groups: readonly Grouped<Cell>[],
  { height, order, style, width }: GridOptions,
): string[] {
  const heads = headsOf(groups, width)
  if (linesOf(groups, { heads, width }) < height) {
    const all = groups.flatMap(({ members }) => members)
    const legend = cellCounts(all, order).map(
      ([cell, count]) => `${paintedCells(cell, 1, style)} ${cell.word} ${count}`,
    )
    return [...cellLines(groups, { heads, width, style }), legend.join('  ')]
  }
  const lines = groups.map(({ members }, at) => {
    const told = cellCounts(members, order).map(([cell, count]) => style[cell.paint](`${count} ${cell.word}`))
    return `${heads[at]}${members.length}: ${told.join(', ')}`
  })
  if (lines.length <= height) return lines
  const shown = Math.max(1, height - 1)
  return [...lines.slice(0, shown), `and ${lines.length - shown} more groups`]
}
