import type { Fit } from './fit.ts'
import type { ResourceUser, Shortage } from './shortages.ts'

/** The lowest priority above which a pod could get `wanted` more by preempting, from the lowest priority upwards. */
function priorityFor(users: readonly ResourceUser[], wanted: number): number | null {
  let freed = 0
  for (const user of [...users].sort((a, b) => a.priority - b.priority)) {
    freed += user.amount.value
    if (freed >= wanted) return user.priority
  }
  return null
}

const missing = ({ wants, free }: Shortage) => wants.value - free.value

/**
 * The priority that a pod which does not fit has to exceed so that the scheduler could preempt others for it: the pods of
 * lowest priority go first (kube-scheduler's default preemption). Null: it fits, or no priority would help.
 */
export function preemptingPriority(fit: Fit): number | null {
  if (fit.fits) return null
  const needed = [
    ...fit.shortages.map((shortage) => priorityFor(shortage.usedBy, missing(shortage))),
    ...fit.portConflicts.map(({ heldBy }) => heldBy.priority),
  ]
  return needed.reduce((highest, each) =>
    highest === null || each === null ? null : Math.max(highest, each),
  )
}
