import type { Node, Pod } from '#kube/types.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import type { Counters } from '../daemon-set-status.ts'
import type { Hold, SimulatedFailure } from './types.ts'

/** Why a pod will never be available, and in what words. */
export interface Fate {
  readonly cause: Hold['cause']
  readonly text: string
}

/** A pod whose life the simulation goes on with. */
export interface SimulatedPod extends DaemonPod {
  bound: boolean
  deleting: boolean
  phase: string
  ready: boolean
  readyAt: number
  fate: Fate | undefined
}

/**
 * What a node is to the simulation. `settled`: nothing is to be done there. `waiting`: an old pod in good order, a
 * candidate of the update. `active`: something is under way or in the way.
 */
export type Standing = 'settled' | 'waiting' | 'active'

export interface SimulatedNode extends NodeState {
  pods: SimulatedPod[]
  readonly failure: SimulatedFailure | undefined
  /** The node's kubelet does not answer or is not ready: `node unreachable for 3 h`. */
  readonly trouble: string | undefined
  /** Why a new pod would not start there, with the node's own old pod still in place or without it; undefined: it would. */
  readonly obstacle: (ownPodsStay: boolean) => string | undefined
  standing: Standing
  counters: Counters
  /** What it adds to the sum of available pods while it is not active. */
  countedAvailable: number
  /** The wave that it is part of, until it is settled. */
  wave: WaveRecord | undefined
}

/** Nodes on which something was started at one moment. */
export interface WaveRecord {
  readonly startAt: number
  readonly nodes: string[]
  /** Of those nodes, how many are not done. */
  pending: number
  endAt: number | undefined
  counters: Counters | undefined
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

/** What is wrong with the node's kubelet, from its Ready condition. A node that reports no conditions is taken as well. */
export function troubleOf(node: Node, now: number): string | undefined {
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

export const failureFate = (failure: SimulatedFailure): Fate => ({
  cause: failure,
  text: failureTexts[failure],
})

const imageReasons = new Set(['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull'])

/** How long a pod may be unready before it is taken as one that will stay so. */
const patience = 10 * 60_000

/** What the snapshot tells of a pod that is not ready; undefined: it is still on its way. */
export function fateInSnapshot(pod: Pod, now: number): Fate | undefined {
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
  return age > patience
    ? { cause: 'never-ready', text: `it has not become ready in ${span(age)}` }
    : undefined
}
