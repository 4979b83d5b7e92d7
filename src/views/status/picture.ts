import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import { displayWidth } from '#base/width.ts'
import type { StateRow } from '#controller/state/types.ts'

type Paint = 'good' | 'bad' | 'warn' | 'accent' | 'dim'

/** What a node is drawn as. */
interface Cell {
  readonly letter: string
  readonly word: string
  readonly paint: Paint
}

const cells = {
  old: { letter: 'o', word: 'old', paint: 'dim' },
  ready: { letter: 'R', word: 'ready', paint: 'good' },
  none: { letter: '-', word: 'no pod', paint: 'warn' },
  pending: { letter: 'W', word: 'waits for room', paint: 'warn' },
  pulling: { letter: 'P', word: 'pulling', paint: 'accent' },
  starting: { letter: 'S', word: 'starting', paint: 'accent' },
  settling: { letter: 'M', word: 'minReadySeconds', paint: 'accent' },
  terminating: { letter: 'T', word: 'terminating', paint: 'accent' },
  finished: { letter: 'F', word: 'ended', paint: 'warn' },
  failing: { letter: 'X', word: 'failing', paint: 'bad' },
  oldFailing: { letter: 'x', word: 'old, failing', paint: 'bad' },
} as const satisfies Readonly<Record<string, Cell>>

/** In the order in which they are told. */
const inOrder: readonly Cell[] = Object.values(cells)

function cellOf({ phase, updated }: StateRow): Cell {
  if (phase === 'ready') return updated ? cells.ready : cells.old
  if (phase === 'failing' && !updated) return cells.oldFailing
  return cells[phase]
}

/** Labels by which nodes are grouped, the first of which they have several values. */
const groupLabels = [
  'cloud.google.com/gke-nodepool',
  'eks.amazonaws.com/nodegroup',
  'karpenter.sh/nodepool',
  'kubernetes.azure.com/agentpool',
  'agentpool',
  'node.kubernetes.io/pool',
  'nodepool',
  'node-pool',
  'pool',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
]

function groupsOf(
  rows: readonly StateRow[],
): readonly (readonly [name: string, rows: readonly StateRow[]])[] {
  const labelOf = (row: StateRow, label: string) => row.object?.metadata?.labels?.[label]
  const label = groupLabels.find((one) => new Set(rows.map((row) => labelOf(row, one))).size > 1)
  if (label === undefined) return [['nodes', rows]]
  const groups = new Map<string, StateRow[]>()
  for (const row of rows) {
    const value = labelOf(row, label) ?? 'others'
    const name = label.endsWith('/zone') ? `zone ${value}` : value
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
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

function counts(rows: readonly StateRow[]): Map<Cell, number> {
  const found = new Map<Cell, number>()
  for (const row of rows) found.set(cellOf(row), (found.get(cellOf(row)) ?? 0) + 1)
  return new Map(inOrder.flatMap((cell) => (found.has(cell) ? [[cell, found.get(cell) ?? 0] as const] : [])))
}

const widestName = 24

/**
 * The nodes as a picture: a letter for each, grouped by pool or zone, and below what the letters mean with their numbers. Where
 * that would take more than `height` lines, the numbers of each group instead.
 */
export function pictureLines(
  rows: readonly StateRow[],
  width: number,
  height: number,
  style: Style,
): string[] {
  if (rows.length === 0) return []
  const groups = groupsOf(rows)
  const names = groups.map(([name]) => shortened(escapeLine(name)))
  const label = Math.max(...names.map((name) => displayWidth(name)))
  const room = Math.max(10, width - label - 2)
  const drawn = groups.reduce((sum, [, of]) => sum + Math.ceil(of.length / room), 0)
  const head = (at: number) => {
    const name = names[at] ?? ''
    return name + ' '.repeat(label - displayWidth(name) + 2)
  }
  if (drawn < height) {
    const legend = [...counts(rows)].map(
      ([cell, count]) => `${style[cell.paint](cell.letter)} ${cell.word} ${count}`,
    )
    const lines = groups.flatMap(([, of], at) =>
      piecesOf(of.map(cellOf), room).map(
        (piece, line) => (line === 0 ? head(at) : ' '.repeat(label + 2)) + painted(piece, style),
      ),
    )
    return [...lines, legend.join('  ')]
  }
  const lines = groups.map(([, of], at) => {
    const told = [...counts(of)].map(([cell, count]) => style[cell.paint](`${count} ${cell.word}`))
    return `${head(at)}${of.length}: ${told.join(', ')}`
  })
  if (lines.length <= height) return lines
  const shown = Math.max(1, height - 1)
  return [...lines.slice(0, shown), `and ${lines.length - shown} more groups`]
}

const shortened = (name: string) => (name.length <= widestName ? name : `${name.slice(0, widestName - 1)}…`)

function piecesOf<T>(all: readonly T[], size: number): T[][] {
  const pieces: T[][] = []
  for (let at = 0; at < all.length; at += size) pieces.push(all.slice(at, at + size))
  return pieces
}
