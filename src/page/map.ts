import { escapeLine } from '#base/escape.ts'
import { getOrMake } from '#base/once.ts'
import type { Cell } from '#views/cells/grid.ts'
import { groupedByPlace } from '#views/cells/groups.ts'
import { counted } from '#views/names.ts'
import { el } from './dom.ts'
import type { Row } from './model.ts'

/** A letter on its colour, as in the map. */
export const swatch = ({ letter, paint }: Cell): HTMLElement =>
  el('span', { class: `cell ${paint}`, 'aria-hidden': 'true', text: letter })

export interface MapOptions {
  /** A label to group by; empty: the pool, else the zone. */
  readonly by: string
  /** The kind of nodes that is looked for: the others step back. */
  readonly only: Cell | undefined
  readonly choose: (name: string) => void
}

const mostValues = 40

/** Labels that part the nodes into some groups, for somebody to choose from. */
export function groupingLabels(rows: readonly Row[]): string[] {
  const values = new Map<string, Set<string>>()
  for (const { node } of rows)
    for (const [key, value] of Object.entries(node.node.metadata?.labels ?? {})) {
      getOrMake(values, key, () => new Set()).add(String(value))
    }
  const parts = ({ size }: Set<string>) => size > 1 && size <= mostValues && size < rows.length
  return [...values].flatMap(([key, seen]) => (parts(seen) ? [key] : [])).sort()
}

/** The nodes as cells, in groups; arrow keys go from one to the next. */
export function mapOf(rows: readonly Row[], { by, choose, only }: MapOptions): HTMLElement {
  const size = rows.length > 1500 ? 'small' : rows.length > 300 ? 'medium' : 'large'
  const map = el('div', { class: `map ${size}` })
  let first = true
  const keys = by === '' ? [] : [by]
  for (const { members, name } of groupedByPlace(rows, ({ node }) => node.node, keys)) {
    const cells = el('div', { class: 'cells' })
    for (const { cell, key, node } of members) {
      const told = `${escapeLine(node.name)}: ${cell.word}`
      cells.append(
        el('button', {
          type: 'button',
          class: `cell ${only && only !== cell ? 'faint' : cell.paint}`,
          tabindex: first ? 0 : -1,
          'data-node': node.name,
          'data-kind': key,
          title: told,
          'aria-label': told,
          text: cell.letter,
        }),
      )
      first = false
    }
    const label = escapeLine(name)
    map.append(
      el(
        'div',
        { class: 'place', role: 'group', 'aria-label': `${label}, ${counted(members.length, 'node')}` },
        el(
          'h3',
          {},
          el('span', { text: label }),
          ' ',
          el('span', { class: 'count', text: String(members.length) }),
        ),
        cells,
      ),
    )
  }
  map.addEventListener('click', (event) => {
    const name = (event.target as Element).closest('[data-node]')?.getAttribute('data-node')
    if (name !== null && name !== undefined) choose(name)
  })
  map.addEventListener('keydown', (event) => walk(map, event))
  return map
}

/** Arrows, Home and End move the focus over all cells; up and down by what is seen there. */
function walk(map: HTMLElement, event: KeyboardEvent): void {
  const cells = [...map.querySelectorAll<HTMLElement>('button.cell')]
  const at = cells.indexOf(event.target as HTMLElement)
  if (at < 0) return
  const next = target(cells, at, event.key)
  if (!next) return
  event.preventDefault()
  cells[at]?.setAttribute('tabindex', '-1')
  next.setAttribute('tabindex', '0')
  next.focus()
}

function target(cells: readonly HTMLElement[], at: number, key: string): HTMLElement | undefined {
  if (key === 'ArrowRight') return cells[at + 1]
  if (key === 'ArrowLeft') return cells[at - 1]
  if (key === 'Home') return cells[0]
  if (key === 'End') return cells.at(-1)
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return undefined
  const from = cells[at]?.getBoundingClientRect()
  if (!from) return undefined
  const ahead = key === 'ArrowDown' ? cells.slice(at + 1) : cells.slice(0, at).reverse()
  const isBeyond = (one: HTMLElement) => Math.abs(one.getBoundingClientRect().top - from.top) > 2
  const [row] = ahead.filter(isBeyond)
  if (!row) return undefined
  const { top } = row.getBoundingClientRect()
  const inRow = ahead.filter((one) => Math.abs(one.getBoundingClientRect().top - top) <= 2)
  const distance = (one: HTMLElement) => Math.abs(one.getBoundingClientRect().left - from.left)
  return inRow.sort((one, other) => distance(one) - distance(other))[0]
}
