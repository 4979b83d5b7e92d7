/**
 * Aligns tab-separated cells as Go's text/tabwriter does for kubectl: a column spans the lines that follow each other and
 * have a cell in it that a tab ends, and is as wide as its widest cell plus `padding` spaces. What stands behind the last
 * tab of a line is no cell of a column, and nothing is padded behind it.
 */
export function tabColumns(text: string, padding = 2): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  return lines
    .map((cells, at) =>
      cells
        .map((cell, column) =>
          column === cells.length - 1 ? cell : cell.padEnd(cell.length + gap(at, column)),
        )
        .join(''),
    )
    .join('\n')

  function gap(at: number, column: number): number {
    const own = widthOf(lines[at]?.[column] ?? '')
    return blockWidth(at, column) + padding - own
  }

  function blockWidth(at: number, column: number): number {
    const has = (line: number) => (lines[line]?.length ?? 0) > column + 1
    let [first, last] = [at, at]
    while (has(first - 1)) first--
    while (has(last + 1)) last++
    const widths = lines.slice(first, last + 1).map((cells) => widthOf(cells[column] ?? ''))
    const widest = Math.max(...widths)
    // A column without any text takes no room: Go drops it, its padding included.
    return widest === 0 ? -padding : widest
  }
}

function widthOf(cell: string): number {
  return [...cell].length
}
