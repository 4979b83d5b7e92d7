/** Why a pod of the simulation will never be available. */
import type { Node, Pod } from '#kube/types.ts'

/** What can go wrong with a pod that is made. */
export type SimulatedFailure = 'image' | 'crash' | 'never-ready'

export interface Blocked {
  readonly cause: SimulatedFailure | 'node-not-ready' | 'terminating-on-unreachable-node' | 'unplaceable'
  readonly text: string
}

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** `3 h`, `2 d`, in the largest unit of which there are at least one. */
function span(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= size) ?? ['s', 1000]
  return `${Math.floor(ms / size)} ${unit}`
}

/** Why the node's kubelet ends and starts no pods, by its Ready condition. A node that reports none is taken as well. */
export function notReadyText(node: Node, now: number): string | undefined {
  const ready = node.status?.conditions?.find((condition) => condition?.type === 'Ready')
  if (!ready || ready.status === 'True') return undefined
  const since = Date.parse(ready.lastTransitionTime ?? '')
  const state = ready.status === 'Unknown' ? 'unreachable' : 'not ready'
  return `node ${state}${since <= now ? ` for ${span(now - since)}` : ''}`
}

const failureTexts: Readonly<Record<SimulatedFailure, string>> = {
  image: 'its image cannot be pulled',
  crash: 'its container crashes again and again',
  'never-ready': 'it never becomes ready',
}

export const blockedBy = (failure: SimulatedFailure): Blocked => ({
  cause: failure,
  text: failureTexts[failure],
})

const imageReasons = new Set(['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull'])

/** Milliseconds after which a pod that has not become ready is taken as one that will not. */
const startDeadline = 10 * 60_000

/** What the snapshot tells of a pod that is not ready; undefined: it is still on its way. */
export function blockedInSnapshot(pod: Pod, now: number): Blocked | undefined {
  for (const status of [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ]) {
    const reason = status?.state?.waiting?.reason
    if (reason && imageReasons.has(reason))
      return { cause: 'image', text: `${failureTexts.image} (${reason})` }
    if (reason === 'CrashLoopBackOff') return { cause: 'crash', text: `${failureTexts.crash} (${reason})` }
  }
  const scheduled = pod.status?.conditions?.find((condition) => condition?.type === 'PodScheduled')
  if (!pod.spec?.nodeName && scheduled?.status === 'False')
    return {
      cause: 'unplaceable',
      text: `it is not scheduled: ${scheduled.message ?? scheduled.reason ?? 'no reason given'}`,
    }
  const age = now - Date.parse(pod.metadata?.creationTimestamp ?? '')
  return age > startDeadline
    ? { cause: 'never-ready', text: `it has not become ready in ${span(age)}` }
    : undefined
}
