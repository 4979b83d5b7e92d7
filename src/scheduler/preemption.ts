import type { DisruptionBudgets } from './disruption-budgets.ts'
import type { Refusal } from './filter.ts'
import type { PodInfo } from './pod-info.ts'

/** Pods that leave a node for another, the most important first; or why none do, in the scheduler's words. */
export type Preemption =
  | { readonly victims: readonly PodInfo[] }
  | { readonly reasons: readonly string[]; readonly unresolvable: boolean }

export interface PreemptionInput {
  readonly pod: PodInfo
  /** All on the node. */
  readonly pods: readonly PodInfo[]
  readonly budgets: DisruptionBudgets
  /** Would the filters take the pod if these alone were on the node? */
  readonly refusal: (pods: readonly PodInfo[]) => Refusal | undefined
}

/** The one thing that the scheduler says of a node on which pods could leave but none may. */
const noVictims = { reasons: ['No preemption victims found for incoming pod'], unresolvable: true }

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
  return { victims: victims.sort(byImportance) }
}

/** `MoreImportantPod`: higher priority, then earlier start. A pod that has not started is as young as can be. */
function byImportance(one: PodInfo, other: PodInfo): number {
  return other.priority - one.priority || compare(startOf(one), startOf(other))
}

const compare = (one: number, other: number) => (one < other ? -1 : one > other ? 1 : 0)

/** `GetPodStartTime`, to the second as the wire has it. */
function startOf({ pod }: PodInfo): number {
  const start = Date.parse(pod.status?.startTime ?? '')
  return Number.isNaN(start) ? Number.POSITIVE_INFINITY : start
}
