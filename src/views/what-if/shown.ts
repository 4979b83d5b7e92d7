import type { Overhead } from '#controller/overhead.ts'
import type { DaemonSetEffect, NodeEffect, WhatIf } from '#controller/what-if/types.ts'
import type { AskedEdit } from './edit-text.ts'

/** What is shown: the answer, and what was asked. */
export interface ShownWhatIf {
  readonly answer: WhatIf
  readonly edits: readonly AskedEdit[]
  /** How many nodes are new, and what DaemonSets ask of one. */
  readonly added: number
  readonly cost: Overhead | undefined
}

/** What happens to one DaemonSet on one node. */
export interface Placed {
  readonly of: DaemonSetEffect
  readonly effect: NodeEffect
}

export const placedOf = ({ daemonSets }: WhatIf): Placed[] =>
  daemonSets.flatMap((of) => of.effects.map((effect) => ({ of, effect })))
