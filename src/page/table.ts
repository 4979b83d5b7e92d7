import { escapeLine } from '#base/escape.ts'
import { plain } from '#base/style.ts'
import type { Cell } from '#views/cells/grid.ts'
import { nodeTrace } from '#views/plan/trace.ts'
import { el } from './dom.ts'
import { swatch } from './map.ts'
import type { Row, Shown } from './model.ts'
import { tolerateButtons } from './reasons.ts'
import type { Toleration } from './stanza.ts'

export interface TableOptions {
  readonly only: Cell | undefined
  /** Words that all have to be in a row: its name, kind, reasons, pods or labels. */
  readonly search: string
  /** The nodes whose rules are shown. */
  readonly open: Set<string>
  readonly most: number
  readonly redraw: () => void
  readonly tolerate: (toleration: Toleration) => void
}

const textOf = ({ cell, change, node, reasons }: Row): string =>
  [
    node.name,
    cell.word,
    ...reasons,
    ...(change?.pods ?? []),
    ...Object.entries(node.node.metadata?.labels ?? {}).map(([label, value]) => `${label}=${value}`),
  ]
    .join('\n')
    .toLowerCase()

/** The rows that are wanted. */
export function wantedRows(
  rows: readonly Row[],
  { only, search }: Pick<TableOptions, 'only' | 'search'>,
): Row[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return rows
    .filter((row) => only === undefined || row.cell === only)
    .filter((row) => words.length === 0 || words.every((word) => textOf(row).includes(word)))
}

/** Every rule for a node, as `kds plan --explain` prints it. */
const traceOf = ({ plan }: Shown, { node }: Row): string =>
  nodeTrace(plan.plan, node, { style: plain, width: 100, symbols: true }, plan.changes)

/** The nodes as a table; each row opens to the rules that decided it. Roles are told, because narrow screens show no columns. */
export function rowsOfTable(shown: Shown, wanted: readonly Row[], options: TableOptions): HTMLElement[] {
  const { most, open, redraw, tolerate } = options
  return wanted.slice(0, most).flatMap((row) => {
    const { cell, change, node, reasons } = row
    const isOpen = open.has(node.name)
    const name = escapeLine(node.name)
    const toggle = () => {
      if (!open.delete(node.name)) open.add(node.name)
      redraw()
    }
    const button = el('button', {
      type: 'button',
      class: 'open',
      'data-key': `node-${node.name}`,
      'aria-expanded': String(isOpen),
      text: name,
      click: toggle,
    })
    const pods = (change?.pods ?? []).map(escapeLine).join(', ')
    const line = el(
      'tr',
      { role: 'row' },
      el('th', { role: 'rowheader', scope: 'row' }, button),
      el('td', { role: 'cell', class: 'what' }, swatch(cell), ' ', cell.word),
      el(
        'td',
        { role: 'cell' },
        el(
          'div',
          { class: 'cause' },
          el('div', {}, ...reasons.map((text) => el('p', { text }))),
          pods !== '' && el('p', { class: 'pods', text: pods }),
        ),
      ),
    )
    if (!isOpen) return [line]
    const rules = el('pre', {
      class: 'code',
      role: 'group',
      tabindex: 0,
      'aria-label': `Rules for ${name}`,
      text: traceOf(shown, row),
    })
    const more = el('td', { role: 'cell', colspan: 3 }, rules, ...tolerateButtons(node.deciding, tolerate))
    return [line, el('tr', { role: 'row', class: 'more' }, more)]
  })
}
