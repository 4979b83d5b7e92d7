import type { PlanTotals } from '#controller/changes/totals.ts'
import type { Decision, Pass, Reason } from '#placement/decision.ts'

/** What `kds plan -o json` prints: docs/plan.schema.json describes it. */
export interface PlanList {
  readonly apiVersion: 'kds/v1'
  readonly kind: 'PlanList'
  /** One for each DaemonSet, in the order given. */
  readonly items: readonly Plan[]
}

export interface Plan {
  readonly kind: 'Plan'
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  readonly summary: {
    readonly nodes: number
    readonly shouldRun: number
    readonly shouldContinueOnly: number
    readonly shouldNotRun: number
    /** With `cluster`. */
    readonly changes?: PlanTotals
    /** With `cluster`: the nodes by what becomes of them. */
    readonly outcomes?: Readonly<Record<string, number | undefined>>
    /** With `cluster`, unless the strategy is OnDelete: what the rolling update may spend. */
    readonly budget?:
      | {
          readonly rule: 'maxUnavailable' | 'maxSurge'
          readonly allowed: number
          readonly configured: number | string
          readonly usedBy: readonly string[]
        }
      | undefined
    /** With `older`. */
    readonly compared?: {
      readonly won: number
      readonly lost: number
      readonly leftOver: number
      readonly kept: number
    }
  }
  /** In the order given. */
  readonly nodes: readonly PlannedNode[]
  readonly warnings: readonly Warning[]
  /** Whether the pods would be let in: see the schema. */
  readonly admission: object
}

export interface PlannedNode extends Decision {
  readonly name: string
  readonly reasons: readonly Reason[]
  /** With `explain`. */
  readonly passes?: readonly Pass[]
  /** With `cluster`. */
  readonly change?: Change
}

export interface Change {
  readonly kind: string
  /** What becomes of the node: `create`, `replace`, `delete`, `unchanged`, `unplaceable`, … The list is open. */
  readonly outcome: string
  /** One sentence: why. */
  readonly reason: string
  /** Names of the DaemonSet's pods there now. */
  readonly pods: readonly string[]
  /** How the pod there is: see the schema. */
  readonly state?: object
  readonly usesBudget?: true | undefined
  /** Whether a new pod fits, and who is evicted for it: see the schema. */
  readonly fit?: object | undefined
}

export interface Warning {
  /** Stable, for programs. */
  readonly code: string
  readonly message: string
  readonly field?: string | undefined
  /** Of a manifest that was read from a file. */
  readonly file?: string
  readonly line?: number
  readonly column?: number
}
