/** Why a pod of the simulation will never be available. */
import { roughDuration } from '#kube/duration.ts'
import type { Node, Pod } from '#kube/types.ts'
import { isOverdue, podStateOf, startDeadline } from '../pod-state.ts'

/** What can go wrong with a pod that is made. */
export type SimulatedFailure = 'image' | 'crash' | 'never-ready'

export interface Blocked {
  readonly cause:
    | SimulatedFailure
    | 'config'
    | 'node-not-ready'
    | 'terminating'
    | 'terminating-on-unreachable-node'
    | 'unplaceable'
    | 'refused'
  readonly text: string
}

/** Why the node's kubelet ends and starts no pods, by its Ready condition. A node that reports none is taken as well. */
export function notReadyText(node: Node, now: number): string | undefined {
  const ready = node.status?.conditions?.find((condition) => condition?.type === 'Ready')
  if (!ready || ready.status === 'True') return undefined
  const since = Date.parse(ready.lastTransitionTime ?? '')
  const state = ready.status === 'Unknown' ? 'unreachable' : 'not ready'
  return `node ${state}${since <= now ? ` for ${roughDuration(now - since)}` : ''}`
}

const failureTexts: Readonly<Record<SimulatedFailure | 'config', string>> = {
  image: 'its image cannot be pulled',
  config: 'its container cannot be created',
  crash: 'its container crashes again and again',
  'never-ready': 'it never becomes ready',
}

export const blockedBy = (failure: SimulatedFailure): Blocked => ({
  cause: failure,
  text: failureTexts[failure],
})

/** What the snapshot tells of a pod that is not ready, or is being deleted; undefined: it is still on its way. */
export function blockedInSnapshot(pod: Pod, now: number): Blocked | undefined {
  const state = podStateOf(pod, {}, { minReady: 0, now })
  const { deleted, trouble } = state
  if (deleted)
    return isOverdue(state, now)
      ? {
          cause: 'terminating',
          text: `terminating for ${roughDuration(now - deleted.at)}, long after its grace period`,
        }
      : undefined
  const { cause, reason = '', message = '' } = trouble ?? {}
  switch (cause) {
    case 'image':
    case 'config':
    case 'crash':
      return { cause, text: `${failureTexts[cause]} (${reason})` }
    case 'unschedulable':
      return { cause: 'unplaceable', text: `it is not scheduled: ${message || reason}` }
  }
  const age = now - Date.parse(pod.metadata?.creationTimestamp ?? '')
  return age > startDeadline
    ? { cause: 'never-ready', text: `it has not become ready in ${roughDuration(age)}` }
    : undefined
}
