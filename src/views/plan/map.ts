import { clipped, displayWidth } from '#base/width.ts'
import { wrapped } from '#base/wrap.ts'
import { type Cell, cellCounts, cellLines, headsOf, linesOf, paintedCells } from '../cells/grid.ts'
import { type Grouped, groupedByPlace } from '../cells/groups.ts'
import { sampleNames, usualDomain, withoutDomain } from '../names.ts'
import { labelColumns } from '../pods/label-columns.ts'
import type { TextOptions } from '../sections.ts'
import { type Member, membersOf, type ShownPlan } from './groups.ts'
import { cellOf, order } from './kinds.ts'
import { topLines } from './summary.ts'

interface Drawn {
  readonly cell: Cell
  readonly member: Member
}

function drawnNodes(shown: ShownPlan): Drawn[] {
  return [...membersOf(shown)].flatMap(([key, members]) =>
    members.map((member) => ({ cell: cellOf(key, member.change), member })),
  )
}

/** The picture takes no more lines than this, unless it has more groups: what is longer nobody takes in at a glance. */
const mostLines = 18

/** For how many nodes a cell may stand. */
const shares = [1, 2, 5]
  .flatMap((digit) => [1, 10, 100, 1000].map((power) => digit * power))
  .sort((a, b) => a - b)

/** Each kind with a cell for `share` nodes; of no kind nothing is left. */
const shared = (cells: readonly Cell[], share: number): Cell[] =>
  cellCounts(cells, order).flatMap(([cell, count]) => Array<Cell>(Math.ceil(count / share)).fill(cell))

/** `create 4, unchanged 1663`. */
const sums = (cells: readonly Cell[]): string =>
  cellCounts(cells, order)
    .map(([{ word }, count]) => `${word} ${count}`)
    .join(', ')

/** The groups as they fit: wide cells, else a letter for each node, else one for several. */
function pictureLines(groups: readonly Grouped<Cell>[], { style, width }: TextOptions): string[] {
  const most = String(Math.max(...groups.map(({ members }) => members.length))).length
  const heads = headsOf(groups, width).map(
    (head, at) => `${head}${String(groups[at]?.members.length).padStart(most)}  `,
  )
  const sorted = groups.map(({ name, members }) => ({ name, members: shared(members, 1) }))
  const [wide, narrow] = [{ heads, width, style, size: 3 } as const, { heads, width, style }]
  if (linesOf(sorted, wide) === groups.length) return cellLines(sorted, wide)
  if (linesOf(sorted, narrow) <= Math.max(mostLines, groups.length)) return cellLines(sorted, narrow)
  const scaled = (share: number) =>
    groups.map(({ name, members }) => ({ name, members: shared(members, share) }))
  const share =
    shares.find((one) => linesOf(scaled(one), narrow) <= Math.max(mostLines / 2, groups.length)) ??
    (shares.at(-1) as number)
  const indent = ' '.repeat(displayWidth(heads[0] ?? ''))
  return [
    ...scaled(share).flatMap((group, at) => [
      ...cellLines([group], { ...narrow, heads: [heads[at] ?? ''] }),
      ...wrapped(sums(groups[at]?.members ?? []), width, indent),
    ]),
    `a cell stands for up to ${share} nodes`,
  ]
}

/** A line for each kind: its letter, how many nodes, what it means, and which nodes, as far as there is room. */
function legendLines(nodes: readonly Drawn[], { style, width }: TextOptions): string[] {
  const counts = cellCounts(
    nodes.map(({ cell }) => cell),
    order,
  )
  const domain = usualDomain(nodes.map(({ member }) => member.node.name))
  const number = Math.max(...counts.map(([, count]) => String(count).length))
  const word = Math.max(...counts.map(([cell]) => cell.word.length))
  const lines = counts.map(([cell, count]) => {
    const names = nodes
      .filter((node) => node.cell === cell)
      .map(({ member: { node } }) => withoutDomain(node.name, domain))
    const told = `${String(count).padStart(number)}  ${cell.word.padEnd(word)}`
    const sample = sampleNames(names, Math.max(20, width - told.length - 7))
    return clipped(`${paintedCells(cell, 1, style, 3)}  ${told}  ${style.dim(sample)}`, width)
  })
  return domain === '' ? lines : [...lines, ...wrapped(`names without ${domain}`, width)]
}

/**
 * A plan as a picture: the answer first, then a cell for each node, in groups by pool or zone, or by the labels that `by` names,
 * and what the letters mean with their numbers and nodes. Where there are too many nodes a cell stands for several, of one kind.
 */
export function planMap(shown: ShownPlan, by: readonly string[], options: TextOptions): string {
  const nodes = drawnNodes(shown)
  const keys = labelColumns(by, () => shown.plan.nodes.objects).map(({ key }) => key)
  const groups = groupedByPlace(nodes, ({ member }) => member.node.node, keys)
  const drawn = groups.map(({ name, members }) => ({ name, members: members.map(({ cell }) => cell) }))
  const lines = [
    ...topLines(shown, options),
    '',
    ...pictureLines(drawn, options),
    '',
    ...legendLines(nodes, options),
  ]
  return `${lines.join('\n')}\n`
}
