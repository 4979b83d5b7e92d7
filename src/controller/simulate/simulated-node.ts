import type { Evicted } from '#scheduler/fit.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { isAvailable, isFinished } from '../daemon-pod.ts'
import type { Counters } from '../daemon-set-status.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowsSurge, isUpdated } from '../update-strategy.ts'
import type { Blocked, SimulatedFailure } from './blocked.ts'
import type { WaveRecord } from './waves.ts'

/** A pod whose life the simulation goes on with. */
export interface SimulatedPod extends DaemonPod {
  bound: boolean
  deleting: boolean
  phase: string
  ready: boolean
  readyAt: number
  /** Absent: nothing is in its way. */
  blocked?: Blocked | undefined
}

/**
 * What a node is to the simulation. `settled`: nothing is to be done there. `waiting`: an old pod in good order, a
 * candidate of the update. `active`: something is under way or in the way.
 */
export type NodePhase = 'settled' | 'waiting' | 'active'

export interface PodStart {
  /** Why the pod is not bound; undefined: it is. */
  readonly obstacle: string | undefined
  /** Pods of others that have to leave first. */
  readonly evicts: readonly Evicted[]
}

export interface SimulatedNode extends NodeState {
  pods: SimulatedPod[]
  readonly failure: SimulatedFailure | undefined
  /** The node's kubelet does not answer or is not ready: `node unreachable for 3 h`. */
  readonly notReady: string | undefined
  /** What the scheduler does with a new pod there, with the node's own old pod in its place or without it. */
  readonly start: (ownPodsStay: boolean) => PodStart
  /** Asks for a new pod: why it is refused; undefined: it is let in. */
  readonly admit: () => string | undefined
  /** The answer that was given last. */
  refused: string | undefined
  /** The scheduler learns that a pod is gone, and quotas are given back what it used. */
  readonly end: (pod: SimulatedPod) => void
  /** Its index among all nodes: the controller serves them in that order. */
  readonly place: number
  phase: NodePhase
  /** How many available pods it had when it ceased to be active. */
  inactivePods: 0 | 1
  counters: Counters
  /** The wave that it is part of, until it is settled. */
  wave: WaveRecord | undefined
}

/** The node's phase by the pods on it. One that is not active has one available pod, or none and needs none. */
export function phaseOf(node: SimulatedNode, rules: PodRules): NodePhase {
  const { pods } = node
  if (pods.length === 0) return node.shouldRun ? 'active' : 'settled'
  if (node.exists && !node.shouldContinueRunning) return 'active'
  const live = pods.length === 1 ? pods : pods.filter((pod) => !pod.deleting)
  const [pod] = live
  if (!pod || live.length > 1 || pod.deleting || isFinished(pod)) return 'active'
  if (!isAvailable(pod, rules.minReady, rules.now)) return 'active'
  if (isUpdated(pod, rules)) return pods.length === 1 ? 'settled' : 'active'
  return node.shouldRun || !allowsSurge(rules) ? 'waiting' : 'active'
}
