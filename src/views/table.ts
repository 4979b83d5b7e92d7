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

/** A column, each of its texts drawn once: of thousands of rows most repeat what stands in others. */
function drawnColumn(cells: readonly string[], align: 'left' | 'right'): (at: number) => string {
  const texts = [...new Set(cells)]
  const options = {
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    colAligns: [align],
    colWidths: [texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0) + gap],
  }
  const lines = new Map<string, string>()
  for (let at = 0; at < texts.length; at += cellsAtATime) {
    const some = texts.slice(at, at + cellsAtATime)
    const table = new Table(options)
    table.push(...some.map((text) => [text]))
    for (const [i, line] of table.toString().split('\n').entries()) lines.set(some[i] ?? '', line)
  }
  return (at) => lines.get(cells[at] ?? '') ?? ''
}

function drawn(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  const all = [head, ...rows]
  const columns = head.map((_, column) =>
    drawnColumn(
      all.map((row) => row[column] ?? ''),
      right.includes(column) ? 'right' : 'left',
    ),
  )
  return all.map((_, at) =>
    columns
      .map((cell) => cell(at))
      .join('')
      .trimEnd(),
  )
}

/** Columns as kubectl prints them: upper-case heads, three spaces between, no lines, nothing behind the last cell. */
export function table({ head, rows, right = [], width }: TableOptions): string {
  const last = head.length - 1
  const lines = drawn(head, rows, right)
  if (width === undefined || lines.every((line) => displayWidth(line) <= width))
    return `${lines.join('\n')}\n`
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
  return `${[first, ...body.flatMap((line, i) => [line, ...below(i)])].join('\n')}\n`
}
