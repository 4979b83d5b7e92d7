import { type Cell, cellCounts } from '#views/cells/grid.ts'
import { admissionNotes, refusedPods } from '#views/plan/admission.ts'
import { headlineOf } from '#views/plan/headline.ts'
import { order } from '#views/plan/kinds.ts'
import { nearestMissLines } from '#views/plan/nearest-miss.ts'
import { planNotes } from '#views/plan/summary.ts'
import { el } from './dom.ts'
import { swatch } from './map.ts'
import type { Shown } from './model.ts'

const refusedOf = ({ plan }: Shown) => refusedPods(plan.admission, plan.plan.daemonSet.namespace)

const tones = { change: 'change', same: 'same', trouble: 'bad' } as const

interface Piece {
  readonly tone: string
  readonly text: string
}

/** What the groups of nodes come to. */
function numbersOf({ plan }: Shown): Piece[] {
  const { answer, good, parts } = headlineOf(plan)
  const counts = parts.map(({ as, text }) => ({ tone: tones[as], text }))
  return answer === '' ? counts : [{ tone: good ? 'good' : 'bad', text: answer }, ...counts]
}

/** The first line of the plan, without the name, in pieces with a comma between them. */
function piecesOf(shown: Shown): Piece[] {
  const refused = refusedOf(shown)
  return refused ? [{ tone: 'bad', text: refused.answer }] : numbersOf(shown)
}

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join(', ')

export const headText = (shown: Shown): string => textOf(piecesOf(shown))

/** The first line with its colours. */
export const answerOf = (shown: Shown): (HTMLElement | string)[] =>
  piecesOf(shown).flatMap(({ text, tone }, at, { length }) => {
    const isLast = at === length - 1
    const piece = el('span', { class: tone, text: isLast ? text : `${text},` })
    return isLast ? [piece] : [piece, ' ']
  })

/** What holds for the whole plan, a paragraph each. */
export function notesOf(shown: Shown): HTMLElement[] {
  const { plan, planned } = shown
  const { admission, changes } = plan
  const refused = refusedOf(shown)
  const said = [
    ...(refused ? [refused.message, refused.hint, textOf(numbersOf(shown))] : []),
    ...(plan.plan.nearestMiss ? nearestMissLines(plan.plan.nearestMiss) : []),
    ...(changes ? planNotes(changes, plan.plan.daemonSet) : []),
    ...admissionNotes(admission),
  ]
  const warned = planned.warnings.map(({ location, message }) =>
    location ? `${message} (${location.file}:${location.line})` : message,
  )
  return [
    ...said.map((text) => el('p', { text })),
    ...warned.map((text) => el('p', {}, el('strong', { text: 'Warning' }), ` ${text}`)),
  ]
}

/** How many nodes there are of each kind, and how many more or less than before; each switches what is shown to those alone. */
export function legendOf(
  { rows }: Shown,
  before: Shown,
  only: Cell | undefined,
  choose: (kind: Cell | undefined) => void,
): HTMLElement[] {
  const countsOf = (shown: Pick<Shown, 'rows'>) =>
    new Map(
      cellCounts(
        shown.rows.map(({ cell }) => cell),
        order,
      ),
    )
  const [was, now] = [countsOf(before), countsOf({ rows })]
  return order
    .filter((cell) => now.has(cell) || was.has(cell) || cell === only)
    .map((cell) => {
      const nodes = now.get(cell) ?? 0
      const difference = nodes - (was.get(cell) ?? 0)
      return el(
        'button',
        {
          type: 'button',
          class: 'kind',
          'data-key': `kind-${cell.word}`,
          'aria-pressed': String(only === cell),
          click: () => choose(only === cell ? undefined : cell),
        },
        swatch(cell),
        el('span', { class: 'number', text: String(nodes) }),
        ' ',
        el('span', { class: 'word', text: cell.word }),
        difference !== 0 &&
          el('span', { class: 'difference', text: difference > 0 ? ` +${difference}` : ` −${-difference}` }),
      )
    })
}
