import { escapeLine } from '#base/escape.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import { table } from '../table.ts'
import { reasonsOf } from './change-reasons.ts'
import { evictedOn } from './evictions.ts'
import { looks, titleWord } from './looks.ts'

/** What becomes of a node, in a table or before a reason. */
export const outcomeWord = ({ outcome }: Pick<NodeChange, 'outcome'>): string => titleWord(outcome)

/** Every node with its change, in the input's order. */
export function changesTable(plan: ChangePlan, width: number | undefined): string {
  return table({
    head: ['', 'NODE', 'CHANGE', 'PODS', 'REASON'],
    rows: plan.changes.map((change) => [
      looks[change.outcome].mark,
      escapeLine(change.node),
      outcomeWord(change),
      escapeLine(change.pods.join(',')) || '<none>',
      [...reasonsOf([change], plan), ...evictedOn(change)].join('; ') || '<none>',
    ]),
    width,
  })
}
