import { escapeLine } from '#base/escape.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { Evicted } from '#scheduler/fit.ts'
import { counted } from '../names.ts'
import type { Group, Section, TextOptions } from '../sections.ts'

/** `batch/train-0 (priority 0)`. */
export const evictedText = ({ namespace, name, priority }: Evicted): string =>
  `${escapeLine(`${namespace}/${name}`)} (priority ${priority})`

/** `evicts 4 pods`; `up to` where some of those that would evict them are maybe refused. */
export const evictionsText = ({ totals, outcomes }: Pick<ChangePlan, 'totals' | 'outcomes'>): string =>
  `evicts ${outcomes['maybe-refused'] ? 'up to ' : ''}${counted(totals.evicted, 'pod')}`

/** The pods that are evicted on one node, in a line; none if there are none. */
export const evictedOn = ({ fit }: NodeChange): string[] =>
  fit && fit.evicts.length > 0 ? [`evicts ${fit.evicts.map(evictedText).join(', ')}`] : []

/** The nodes on which pods are evicted, each with its pods. */
export const evictionGroups = (changes: readonly NodeChange[]): Group[] =>
  changes.flatMap(({ node, fit }) =>
    fit && fit.evicts.length > 0
      ? [{ reasons: [fit.evicts.map(evictedText).join(', ')], names: [node] }]
      : [],
  )

/** The pods of others that are evicted, as a section of a plan; none if there are none. */
export function evictionSections(changes: ChangePlan | undefined, { style }: TextOptions): Section[] {
  if (!changes || changes.totals.evicted === 0) return []
  return [
    {
      mark: '!',
      asciiMark: true,
      title: `${evictionsText(changes)} on`,
      note: 'they make room for pods of higher priority',
      paint: style.bad,
      groups: evictionGroups(changes.changes),
    },
  ]
}
