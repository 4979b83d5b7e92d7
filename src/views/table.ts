import Table from 'cli-table3'
import { displayWidth } from '#base/width.ts'
import { wrapped } from '#base/wrap.ts'

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const

const gap = 3
const belowIndent = '    '

export interface TableOptions {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns (from 0) whose cells are numbers and stand to the right. */
  readonly right?: readonly number[]
  /** Where the rows are wider than this, the last column moves below its row. Without it, no row is ever broken. */
  readonly width?: number | undefined
}

/** cli-table3 holds each cell against every one above it: few at a time keep a table of thousands linear. */
const cellsAtATime = 32

/** What stands before and behind a cell of each of these widths in their column. Of thousands of cells most are as wide as others. */
function paddings(widths: ReadonlySet<number>, align: 'left' | 'right') {
  const options = {
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    colAligns: [align],
    colWidths: [Math.max(...widths) + gap],
  }
  const found = new Map<number, readonly [before: string, after: string]>()
  const all = [...widths]
  for (let at = 0; at < all.length; at += cellsAtATime) {
    const some = all.slice(at, at + cellsAtATime)
    const table = new Table(options)
    table.push(...some.map((width) => ['x'.repeat(width)]))
    for (const [i, line] of table.toString().split('\n').entries()) {
      const width = some[i] ?? 0
      const start = Math.max(0, line.indexOf('x'))
      found.set(width, [line.slice(0, start), line.slice(start + width)])
    }
  }
  return found
}

function drawn(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  const all = [head, ...rows]
  const columns = head.map((_, column) => {
    const widths = all.map((row) => displayWidth(row[column] ?? ''))
    return { widths, around: paddings(new Set(widths), right.includes(column) ? 'right' : 'left') }
  })
  return all.map((row, at) => {
    let line = ''
    for (const [column, { around, widths }] of columns.entries()) {
      const [before, after] = around.get(widths[at] ?? 0) ?? ['', '']
      line += `${before}${row[column] ?? ''}${after}`
    }
    return line.trimEnd()
  })
}

/** The lines of a {@link table}. */
export function tableLines({ head, rows, right = [], width }: TableOptions): string[] {
  const last = head.length - 1
  const lines = drawn(head, rows, right)
  if (width === undefined || lines.every((line) => displayWidth(line) <= width)) return lines
  const narrow = drawn(
    head.slice(0, last),
    rows.map((row) => row.slice(0, last)),
    right,
  )
  const [first = '', ...body] = narrow
  const below = (i: number) => {
    const cell = rows[i]?.[last] ?? ''
    return cell === '' || cell === '<none>' ? [] : wrapped(cell, width, belowIndent)
  }
  return [first, ...body.flatMap((line, i) => [line, ...below(i)])]
}

/** Columns as kubectl prints them: upper-case heads, three spaces between, no lines, nothing behind the last cell. */
export const table = (options: TableOptions): string => `${tableLines(options).join('\n')}\n`
