import Table from 'cli-table3'

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

export interface TableOptions {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns (from 0) whose cells are numbers and stand to the right. */
  readonly right?: readonly number[]
  /** The last column is wrapped so that no line is wider than this. Without it, no line is ever broken. */
  readonly width?: number | undefined
  /** Narrowest that the wrapped column may become. */
  readonly narrowest?: number
}

/** Columns as kubectl prints them: upper-case heads, three spaces between, no lines, nothing behind the last cell. */
export function table({ head, rows, right = [], width, narrowest = 24 }: TableOptions): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)) + gap)
  const last = head.length - 1
  const others = widths.slice(0, last).reduce((sum, each) => sum + each, 0)
  if (width !== undefined) {
    widths[last] = Math.min(widths[last] ?? 0, Math.max(narrowest, width - others) + gap)
  }
  const drawn = new Table({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    colWidths: widths,
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    wordWrap: true,
    wrapOnWordBoundary: true,
  })
  drawn.push(...all.map((row) => [...row]))
  return `${drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')}\n`
}
