import { notHelpful, type Outcome } from './schedule.ts'

const otherNodes = "node(s) didn't satisfy plugin(s) [NodeAffinity]"

/**
 * What the scheduler says of a pod that stays Pending: `0/12 nodes are available: 1 Insufficient cpu, …`, without a word of
 * preemption where others are evicted for it. Mirrors `FitError.Error` of v1.36 and the words of its plugins
 * DynamicResources and DefaultPreemption.
 *
 * @param outcomes Of the nodes that were looked at.
 * @param nodes How many there are; those that were not looked at are left out by the pod's node affinity.
 */
export function unschedulableMessage(outcomes: readonly Outcome[], nodes: number): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const available = `0/${nodes} nodes are available:`
  const early = outcomes.find(({ refusal }) => refusal?.beforehand)?.refusal
  // The plugin DynamicResources, asked for room all the same, does not find what it would have noted down.
  if (early) return `${available} ${early.reasons.join(', ')}. not found`
  const rest = nodes - outcomes.length
  const refused = counted(
    outcomes.flatMap(({ refusal }) => refusal?.reasons ?? []),
    otherNodes,
    rest,
  )
  if (outcomes.some(({ victims }) => victims.length > 0)) return `${available} ${refused}.`
  const notEligible = outcomes.find(({ mayNotPreempt }) => mayNotPreempt)?.noVictims[0]
  const helped = counted(
    outcomes.flatMap(({ noVictims }) => noVictims),
    notHelpful,
    rest,
  )
  const preemption = notEligible ?? `${available} ${helped}.`
  return `${available} ${refused}. no new claims to deallocate, preemption: ${preemption}`
}

/** `1 Insufficient cpu, 2 Too many pods`, sorted as texts are; `more` of the rest give a reason of their own. */
function counted(reasons: readonly string[], reasonOfRest: string, more: number): string {
  const counts = new Map<string, number>(more > 0 ? [[reasonOfRest, more]] : [])
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}
