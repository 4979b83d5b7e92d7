import type { PodState, PodTrouble } from '../pod-state.ts'

/**
 * What becomes of a node: the one group that it is in. Headline, sections, markdown and documents all count these, so that
 * their numbers agree.
 */
export type Outcome =
  /** A pod is needed (created or replaced), and admission does not let it in. */
  | 'refused'
  /** One of the nodes of which not all get the pod that they need: a quota lets in fewer. Which ones is left to chance. */
  | 'maybe-refused'
  /** A pod is needed (created or replaced) and will not fit. */
  | 'unplaceable'
  /** The pod stays as it is, and it does not work, or not yet. */
  | 'crash-looping'
  | 'image-pull-failing'
  | 'cannot-start'
  | 'unschedulable'
  | 'not-ready'
  | 'node-not-ready'
  /** The only pod there is on its way out, and is held up, or does not come back. */
  | 'terminating'
  | 'starting'
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
const outcomes: readonly Outcome[] = [
  'refused',
  'maybe-refused',
  'unplaceable',
  'crash-looping',
  'image-pull-failing',
  'cannot-start',
  'unschedulable',
  'not-ready',
  'node-not-ready',
  'terminating',
  'starting',
  'create',
  'replace',
  'delete',
  'waits-for-delete',
  'leftover',
  'unchanged',
  'not-targeted',
]

/** What a pod that stays comes to by its state. */
const byTrouble: Readonly<Record<PodTrouble, Outcome>> = {
  crash: 'crash-looping',
  image: 'image-pull-failing',
  config: 'cannot-start',
  unschedulable: 'unschedulable',
  'not-ready': 'not-ready',
  'node-not-ready': 'node-not-ready',
  'node-gone': 'node-not-ready',
  terminating: 'terminating',
  starting: 'starting',
  'min-ready-seconds': 'starting',
}

/** Outcomes of a pod that nobody replaces. */
export const staysInTrouble: ReadonlySet<Outcome> = new Set(
  Object.values(byTrouble).filter((outcome) => outcome !== 'starting'),
)

/** The outcome of a node whose pod stays as it is. */
export const outcomeOfState = ({ trouble }: PodState): Outcome =>
  trouble ? byTrouble[trouble.cause] : 'unchanged'

export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>

/** How many nodes have each outcome, in the order of `outcomes`; one that no node has is left out. */
export function countOutcomes(nodes: readonly { readonly outcome: Outcome }[]): OutcomeCounts {
  const counts = new Map<Outcome, number>()
  for (const { outcome } of nodes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return Object.fromEntries(
    outcomes.flatMap((outcome) => (counts.has(outcome) ? [[outcome, counts.get(outcome)]] : [])),
  )
}
