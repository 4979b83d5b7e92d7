import type { Node } from '#kube/types.ts'
import type { DisruptionBudgets } from './disruption-budgets.ts'
import { firstRefusal, type NodeFilter, type Refusal } from './filter.ts'
import type { PodInfo } from './pod-info.ts'
import { priorityToExceed, selectVictims } from './preemption.ts'

/** What the scheduler makes of a pod that may go to one node only. */
export interface Outcome {
  /** Absent: the pod is bound. */
  readonly refusal?: Refusal
  /** Whom it evicts and then is bound, the most important first; empty: it stays Pending if there is a refusal. */
  readonly victims: readonly PodInfo[]
  /** How many of those a budget protects. */
  readonly violations: number
  /** Why none are evicted in spite of a refusal, in the scheduler's words. */
  readonly noVictims: readonly string[]
  /** Where none are: the priority that the pod would have to exceed; absent where no priority would help. */
  readonly preemptsAbove?: number | undefined
  /** The pod may not preempt anywhere: no node was looked at for it. */
  readonly mayNotPreempt?: boolean
  /** The victims are on their way out already: nobody else is evicted before they are gone. */
  readonly waits?: boolean
}

/** Said of nodes on which no pod's leaving would help. */
export const notHelpful = 'Preemption is not helpful for scheduling'
const nobody = { victims: [], violations: 0 }
const bound: Outcome = { ...nobody, noVictims: [] }
const never = 'not eligible due to preemptionPolicy=Never.'

interface Question {
  readonly pod: PodInfo
  /** False: its preemptionPolicy is Never. */
  readonly preempts: boolean
  readonly node: Node
  /** All on the node; those that are to come and go before this one are among them. */
  readonly pods: readonly PodInfo[]
  readonly filters: readonly NodeFilter[]
  readonly budgets: () => DisruptionBudgets
  /** Room is being made for it on this node. */
  readonly nominated?: boolean
}

/**
 * Binds, evicts or refuses: the scheduler's filters, and for what they refuse its preemption. Mirrors `schedulePod` and the
 * plugin DefaultPreemption of kube-scheduler v1.36 for a pod that is pinned to a node, as the pods of a DaemonSet are.
 */
export function schedule({ pod, preempts, node, pods, filters, budgets, nominated }: Question): Outcome {
  const refusal = firstRefusal(filters, node, pods)
  if (!refusal) return bound
  if (!preempts) return { refusal, ...nobody, noVictims: [never], mayNotPreempt: true }
  if (refusal.unresolvable) return { refusal, ...nobody, noVictims: [notHelpful] }
  // `PodEligibleToPreemptOthers`
  const leaving = nominated ? pods.filter((one) => one.isPreempted && one.priority < pod.priority) : []
  if (leaving.length > 0) return { refusal, victims: leaving, violations: 0, noVictims: [], waits: true }
  const room = { pods, refusal: (staying: readonly PodInfo[]) => firstRefusal(filters, node, staying) }
  const found = selectVictims({ pod, budgets: budgets(), ...room })
  return 'victims' in found
    ? { refusal, victims: found.victims, violations: found.violations, noVictims: [] }
    : { refusal, ...nobody, noVictims: found.reasons, preemptsAbove: priorityToExceed(room) }
}
