import type { DaemonSetState, Hold, StateBudget } from '#controller/state/types.ts'
import { timeText } from '../clock-text.ts'
import { stepCommand } from './next-step.ts'

/** A DaemonSet's state as an item of a `kds/v1` document. */
export function stateDocument(state: DaemonSetState): object {
  const { budget, counts, daemonSet, finishes, health, holds, misscheduled, restarts, rolledOut, verdict } =
    state
  const { metadata, status } = daemonSet
  const namespace = metadata?.namespace ?? ''
  const name = metadata?.name ?? ''
  return {
    metadata: { namespace, name, uid: metadata?.uid, creationTimestamp: metadata?.creationTimestamp },
    verdict,
    status: {
      desired: status?.desiredNumberScheduled ?? 0,
      current: status?.currentNumberScheduled ?? 0,
      ready: status?.numberReady ?? 0,
      updated: status?.updatedNumberScheduled ?? 0,
      available: status?.numberAvailable ?? 0,
    },
    misscheduled,
    restarts,
    revision: { number: rolledOut.number, hash: rolledOut.hash || undefined, images: rolledOut.images },
    nodes: counts,
    standing: health,
    finishes,
    ...(budget && { budget: budgetDocument(budget) }),
    holds: holds.map((hold) => holdDocument(hold, { namespace, name })),
  }
}

/** Who uses up the rolling update's allowance. */
export const budgetDocument = ({ rule, allowed, configured, used }: StateBudget): object => ({
  rule,
  allowed,
  configured,
  used: used.map(({ node, pod, cause, why, since, stuck }) => ({
    node,
    pod,
    cause,
    why,
    since: timeText(since),
    stuck,
  })),
})

/** A hold with what to do about it, as data and as commands. */
export function holdDocument(
  hold: Hold,
  subject: { readonly namespace: string; readonly name: string },
): object {
  const { fit, next, since, ...rest } = hold
  return {
    ...rest,
    since: timeText(since),
    ...(fit && { shortages: fit.shortages, portConflicts: fit.portConflicts }),
    next: next.map((step) => ({ ...step, command: stepCommand(step, subject) })),
  }
}

/** The states of DaemonSets as one document. */
export const statesDocument = (states: readonly DaemonSetState[]): object => ({
  apiVersion: 'kds/v1',
  kind: 'DaemonSetStateList',
  items: states.map(stateDocument),
})
