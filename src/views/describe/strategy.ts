import type { DaemonSetState } from '#controller/state/types.ts'
import { counted } from '../names.ts'

/** How its pods are replaced, in a sentence without a full stop. */
export function strategyText({ budget, counters, daemonSet }: DaemonSetState): string {
  const { minReadySeconds, updateStrategy } = daemonSet.spec ?? {}
  const after = minReadySeconds ? `; a pod counts as available after ${minReadySeconds} s of being ready` : ''
  if (updateStrategy?.type === 'OnDelete') return `OnDelete: a pod is replaced when it is deleted${after}`
  if (!budget) return `RollingUpdate${after}`
  const { allowed, configured, rule } = budget
  const setting = `${rule} ${configured}`
  const of = counted(counters.desired, 'node')
  return rule === 'maxSurge'
    ? `RollingUpdate, the new pod first: at most ${allowed} of ${of} with two pods at a time (${setting})${after}`
    : `RollingUpdate, the old pod goes first: at most ${allowed} of ${of} without an available pod at a time (${setting})${after}`
}

/** Who uses up the allowance, a line each behind the first, which counts them; undefined with OnDelete. */
export function budgetLines({ budget }: DaemonSetState): readonly string[] | undefined {
  if (!budget) return undefined
  const { allowed, used } = budget
  const users = used.map(({ node, pod, stuck, why }) => {
    const who = pod === undefined ? node : `${pod} on ${node}`
    return `${who}: ${why}${stuck ? ', does not recover by itself' : ''}`
  })
  const over = used.length > allowed ? `used up by ${used.length} nodes, ${allowed} allowed` : ''
  return [over || `${used.length} of ${allowed} used`, ...users]
}
