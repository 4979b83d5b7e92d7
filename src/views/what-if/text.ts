/** What becomes of DaemonSets when nodes change, on a screen. */
import { escapeLine } from '#base/escape.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { Overhead } from '#controller/overhead.ts'
import type { DaemonSetEffect, EffectKind, NodeEffect, WhatIf } from '#controller/what-if/types.ts'
import { nodeTaint } from '#placement/tolerations.ts'
import { counted, objectName, sampleNames } from '../names.ts'
import { classCost } from '../overhead/text.ts'
import { evictedText } from '../plan/evictions.ts'
import { type Look, looks } from '../plan/looks.ts'
import { type Group, type Section, sectionsText, type TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import { type AskedEdit, editCommand, editText } from './edit-text.ts'

/** What is shown: the answer, and what was asked. */
export interface ShownWhatIf {
  readonly answer: WhatIf
  readonly edits: readonly AskedEdit[]
  /** How many nodes are new, and what DaemonSets ask of one. */
  readonly added: number
  readonly cost: Overhead | undefined
}

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
  kept: like(looks.unchanged, 'kept:', 'kept', 'no longer to go, or to be the last one there'),
  'not-targeted': like(looks['not-targeted'], 'not needed any more:', 'not needed any more'),
}
const kinds = Object.keys(effectLooks) as EffectKind[]

interface Placed {
  readonly of: DaemonSetEffect
  readonly effect: NodeEffect
}

const placedOf = ({ daemonSets }: WhatIf): Placed[] =>
  daemonSets.flatMap((of) => of.effects.map((effect) => ({ of, effect })))

/** Effects of one kind: those with one reason on the same nodes in a group, whatever the DaemonSet. */
function groupsOf(placed: readonly Placed[], { width }: TextOptions): Group[] {
  const byReason = new Map<string, Placed[]>()
  for (const one of placed) {
    const key = `${objectName(one.of.daemonSet)} ${one.effect.reason}`
    byReason.set(key, [...(byReason.get(key) ?? []), one])
  }
  const byNodes = new Map<string, Placed[][]>()
  for (const same of byReason.values()) {
    const key = [same[0]?.effect.reason, ...same.map(({ effect }) => effect.node)].join('\n')
    byNodes.set(key, [...(byNodes.get(key) ?? []), same])
  }
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

/** Whose budget is used up: for good, and at first. */
function budgetNotes({ daemonSets }: WhatIf): string[] {
  const exhausted = daemonSets.flatMap(({ daemonSet, budget }) => {
    if (!budget || budget.after.length < budget.allowed || budget.after.length <= budget.before.length)
      return []
    const { rule, configured, after } = budget
    return [
      `The budget of ${objectName(daemonSet)} is used up (${rule} ${configured}) by ${sampleNames(after, 50)}: its updates stop until somebody acts.`,
    ]
  })
  const starting = daemonSets.filter(
    ({ budget }) => budget && budget.starting > 0 && budget.starting + budget.before.length >= budget.allowed,
  )
  if (starting.length === 0) return exhausted
  const names = starting.map(({ daemonSet }) => `${daemonSet.namespace}/${daemonSet.name}`)
  return [
    ...exhausted,
    `Until they are available, new pods use up the budget (maxUnavailable) of ${sampleNames(names, 60)}: an update waits so long.`,
  ]
}

function evictionNotes(placed: readonly Placed[]): string[] {
  const evicted = [...new Set(placed.flatMap(({ effect }) => effect.fit?.evicts.map(evictedText) ?? []))]
  if (evicted.length === 0) return []
  return [
    `To make room, the scheduler evicts ${counted(evicted.length, 'pod')}: ${sampleNames(evicted, 60)}.`,
  ]
}

const cordonNote =
  'A cordon does nothing to daemon pods: the controller gives each of them the toleration node.kubernetes.io/unschedulable:NoSchedule.'

function notesOf(shown: ShownWhatIf, placed: readonly Placed[]): string[] {
  const { answer, cost, added, edits } = shown
  const [first] = cost?.classes ?? []
  const others = answer.otherPods
  return [
    ...(first && cost ? [`Before anything else runs there, ${classCost(first, added)}.`] : []),
    ...budgetNotes(answer),
    ...evictionNotes(placed),
    ...(others > 0
      ? [`${counted(others, 'pod')} of no DaemonSet ${others === 1 ? 'leaves' : 'leave'} the nodes, too.`]
      : []),
    ...(edits.some(({ edit }) => edit.kind === 'cordon') ? [cordonNote] : []),
    ...tolerationNotes(shown, placed),
    ...roomNotes(placed),
  ]
}

/** What would keep pods there: the toleration of a taint that is asked about. */
function tolerationNotes({ edits }: ShownWhatIf, placed: readonly Placed[]): string[] {
  if (!placed.some(({ effect }) => ['delete', 'leftover', 'evict-again'].includes(effect.kind))) return []
  return edits.flatMap(({ edit }) => {
    if (edit.kind !== 'taint' || edit.taint.effect === 'PreferNoSchedule') return []
    const { key, value, effect } = nodeTaint(edit.taint)
    const operator = value === '' ? 'operator: Exists' : `operator: Equal, value: ${JSON.stringify(value)}`
    return [
      'To stay, pods need this toleration:',
      `  {key: ${JSON.stringify(key)}, ${operator}, effect: ${effect}}`,
    ]
  })
}

const roomNote =
  'What does not fit needs larger nodes, smaller requests, or a priority that evicts others (priorityClassName).'
const chanceNote = 'Among pods of one priority chance decides who gets the room; here their names do.'

/** What to know where pods do not fit; others may have got the room. */
function roomNotes(placed: readonly Placed[]): string[] {
  const lacking = new Set(
    placed.flatMap(({ effect }) => (effect.kind === 'unplaceable' ? [effect.node] : [])),
  )
  if (lacking.size === 0) return []
  const isShared = placed.some(({ effect }) => effect.kind === 'create' && lacking.has(effect.node))
  return [roomNote, ...(isShared ? [chanceNote] : [])]
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
