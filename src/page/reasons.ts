import { escapeLine } from '#base/escape.ts'
import type { UntoleratedTaint } from '#placement/decision.ts'
import { planGroups } from '#views/plan/groups.ts'
import { type GroupKey, titleWord } from '#views/plan/looks.ts'
import { noteOf } from '#views/plan/summary.ts'
import { el } from './dom.ts'
import { swatch } from './map.ts'
import type { Shown } from './model.ts'

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

/** A toleration that covers a taint and no other. */
export function tolerationFor({ taint }: UntoleratedTaint): Record<string, string> {
  const { effect, key, value } = taint
  return value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect }
}

/** Why nodes are what they are: kind by kind, reason by reason, with what an edit could do about it. */
export function reasonsOfPlan(
  { plan, rows }: Shown,
  only: GroupKey | undefined,
  tolerate: (toleration: Record<string, string>) => void,
): HTMLElement[] {
  const byName = new Map(rows.map((row) => [row.node.name, row]))
  return planGroups(plan)
    .filter(({ key }) => only === undefined || key === only)
    .map((group) => {
      const note = noteOf(group, plan.admission)
      return el(
        'section',
        { class: 'why', 'aria-label': `${titleWord(group.key)}, ${group.nodes}` },
        el(
          'h3',
          {},
          swatch(group.key),
          el('span', { class: 'number', text: String(group.nodes) }),
          el('span', { text: titleWord(group.key) }),
        ),
        note !== '' && el('p', { class: 'note', text: escapeLine(note) }),
        el(
          'ul',
          {},
          ...group.groups.map(({ names, reasons }) => {
            const first = byName.get(names[0] ?? '')
            const taints = (first?.node.deciding ?? []).filter((one) => one.code === 'UntoleratedTaint')
            return el(
              'li',
              {},
              el('span', { class: 'count', text: String(names.length) }),
              el(
                'div',
                {},
                ...reasons.map((text) => el('p', { class: 'reason', text })),
                ...taints.map((taint) =>
                  el('button', {
                    type: 'button',
                    class: 'quiet',
                    text: `Tolerate ${escapeLine(taint.message.replace(/^taint | is not tolerated$/g, ''))}`,
                    click: () => tolerate(tolerationFor(taint)),
                  }),
                ),
                namesOf(names),
              ),
            )
          }),
        ),
      )
    })
}
