import type { Style } from '#base/style.ts'
import type { StateRow } from '#controller/state/types.ts'
import type { Cell } from '../cells/grid.ts'
import { groupedByPlace } from '../cells/groups.ts'
import { gridLines } from '../cells/live-grid.ts'

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
const order: readonly Cell[] = Object.values(cells)

function cellOf({ phase, updated }: StateRow): Cell {
  if (phase === 'ready') return updated ? cells.ready : cells.old
  if (phase === 'failing' && !updated) return cells.oldFailing
  return cells[phase]
}

/** The nodes of a roll-out as a picture: how far each is, in no more than `height` lines. */
export function pictureLines(
  rows: readonly StateRow[],
  width: number,
  height: number,
  style: Style,
): string[] {
  if (rows.length === 0) return []
  const groups = groupedByPlace(rows, ({ object }) => object)
  const drawn = groups.map(({ name, members }) => ({ name, members: members.map(cellOf) }))
  return gridLines(drawn, { order, width, height, style })
}
