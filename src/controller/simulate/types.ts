import type { Diagnostic } from '#base/errors.ts'
import type {
  ControllerRevision,
  DaemonSet,
  IntOrString,
  Namespace,
  Node,
  Pod,
  PriorityClass,
} from '#kube/types.ts'
import type { Counters } from '../daemon-set-status.ts'

export type SimulatedFailure = 'image' | 'crash' | 'never-ready'

export interface SimulateInput {
  /** The new one, as it would be stored. */
  readonly daemonSet: DaemonSet
  readonly nodes: readonly Node[]
  /** All pods of the snapshot. Left out: nodes only, and everything is assumed healthy on an old revision. */
  readonly pods?: readonly Pod[] | undefined
  readonly revisions?: readonly ControllerRevision[] | undefined
  /** As the snapshot has it. With pods given and this left out the DaemonSet is new: every node starts empty. */
  readonly current?: DaemonSet | undefined
  readonly priorityClasses?: readonly PriorityClass[] | undefined
  readonly namespaces?: readonly Namespace[] | undefined
  readonly now: number
  /** From creation to Ready. Default 10 s. */
  readonly readyAfterSeconds?: number | undefined
  /** From deletion to gone. Default: 5 s. */
  readonly terminateAfterSeconds?: number | undefined
  readonly failures?: Readonly<Record<string, SimulatedFailure>> | undefined
  /** The order among nodes. Default 1. */
  readonly seed?: number | undefined
  /** Instead of the DaemonSet's own. */
  readonly strategy?: { readonly maxUnavailable?: IntOrString; readonly maxSurge?: IntOrString } | undefined
  readonly serverVersion?: string | undefined
  readonly comparisonOperators?: boolean | undefined
}

export interface Wave {
  readonly number: number
  /** Since the start. */
  readonly startSeconds: number
  /** When the last of its nodes was done; null: never. */
  readonly endSeconds: number | null
  readonly nodes: readonly string[]
  /** At its end; at the end of everything if it has none. */
  readonly counters: Counters
}

/** A node that keeps the roll-out from its end. */
export interface Hold {
  readonly node: string
  readonly pod?: string
  readonly cause:
    | 'node-not-ready'
    | 'terminating-on-unreachable-node'
    | 'image'
    | 'crash'
    | 'never-ready'
    | 'unplaceable'
    | 'unknown'
  /** Does it use up a part of the budget? */
  readonly usesBudget: boolean
  /** `fluentd-x on node-7: terminating, node unreachable for 3 h` */
  readonly message: string
}

export interface SimulationEnd {
  readonly state: 'done' | 'stuck' | 'waits-for-delete' | 'nothing-desired'
  /** One sentence with the rule: `budget 1 is used up by …`. */
  readonly message: string
  readonly counters: Counters
  readonly holds: readonly Hold[]
  /** Nodes with an old pod that is fine and waits for its turn (OnDelete: for someone to delete it). */
  readonly waiting: readonly string[]
  readonly budget?: {
    readonly rule: 'maxUnavailable' | 'maxSurge'
    readonly allowed: number
    readonly configured: IntOrString
    readonly used: number
  }
}

export interface Simulation {
  readonly strategy: {
    readonly type: string
    readonly maxUnavailable: number
    readonly maxSurge: number
    readonly desired: number
  }
  readonly start: Counters
  readonly waves: readonly Wave[]
  /** When the end state was reached. */
  readonly totalSeconds: number
  /** The fewest pods available at any time. */
  readonly minAvailable: number
  readonly end: SimulationEnd
  readonly warnings: readonly Diagnostic[]
}
