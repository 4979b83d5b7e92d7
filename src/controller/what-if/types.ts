import type { Node } from '#kube/types.ts'
import type { NodeChange } from '../changes/node-change.ts'
import type { PlanAdmission } from '../changes/plan-admission.ts'

/** What becomes of one DaemonSet on one node. */
export type EffectKind =
  /** A pod is needed, and admission does not let it in, or maybe not. */
  | 'refused'
  /** A pod is needed and will not fit. */
  | 'unplaceable'
  /** Its pod goes and does not come back. */
  | 'delete'
  /** Its pod is evicted, and another is created that may stay. */
  | 'restart'
  /** Its pod is evicted after a while, and so is each that comes after it. */
  | 'evict-again'
  /** Its pod stays, and would not be created again. */
  | 'leftover'
  | 'create'
  /** Its pod was to go or to be the last one there, and is no longer. */
  | 'kept'
  /** A pod was needed there that had not come, and is not any more. */
  | 'not-targeted'

export interface NodeEffect {
  readonly node: string
  readonly kind: EffectKind
  /** Why, in a sentence. */
  readonly reason: string
  /** Names of its pods that are there now. */
  readonly pods: readonly string[]
  /** Of an eviction: how long its pod may stay. */
  readonly seconds?: number
  /** What the scheduler makes of a pod that is needed. */
  readonly fit?: NodeChange['fit'] | undefined
}

/** What a rolling update has to spend afterwards, and who uses it up for good. */
export interface EffectOnBudget {
  readonly rule: string
  readonly configured: number | string
  readonly allowed: number
  /** Nodes that use it up until somebody acts: before, and then. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Pods that are started at first, and count until they are available. */
  readonly starting: number
}

export interface DaemonSetEffect {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  /** On how many nodes it should run. */
  readonly desired: { readonly before: number; readonly after: number }
  /** Nodes on which something happens, in the nodes' order; those that are gone come first. */
  readonly effects: readonly NodeEffect[]
  readonly budget?: EffectOnBudget
  readonly admission: PlanAdmission
}

export interface WhatIf {
  /** By namespace and name. */
  readonly daemonSets: readonly DaemonSetEffect[]
  /** The nodes as they would be. */
  readonly nodes: readonly Node[]
  /** Pods of no DaemonSet that are evicted or lose their node. */
  readonly otherPods: number
}
