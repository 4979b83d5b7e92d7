import { escapeLine } from '#base/escape.ts'
import { plain } from '#base/style.ts'
import { type GroupKey, groupKeys, titleWord } from '#views/plan/looks.ts'
import { nodeTrace } from '#views/plan/trace.ts'
import { el } from './dom.ts'
import { swatch } from './map.ts'
import type { Row, Shown } from './model.ts'

export interface TableOptions {
  readonly only: GroupKey | undefined
  /** Words that all have to be in a row: its name, kind, reasons, pods or labels. */
  readonly search: string
  /** The nodes whose rules are shown. */
  readonly open: Set<string>
  readonly most: number
  readonly redraw: () => void
}

const order = new Map(groupKeys.map((key, at) => [key, at]))

const textOf = ({ change, key, node, reasons }: Row): string =>
  [
    node.name,
    titleWord(key),
    ...reasons,
    ...(change?.pods ?? []),
    ...Object.entries(node.node.metadata?.labels ?? {}).map(([label, value]) => `${label}=${value}`),
  ]
    .join('\n')
    .toLowerCase()

/** The rows that are wanted: what fails and changes first, as everywhere. */
export function wantedRows(
  rows: readonly Row[],
  { only, search }: Pick<TableOptions, 'only' | 'search'>,
): Row[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return rows
    .filter((row) => only === undefined || row.key === only)
    .filter((row) => words.length === 0 || words.every((word) => textOf(row).includes(word)))
    .sort((one, other) => (order.get(one.key) ?? 0) - (order.get(other.key) ?? 0))
}

/** Every rule for a node, as `kds plan --explain` prints it. */
const traceOf = ({ plan }: Shown, { node }: Row): string =>
  nodeTrace(plan.plan, node, { style: plain, width: 100, symbols: true }, plan.changes)

/** The nodes as a table; each row opens to the rules that decided it. */
export function rowsOfTable(shown: Shown, wanted: readonly Row[], options: TableOptions): HTMLElement[] {
  const { most, open, redraw } = options
  return wanted.slice(0, most).flatMap((row) => {
    const { change, key, node, reasons } = row
    const isOpen = open.has(node.name)
    const toggle = () => {
      if (!open.delete(node.name)) open.add(node.name)
      redraw()
    }
    const name = el('button', {
      type: 'button',
      class: 'open',
      'data-key': `node-${node.name}`,
      'aria-expanded': String(isOpen),
      text: escapeLine(node.name),
      click: toggle,
    })
    const line = el(
      'tr',
      {},
      el('th', { scope: 'row' }, name),
      el('td', { class: 'what' }, swatch(key), ' ', titleWord(key)),
      el('td', {}, ...reasons.map((text) => el('p', { text }))),
      el('td', { class: 'pods', text: (change?.pods ?? []).map(escapeLine).join(', ') }),
    )
    if (!isOpen) return [line]
    const rules = el('pre', { class: 'rules', tabindex: 0, text: traceOf(shown, row) })
    return [line, el('tr', { class: 'more' }, el('td', { colspan: 4 }, rules))]
  })
}
