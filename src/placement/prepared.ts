/** A DaemonSet with its rules worked out once, to be held against many nodes. */

import type { FieldPath } from '#base/field-path.ts'
import type { PreparedToleration, RequirementTrace, TermTrace } from './decision.ts'
import type { PlacementWarning } from './warnings.ts'

/** A `key operator values` test of one label, compiled. */
export interface CompiledRequirement extends Omit<RequirementTrace, 'actual' | 'matched'> {
  /** `actual` is undefined when the node lacks the label. */
  readonly matches: (actual: string | undefined) => boolean
}

export interface CompiledTerm extends Omit<TermTrace, 'state' | 'requirements'> {
  /** True when the term can match at all: neither empty nor dropped. */
  readonly usable: boolean
  readonly requirements: readonly CompiledRequirement[]
}

export interface NodeSelectorEntry {
  readonly key: string
  readonly value: string
  readonly path: FieldPath
}

/** Tolerations arranged so that only those that can concern a taint are looked at; each list in the pod's order. */
export interface TolerationIndex {
  readonly forKey: ReadonlyMap<string, readonly PreparedToleration[]>
  readonly forAnyKey: readonly PreparedToleration[]
}

/** All that placement needs of a DaemonSet, worked out once. Treat it as opaque but for the documented fields. */
export interface PreparedDaemonSet {
  /** `spec.template.spec.nodeName`, or null when unset. */
  readonly nodeName: string | null
  readonly nodeSelector: readonly NodeSelectorEntry[]
  /** The terms of required node affinity, or null when there is no such constraint. */
  readonly terms: readonly CompiledTerm[] | null
  /** As the pod will carry them: the manifest's first, then those that the controller adds. */
  readonly tolerations: readonly PreparedToleration[]
  readonly tolerationIndex: TolerationIndex
  /** Whether the toleration operators `Lt` and `Gt` count. */
  readonly comparisonOperators: boolean
  readonly warnings: readonly PlacementWarning[]
  /** The parse errors of all affinity terms in one text, as Kubernetes joins them; null when there are none. */
  readonly affinityParseErrors: string | null
}

export interface PrepareOptions {
  /** The feature gate TaintTolerationComparisonOperators, off by default in v1.36. */
  readonly comparisonOperators?: boolean
}
