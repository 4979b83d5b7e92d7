import type { Node, Pod } from '#kube/types.ts'
import type { NodeState } from '../daemon-pod.ts'
import { type StepMemory, stepMemory } from '../step-memory.ts'
import type { PodRow, StateRow } from './types.ts'

/**
 * What earlier looks at a DaemonSet have made of pods and nodes, so that a look at thousands of which some have changed costs
 * little more than these. Pass the same one with every look at this one. Objects are known by identity: a changed one must be a
 * new object, and a DaemonSet with a changed spec must carry a new generation.
 */
export interface StateMemory {
  readonly steps: StepMemory
  readonly pods: WeakMap<Pod, { readonly made: MadeFrom; readonly row: PodRow }>
  readonly rows: WeakMap<Node, StateRow>
  readonly states: WeakMap<StateRow, NodeState>
}

/** What a pod's row was made from, beside the pod. */
export interface MadeFrom {
  readonly node: Node | undefined
  /** An image was on its way. */
  readonly pulling: boolean
  /** All rules but the moment, and the revisions. */
  readonly rules: string
}

/** An empty memory for a series of looks. */
export const stateMemory = (): StateMemory => ({
  steps: stepMemory(),
  pods: new WeakMap(),
  rows: new WeakMap(),
  states: new WeakMap(),
})
