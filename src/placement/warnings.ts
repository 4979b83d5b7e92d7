/** What the API accepts and that yet matches nothing. */
import type { FieldPath } from '#base/field-path.ts'

export type WarningCode =
  /** Required node affinity without terms: `required: {}` or an empty list matches no node. */
  | 'NoAffinityTerms'
  /** An empty term matches no node. */
  | 'EmptyAffinityTerm'
  /** A term that cannot be parsed is dropped whole; `message` holds Kubernetes' own text of the error. */
  | 'DroppedAffinityTerm'
  /** Only `metadata.name` has a value among a node's fields. */
  | 'UnknownMatchField'
  /** No node can carry such a label, so this nodeSelector entry matches no node. */
  | 'ImpossibleNodeSelector'
  | 'UnknownTolerationEffect'
  | 'UnknownTolerationOperator'
  /** `Lt`/`Gt` tolerate nothing while TaintTolerationComparisonOperators is off. */
  | 'DisabledTolerationOperator'
  /** The value of an `Lt`/`Gt` toleration is no plain 64-bit integer. */
  | 'UnparsableTolerationValue'

/** Something the API accepts and that yet matches nothing. */
export interface PlacementWarning {
  readonly code: WarningCode
  readonly path: FieldPath
  readonly message: string
}
