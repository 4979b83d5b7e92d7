import Table from 'cli-table3'
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

function drawn(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  })
  table.push([...head], ...rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

/** Columns as kubectl prints them: upper-case heads, three spaces between, no lines, nothing behind the last cell. */
export function table({ head, rows, right = [], width }: TableOptions): string {
  const last = head.length - 1
  const lines = drawn(head, rows, right)
  if (width === undefined || lines.every((line) => line.length <= width)) return `${lines.join('\n')}\n`
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
