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

export interface SimulatedNode extends NodeState {
  pods: SimulatedPod[]
  readonly failure: SimulatedFailure | undefined
  /** The node's kubelet does not answer or is not ready: `node unreachable for 3 h`. */
  readonly notReady: string | undefined
  /** Why a new pod would not be bound there, with the node's own old pod in its place or without it; undefined: it would. */
  readonly unschedulable: (ownPodsStay: boolean) => string | undefined
  phase: NodePhase
  /** How many pods it had when it ceased to be active. */
  inactivePods: number
  counters: Counters
  /** The wave that it is part of, until it is settled. */
  wave: WaveRecord | undefined
}

/** The node's phase by the pods on it. One that is not active has an available pod, or none and needs none. */
export function phaseOf(node: SimulatedNode, rules: PodRules): NodePhase {
  const [pod, second] = node.pods
  if (!pod) return node.shouldRun ? 'active' : 'settled'
  if (second || pod.deleting || !node.exists || !node.shouldContinueRunning) return 'active'
  if (isFinished(pod) || !isAvailable(pod, rules.minReady, rules.now)) return 'active'
  if (isUpdated(pod, rules)) return 'settled'
  return node.shouldRun || !allowsSurge(rules) ? 'waiting' : 'active'
}
