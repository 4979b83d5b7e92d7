/** What to know of the answer beside what becomes of each pod: a sentence each. */
import type { WhatIf } from '#controller/what-if/types.ts'
import { nodeTaint } from '#placement/tolerations.ts'
import { counted, objectName, sampleNames } from '../names.ts'
import { classCost } from '../overhead/text.ts'
import { evictedText } from '../plan/evictions.ts'
import type { Placed, ShownWhatIf } from './shown.ts'

/** Whose budget is used up: for good, and at first. */
function budgetNotes({ daemonSets }: WhatIf): string[] {
  const exhausted = daemonSets.flatMap(({ daemonSet, budget }) => {
    if (!budget || budget.after.length < budget.allowed || budget.after.length <= budget.before.length)
      return []
    const { rule, configured, after } = budget
    return [
      `The budget of ${objectName(daemonSet)} is used up (${rule} ${configured}) by ${sampleNames(after, 50)}: its updates stop until someone acts.`,
    ]
  })
  const starting = daemonSets.filter(
    ({ budget }) => budget && budget.starting > 0 && budget.starting + budget.before.length >= budget.allowed,
  )
  if (starting.length === 0) return exhausted
  const names = starting.map(({ daemonSet }) => `${daemonSet.namespace}/${daemonSet.name}`)
  return [
    ...exhausted,
    `New pods use up the budget (maxUnavailable) of ${sampleNames(names, 60)} until they are available: an update waits for them.`,
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

/** Cost, budgets, evictions, other pods, tolerations, room; what begins with spaces is to be copied. */
export function notesOf(shown: ShownWhatIf, placed: readonly Placed[]): string[] {
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
