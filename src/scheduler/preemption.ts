import type { DisruptionBudgets } from './disruption-budgets.ts'
import type { Refusal } from './filter.ts'
import type { PodInfo } from './pod-info.ts'

/** Pods that leave a node for another, the most important first; or why none do, in the scheduler's words. */
type Preemption =
  | {
      readonly victims: readonly PodInfo[]
      /** How many of them a budget protects. */
      readonly violations: number
    }
  | Pick<Refusal, 'reasons'>

interface PreemptionInput {
  readonly pod: PodInfo
  /** All on the node. */
  readonly pods: readonly PodInfo[]
  readonly budgets: DisruptionBudgets
  /** Would the filters take the pod if these alone were on the node? */
  readonly refusal: (pods: readonly PodInfo[]) => Refusal | undefined
}

/** The one thing that the scheduler says of a node on which pods could leave but none may. */
const noVictims = { reasons: ['No preemption victims found for incoming pod'] }

/**
 * Which pods the scheduler evicts from a node so that a pod which its filters refuse there, in a way that others' leaving
 * could mend, gets on it. All of lower priority are taken away; if that is enough, each gets back its place if the pod still
 * has one: those that a budget protects first, in each group the most important first. Mirrors `SelectVictimsOnNode` of the
 * plugin DefaultPreemption; whether the pod may preempt at all is up to the caller.
 */
export function selectVictims({ pod, pods, budgets, refusal }: PreemptionInput): Preemption {
  const candidates = pods.filter((one) => one.priority < pod.priority).sort(byImportance)
  if (candidates.length === 0) return noVictims
  const staying = new Set(pods)
  for (const candidate of candidates) staying.delete(candidate)
  const stillRefused = refusal([...staying])
  if (stillRefused) return stillRefused
  const { violating, others } = budgets.split(candidates)
  const victims = [...violating, ...others].filter((candidate) => {
    staying.add(candidate)
    if (!refusal([...staying])) return false
    staying.delete(candidate)
    return true
  })
  const violations = victims.filter((victim) => violating.includes(victim)).length
  return { victims: victims.sort(byImportance), violations }
}

/** The priority that a pod has to exceed for its preemption to make it room; undefined: no priority would. */
export function priorityToExceed({ pods, refusal }: Pick<PreemptionInput, 'pods' | 'refusal'>) {
  const priorities = [...new Set(pods.map(({ priority }) => priority))].sort(compare)
  return priorities.find((limit) => !refusal(pods.filter(({ priority }) => priority > limit)))
}

/** Pods of one node that would leave. */
interface Sacrifice {
  readonly victims: readonly PodInfo[]
  readonly violations: number
}

/** More than any priority is below 0, so that many pods of a negative one weigh more than few. */
const offset = 2 ** 31

/** Smaller is better, the first that tells them apart counts. */
const harms: readonly ((one: Sacrifice) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]?.priority ?? 0,
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + offset, 0),
  ({ victims }) => victims.length,
  ({ victims }) =>
    -Math.min(
      ...victims.filter(({ priority }) => priority === victims[0]?.priority).map((pod) => startOf(pod)),
    ),
]

/** The node on which making room does the least harm: `pickOneNodeForPreemption`. The first of those that are equal. */
export function leastHarm<T extends Sacrifice>(candidates: readonly T[]): T | undefined {
  return candidates.reduce<T | undefined>((best, one) => {
    if (!best) return one
    const harm = harms.find((measure) => measure(one) !== measure(best))
    return harm && harm(one) < harm(best) ? one : best
  }, undefined)
}

/** `MoreImportantPod`: higher priority, then earlier start. A pod that has not started is as young as can be. */
function byImportance(one: PodInfo, other: PodInfo): number {
  return other.priority - one.priority || compare(startOf(one), startOf(other))
}

/** Two of those that have not started are alike: infinity less infinity is no number. */
const compare = (one: number, other: number) => one - other || 0

/** `GetPodStartTime`, to the second as the wire has it. */
function startOf({ pod }: PodInfo): number {
  const start = Date.parse(pod.status?.startTime ?? '')
  return Number.isNaN(start) ? Number.POSITIVE_INFINITY : start
}
