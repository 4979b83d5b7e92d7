import { oncePer } from '#base/once.ts'
import type { Node } from '#kube/types.ts'
import type { PodInfo } from './pod-info.ts'
import type { PodPriority } from './pod-priority.ts'
import type { Outcome } from './schedule.ts'
import type { PortConflict, Shortage } from './shortages.ts'
import { portConflictsOf, portConflictText, shortagesOf, shortageText } from './shortages.ts'

/** A pod that leaves its node for one of higher priority. */
export interface Evicted {
  readonly namespace: string
  readonly name: string
  readonly priority: number
}

/** What the scheduler does with the pod of a DaemonSet on one node, and why. */
export interface Fit {
  /** The node has room for it as it stands. */
  readonly fits: boolean
  readonly shortages: readonly Shortage[]
  readonly portConflicts: readonly PortConflict[]
  readonly priority: Pick<PodPriority, 'value' | 'className' | 'known'>
  /** It does not fit, and room is made by evicting pods of lower priority. */
  readonly couldPreempt: boolean
  /** Those that are evicted for it, or have been and are still there; the most important first. */
  readonly evicts: readonly Evicted[]
  /** Why it does not fit, in the scheduler's own words: `Insufficient cpu`. */
  readonly reasons?: readonly string[]
  /** Why no pods are evicted for it although it does not fit, in the scheduler's own words. */
  readonly preemption?: readonly string[]
  /** What its priority has to exceed to evict others; absent where it fits, and where no priority would help. */
  readonly preemptsAbove?: number
  /** What could not be judged: no allocatable, an unreadable quantity, an unknown priority class. */
  readonly unknown: readonly string[]
  /** One line for people; empty when it fits. */
  readonly message: string
}

/** Does the pod start: at once, or in the place of those that are evicted for it? */
export const starts = (fit: Fit): boolean => fit.fits || fit.couldPreempt

type Words = Pick<Fit, 'priority' | 'unknown'>

/** On most nodes there is room: they share what is said. */
const fitting = oncePer(
  (words: Words): Fit => ({
    ...words,
    fits: true,
    shortages: [],
    portConflicts: [],
    couldPreempt: false,
    evicts: [],
    message: '',
  }),
)

/** Puts what the scheduler does into figures and words. `pods` are those on the node before it does anything. */
export function fitOf(
  node: Node,
  pod: PodInfo,
  pods: readonly PodInfo[],
  outcome: Outcome,
  words: Words,
): Fit {
  const { refusal, victims } = outcome
  if (!refusal) return fitting(words)
  const shortages = shortagesOf(node, pod, pods)
  const portConflicts = portConflictsOf(pod, pods)
  const lacks = [...shortages.map(shortageText), ...portConflicts.map(portConflictText)]
  return {
    ...words,
    fits: false,
    shortages,
    portConflicts,
    couldPreempt: victims.length > 0,
    evicts: victims
      .filter((victim) => outcome.waits || !victim.isTerminating)
      .map(({ namespace, name, priority: value }) => ({ namespace, name, priority: value })),
    reasons: refusal.reasons,
    ...(victims.length === 0 && { preemption: outcome.noVictims }),
    ...(outcome.preemptsAbove !== undefined && { preemptsAbove: outcome.preemptsAbove }),
    message: [...lacks, ...(refusal.because ?? [])].join('; '),
  }
}
