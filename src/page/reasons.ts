import { escapeLine } from '#base/escape.ts'
import type { Reason } from '#placement/decision.ts'
import { taintText } from '#placement/tolerations.ts'
import type { Cell } from '#views/cells/grid.ts'
import { usualDomain, withoutDomain } from '#views/names.ts'
import { evictionGroups, evictionsText } from '#views/plan/evictions.ts'
import { planGroups } from '#views/plan/groups.ts'
import { cellOf } from '#views/plan/kinds.ts'
import { titleWord } from '#views/plan/looks.ts'
import { noteOf } from '#views/plan/summary.ts'
import type { Group } from '#views/sections.ts'
import { el } from './dom.ts'
import { swatch } from './map.ts'
import type { Shown } from './model.ts'
import { type Toleration, tolerationFor } from './stanza.ts'

const shownNames = 8

/** Names of nodes: some, and the rest on demand. */
function namesOf(names: readonly string[]): HTMLElement {
  const few = names.slice(0, shownNames).map(escapeLine).join(', ')
  if (names.length <= shownNames) return el('p', { class: 'names', text: few })
  const rest = names.slice(shownNames).map(escapeLine).join(', ')
  return el(
    'details',
    { class: 'names' },
    el('summary', { text: `${few} and ${names.length - shownNames} more` }),
    el('p', { text: rest }),
  )
}

/** What an edit could do about taints that are not tolerated. */
export const tolerateButtons = (
  reasons: readonly Reason[],
  tolerate: (toleration: Toleration) => void,
): HTMLElement[] =>
  reasons
    .filter((one) => one.code === 'UntoleratedTaint')
    .map(({ taint }) =>
      el('button', {
        type: 'button',
        class: 'quiet',
        text: `Tolerate ${escapeLine(taintText(taint))}`,
        click: () => tolerate(tolerationFor(taint)),
      }),
    )

/** Why nodes are what they are: kind by kind, reason by reason, with what an edit could do about it. */
export function reasonsOfPlan(
  { plan, rows }: Shown,
  only: Cell | undefined,
  tolerate: (toleration: Toleration) => void,
): HTMLElement[] {
  const byName = new Map(rows.map((row) => [row.node.name, row]))
  const domain = usualDomain([...byName.keys()])
  const wanted = new Set(rows.filter(({ cell }) => !only || cell === only).map(({ key }) => key))
  const item = ({ names, reasons }: Group) => {
    const all = [...names]
    return el(
      'li',
      {},
      el('span', { class: 'count', text: String(all.length) }),
      el(
        'div',
        {},
        ...reasons.map((text) => el('p', { text })),
        ...tolerateButtons(byName.get(all[0] ?? '')?.node.deciding ?? [], tolerate),
        namesOf(all.map((name) => withoutDomain(name, domain))),
      ),
    )
  }
  const section = (
    head: readonly (HTMLElement | string)[],
    note: string,
    groups: readonly Group[],
  ): HTMLElement =>
    el(
      'section',
      { class: 'why' },
      el('h3', {}, ...head),
      note !== '' && el('p', { class: 'note', text: escapeLine(note) }),
      el('ul', {}, ...groups.map(item)),
    )
  const sections = planGroups(plan)
    .filter(({ key }) => wanted.has(key))
    .map((group) => {
      const number = el('span', { class: 'number', text: String(group.nodes) })
      const head = [swatch(cellOf(group.key, undefined)), number, ' ', titleWord(group.key)]
      return section(head, noteOf(group, plan.admission), group.groups)
    })
  const { changes } = plan
  const evicted = evictionGroups(changes?.changes.filter(({ outcome }) => wanted.has(outcome)) ?? [])
  if (changes && evicted.length > 0) {
    sections.push(section([evictionsText(changes)], 'they make room for pods of higher priority', evicted))
  }
  if (domain !== '')
    sections.push(el('p', { class: 'note', text: `Names are shown without ${escapeLine(domain)}.` }))
  return sections
}
