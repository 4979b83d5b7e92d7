import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import type { NodeState } from '../daemon-pod.ts'
import { type StepMemory, stepMemory } from '../step-memory.ts'
import type { PodRules } from '../update-strategy.ts'
import type { PodRow, StateInput, StateRow } from './types.ts'

/**
 * What earlier looks at a DaemonSet have made of pods and nodes, so that a look at thousands of which some have changed costs
 * little more than these. Pass the same one with every look at this one. Objects are known by identity: a changed one must be a
 * new object, and a DaemonSet with a changed spec must carry a new generation.
 */
export interface StateMemory {
  readonly steps: StepMemory
  readonly pods: WeakMap<Pod, RememberedPod>
  readonly rows: WeakMap<Node, StateRow>
  readonly states: WeakMap<StateRow, NodeState>
  /** The last look; undefined where the next one has to be made anew. */
  last?: LastRows | undefined
}

/** The rows of the last look, and what they were made from. */
export interface LastRows {
  readonly rules: string
  readonly nodes: StateInput['nodes']
  /** All of them the DaemonSet's own, and meant for one of the nodes. */
  readonly pods: readonly Pod[]
  readonly known: Set<Pod>
  readonly rows: readonly StateRow[]
  /** Where the row of a node is. */
  readonly places: ReadonlyMap<string, number>
}

/** A pod's row, and what it was made from beside the pod. */
interface RememberedPod {
  readonly row: PodRow
  readonly node: Node | undefined
  /** An image was on its way. */
  readonly pulling: boolean
  /** The DaemonSet, all rules but the moment, and the revisions. */
  readonly rules: string
}

/** The rows of pods that were made from the same DaemonSet, rules and revisions. */
export class RememberedPods {
  readonly memory: StateMemory
  /** What they were made from. */
  readonly rules: string

  constructor(
    memory: StateMemory,
    { metadata }: DaemonSet,
    { now: _, ...settings }: PodRules,
    numbers: ReadonlyMap<string, number>,
  ) {
    this.memory = memory
    this.rules = JSON.stringify([metadata?.uid, metadata?.generation, settings, ...numbers])
  }

  /** Only pods of the DaemonSet have one. */
  rowOf(pod: Pod) {
    const known = this.memory.pods.get(pod)
    return known?.rules === this.rules ? known : undefined
  }

  keep(pod: Pod, row: PodRow, node: Node | undefined, pulling: boolean): void {
    this.memory.pods.set(pod, { row, node, pulling, rules: this.rules })
  }
}

/** An empty memory for a series of looks. */
export const stateMemory = (): StateMemory => ({
  steps: stepMemory(),
  pods: new WeakMap(),
  rows: new WeakMap(),
  states: new WeakMap(),
})
