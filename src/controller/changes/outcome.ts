/**
 * What becomes of a node: the one group that it is in. Headline, sections, markdown and documents all count these, so that
 * their numbers agree.
 */
export type Outcome =
  /** A pod is needed (created or replaced) and will not fit. */
  | 'unplaceable'
  | 'create'
  | 'replace'
  /** The pod is deleted and does not come back. */
  | 'delete'
  /** OnDelete: the outdated pod stays until someone deletes it. */
  | 'waits-for-delete'
  /** The pod stays, but would not be started again. */
  | 'leftover'
  | 'unchanged'
  /** No pod there, and none needed. */
  | 'not-targeted'

/** In the order in which they are shown: what fails, what changes, what stays. */
export const outcomes: readonly Outcome[] = [
  'unplaceable',
  'create',
  'replace',
  'delete',
  'waits-for-delete',
  'leftover',
  'unchanged',
  'not-targeted',
]

export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>

/** How many nodes have each outcome, in the order of `outcomes`; one that no node has is left out. */
export function countOutcomes(nodes: readonly { readonly outcome: Outcome }[]): OutcomeCounts {
  const counts = new Map<Outcome, number>()
  for (const { outcome } of nodes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return Object.fromEntries(
    outcomes.flatMap((outcome) => (counts.has(outcome) ? [[outcome, counts.get(outcome)]] : [])),
  )
}
