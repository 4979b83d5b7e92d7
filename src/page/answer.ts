import { admissionNotes, refusedPods } from '#views/plan/admission.ts'
import { groupCounts } from '#views/plan/groups.ts'
import { headlineOf } from '#views/plan/headline.ts'
import { type GroupKey, titleWord } from '#views/plan/looks.ts'
import { nearestMissLines } from '#views/plan/nearest-miss.ts'
import { planNotes } from '#views/plan/summary.ts'
import { el } from './dom.ts'
import { swatch } from './map.ts'
import type { Shown } from './model.ts'

/** The first line of the plan, without the name. */
export function headText({ plan }: Shown): string {
  const refused = refusedPods(plan.admission, plan.plan.daemonSet.namespace)
  if (refused) return refused.answer
  const { answer, parts } = headlineOf(plan)
  return [...(answer === '' ? [] : [answer]), ...parts.map(({ text }) => text)].join(', ')
}

/** The first line with its colours. */
export function answerOf({ plan }: Shown): HTMLElement[] {
  const refused = refusedPods(plan.admission, plan.plan.daemonSet.namespace)
  const { answer, good, parts } = headlineOf(plan)
  const pieces = [
    ...(refused ? [{ tone: 'bad', text: refused.answer }] : []),
    ...(answer === '' ? [] : [{ tone: good ? 'good' : 'bad', text: answer }]),
    ...parts.map(({ as, text }) => ({
      tone: as === 'trouble' ? 'bad' : as === 'change' ? 'change' : 'same',
      text,
    })),
  ]
  return pieces.map(({ text, tone }, at) =>
    el('span', { class: tone, text: at < pieces.length - 1 ? `${text}, ` : text }),
  )
}

/** What holds for the whole plan, a paragraph each. */
export function notesOf({ plan, planned }: Shown): HTMLElement[] {
  const { admission, changes } = plan
  const refused = refusedPods(admission, plan.plan.daemonSet.namespace)
  const said = [
    ...(refused ? [refused.message, refused.hint] : []),
    ...(plan.plan.nearestMiss ? nearestMissLines(plan.plan.nearestMiss) : []),
    ...(changes ? planNotes(changes, plan.plan.daemonSet) : []),
    ...admissionNotes(admission),
  ]
  const warned = planned.warnings.map(({ location, message }) =>
    location ? `${message} (${location.file}:${location.line})` : message,
  )
  return [
    ...said.map((text) => el('p', { text })),
    ...warned.map((text) => el('p', { class: 'warning' }, el('strong', { text: 'Warning' }), ` ${text}`)),
  ]
}

/** How many nodes there are of each kind; each switches what is shown to those alone. */
export function legendOf(
  { plan }: Shown,
  before: Shown,
  only: GroupKey | undefined,
  choose: (key: GroupKey | undefined) => void,
): HTMLElement[] {
  const was = new Map(groupCounts(before.plan).map(({ key, nodes }) => [key, nodes]))
  const now = groupCounts(plan)
  const gone = [...was].flatMap(([key]) => (now.some((one) => one.key === key) ? [] : [{ key, nodes: 0 }]))
  return [...now, ...gone].map(({ key, nodes }) => {
    const difference = nodes - (was.get(key) ?? 0)
    const told = difference === 0 ? '' : difference > 0 ? `+${difference}` : `−${-difference}`
    return el(
      'button',
      {
        type: 'button',
        class: 'kind',
        'data-key': `kind-${key}`,
        'aria-pressed': String(only === key),
        click: () => choose(only === key ? undefined : key),
      },
      swatch(key),
      el('span', { class: 'number', text: String(nodes) }),
      el('span', { class: 'word', text: titleWord(key) }),
      told !== '' && el('span', { class: 'difference', text: told }),
    )
  })
}
