import { escapeLine } from '#base/escape.ts'
import type { Reason } from '#placement/decision.ts'
import { groupTitle } from '#placement/placement.ts'
import type { PlanGroup } from '#placement/plan.ts'
import { counted } from '../names.ts'

/** One reason as it holds for all nodes of a group; `same`: have they one value of this label? */
function sharedReasonText(reason: Reason, same: (label: string) => boolean): string {
  const title = groupTitle(reason)
  if (reason.code === 'UntoleratedTaint') return `${title} is not tolerated`
  if (reason.code !== 'NodeSelectorMismatch') return title
  if (reason.actual === null) return `${title}, wanted "${reason.wanted}"`
  return same(reason.key) ? `label ${reason.key} is "${reason.actual}", wanted "${reason.wanted}"` : title
}

function alsoText({ also }: PlanGroup): string[] {
  const [first, ...more] = also
  if (!first) return []
  const rest = more.length > 0 ? `, and ${counted(more.length, 'other taint')}` : ''
  return [
    escapeLine(`(also: ${groupTitle(first.reason)} on ${counted(first.nodes, 'of them', 'of them')}${rest})`),
  ]
}

/** One reason of one node, in the words of the groups. */
export function reasonText(reason: Reason): string {
  return escapeLine(sharedReasonText(reason, () => true))
}

function ownReasons({ nodes, reasons }: PlanGroup): string[] {
  const same = (label: string) => nodes.shareLabel(label)
  return reasons.map((reason) => escapeLine(sharedReasonText(reason, same)))
}

/** Why the nodes of a group are in it: one line a reason; a group without reasons has none. */
export function groupReasons(group: PlanGroup): string[] {
  return [...ownReasons(group), ...alsoText(group)]
}

/** The same in one line. */
export const groupReasonLine = (group: PlanGroup): string =>
  [ownReasons(group).join('; '), ...alsoText(group)].join(' ')
