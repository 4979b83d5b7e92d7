import { escapeLine } from '#base/escape.ts'
import type { PlacementPlan, PlannedNode } from '#placement/plan.ts'
import { table } from '../table.ts'
import { reasonText } from './reason-text.ts'

function reasons({ decision }: PlannedNode): string {
  if (decision.reasons.length === 0) return '<none>'
  return decision.reasons.map(reasonText).join('; ')
}

/** Every node with every reason, in the input's order. `width` wraps the reasons; without it rows are as long as they are. */
export function wideTable(plan: PlacementPlan, width: number | undefined): string {
  const yes = (answer: boolean) => (answer ? 'yes' : 'no')
  return table({
    head: ['NODE', 'RUN', 'KEEP', 'REASONS'],
    rows: Array.from(plan.nodes, (node) => [
      escapeLine(node.name),
      yes(node.decision.shouldRun),
      yes(node.decision.shouldContinueRunning),
      reasons(node),
    ]),
    width,
  })
}
