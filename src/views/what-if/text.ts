/** What becomes of DaemonSets when nodes change, on a screen. */

import { escapeLine } from '#base/escape.ts'
import { grouped } from '#base/grouped.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { EffectKind } from '#controller/what-if/types.ts'
import { counted, objectName, sampleNames } from '../names.ts'
import { type Look, looks } from '../plan/looks.ts'
import { type Group, type Section, sectionsText, type TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import { editCommand, editText } from './edit-text.ts'
import { notesOf } from './notes.ts'
import { type Placed, placedOf, type ShownWhatIf } from './shown.ts'

type EffectLook = Pick<Look, 'mark' | 'title' | 'tone'> & { readonly note?: string; readonly told: string }

const like = (look: Look, title: string, told: string, note = ''): EffectLook => ({
  ...look,
  title,
  told,
  note,
})

/** In the order in which they are shown. */
const effectLooks: Readonly<Record<EffectKind, EffectLook>> = {
  refused: like(looks.refused, 'refused:', 'refused', 'needed, and admission does not let all of them in'),
  unplaceable: like(looks.unplaceable, 'does not fit:', 'not fitting', 'needed, but there is no room'),
  'evict-again': like(looks.terminating, 'evicted again and again:', 'evicted again and again'),
  delete: like(looks.delete, 'delete', 'to delete', 'not created again'),
  restart: like(looks.replace, 'evicted and created again:', 'to restart'),
  leftover: like(looks.leftover, 'leftover:', 'leftover', 'stays, but would not be created again'),
  create: like(looks.create, 'create', 'to create'),
  kept: like(looks.unchanged, 'kept:', 'kept', 'would have been deleted, or not created again: now it stays'),
  'not-targeted': like(looks['not-targeted'], 'not needed any more:', 'not needed any more'),
}
const kinds = Object.keys(effectLooks) as EffectKind[]

/** Effects of one kind: those with one reason on the same nodes in a group, whatever the DaemonSet. */
function groupsOf(placed: readonly Placed[], { width }: TextOptions): Group[] {
  const byReason = grouped(placed, ({ of, effect }) => `${objectName(of.daemonSet)} ${effect.reason}`)
  const byNodes = grouped(byReason.values(), (same) =>
    [same[0]?.effect.reason, ...same.map(({ effect }) => effect.node)].join('\n'),
  )
  return [...byNodes.values()]
    .map((members): Group => {
      const [first = []] = members
      const names = members.flatMap(([one]) =>
        one ? [`${one.of.daemonSet.namespace}/${one.of.daemonSet.name}`] : [],
      )
      const effect = first[0]?.effect
      const reason = effect?.kind === 'create' ? '' : escapeLine(effect?.reason ?? '')
      return {
        reasons: [sampleNames(names, width - 12), ...(reason === '' ? [] : [reason])],
        names: first.map(({ effect }) => effect.node),
        count: members.reduce((sum, same) => sum + same.length, 0),
      }
    })
    .sort((a, b) => (b.count ?? 0) - (a.count ?? 0))
}

function sectionsOf(placed: readonly Placed[], options: TextOptions): Section[] {
  return kinds.map((kind): Section => {
    const { mark, title, note, tone } = effectLooks[kind]
    const groups = groupsOf(
      placed.filter(({ effect }) => effect.kind === kind),
      options,
    )
    return { mark, asciiMark: true, title, note: note ?? '', paint: options.style[tone], groups, noun: 'pod' }
  })
}

/** `3 to delete, 1 leftover`. */
function countsText(placed: readonly Placed[]): string {
  const parts = kinds.flatMap((kind) => {
    const count = placed.filter(({ effect }) => effect.kind === kind).length
    return count === 0 ? [] : [`${count} ${effectLooks[kind].told}`]
  })
  return parts.join(', ')
}

const bad: readonly EffectKind[] = ['refused', 'unplaceable', 'evict-again', 'delete']

function headlineOf(
  { answer, edits, added }: ShownWhatIf,
  placed: readonly Placed[],
  options: TextOptions,
): string {
  const { style, width } = options
  const asked = [...edits.map(editText), ...(added > 0 ? [counted(added, 'new node')] : [])].join(', ')
  const all = counted(answer.daemonSets.length, 'DaemonSet')
  if (placed.length === 0)
    return headLine(`${style.bold(style.good('no change'))} to the pods of ${all}:`, asked, width)
  const touched = answer.daemonSets.filter(({ effects }) => effects.length > 0).length
  const paint = placed.some(({ effect }) => bad.includes(effect.kind)) ? style.bad : style.warn
  const counts = `${style.bold(paint(countsText(placed)))} (pods of ${touched} of ${all}):`
  return headLine(counts, asked, width)
}

/** What to do next, as lines to copy. */
function nextLines({ edits }: ShownWhatIf): string[] {
  if (edits.length === 0) return ['Nothing was written.']
  return ['Nothing was written. To do it:', ...edits.map((edit) => `  ${editCommand(edit)}`)]
}

/** The answer first, then what becomes of the pods in groups, then what to know and what to do. */
export function whatIfText(shown: ShownWhatIf, options: TextOptions): string {
  const placed = placedOf(shown.answer)
  const notes = notesOf(shown, placed).flatMap((line) =>
    line.startsWith('  ') ? [escapeLine(line)] : wrapped(escapeLine(line), options.width),
  )
  const lines = [
    headlineOf(shown, placed, options),
    ...sectionsText(sectionsOf(placed, options), options),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
    ...nextLines(shown).map(escapeLine),
  ]
  return `${lines.join('\n')}\n`
}

/** A row for each pod, or missing pod, of which anything becomes. */
export function whatIfTable({ answer }: ShownWhatIf, width: number | undefined): string {
  return table({
    head: ['DAEMONSET', 'NODE', 'EFFECT', 'PODS', 'REASON'],
    rows: placedOf(answer).map(({ of, effect }) => [
      objectName(of.daemonSet),
      escapeLine(effect.node),
      effect.kind,
      escapeLine(effect.pods.join(',')) || '<none>',
      escapeLine(effect.reason) || '<none>',
    ]),
    width,
  })
}
