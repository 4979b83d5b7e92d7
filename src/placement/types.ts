/**
 * What placement answers: may this DaemonSet's pod run on this node, and every reason. All of it is plain data that can be
 * written as JSON. `message` and `text` fields hold names and values as they came from files or clusters: escape them
 * before they reach a terminal.
 */
import type { FieldPath } from '#base/field-path.ts'
import type { Node } from '#kube/types.ts'

export type { FieldPath }

/** The controller's two answers. `shouldRun`: create a pod if there is none; `shouldContinueRunning`: leave the one there. */
export interface Decision {
  readonly shouldRun: boolean
  readonly shouldContinueRunning: boolean
}

/** A taint with its absent fields filled in as the wire's decoder does. */
export interface NodeTaint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

/** Who put a toleration on the pod: the manifest, or the DaemonSet controller, which adds its own to every daemon pod. */
export type TolerationOrigin = 'manifest' | 'controller'

export interface PreparedToleration {
  readonly origin: TolerationOrigin
  /** Place in `spec.template.spec.tolerations`, or null for one that the controller adds. */
  readonly index: number | null
  readonly key: string
  /** As written; an empty operator means Equal. */
  readonly operator: string
  readonly value: string
  /** Empty covers every effect. */
  readonly effect: string
  /** For people: `dedicated=gpu:NoSchedule`, `node.kubernetes.io/not-ready:NoExecute`, `any taint`. */
  readonly text: string
}

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

/** One expression or field of an affinity term, held against one node. */
export interface RequirementTrace {
  readonly kind: 'expression' | 'field'
  readonly path: FieldPath
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
  /** The node's label or field value; null when the node has no such label. */
  readonly actual: string | null
  readonly matched: boolean
  /** For people: `zone in (a,b)`, `!gpu`, `cores > 8`. */
  readonly text: string
}

/** One affinity term held against one node. A dropped or empty term matches nothing and has no requirements listed. */
export interface TermTrace {
  readonly index: number
  readonly path: FieldPath
  readonly state: 'matched' | 'mismatched' | 'empty' | 'dropped'
  readonly requirements: readonly RequirementTrace[]
  /** Kubernetes' own text for each error that drops the term. */
  readonly parseErrors: readonly string[]
  /** For people: `zone in (a,b) and !gpu`. */
  readonly text: string
}

/** A toleration with the taint's key (or any key) that yet does not cover the taint, and why. */
export interface TolerationNearMiss {
  readonly toleration: PreparedToleration
  readonly differs: readonly ('value' | 'effect' | 'operator')[]
}

export interface NodeNameMismatch {
  readonly code: 'NodeNameMismatch'
  readonly path: FieldPath
  readonly wanted: string
  readonly actual: string
  readonly message: string
}

export interface NodeSelectorMismatch {
  readonly code: 'NodeSelectorMismatch'
  readonly path: FieldPath
  readonly key: string
  readonly wanted: string
  /** The node's value of that label; null when the node has no such label. */
  readonly actual: string | null
  readonly message: string
}

export interface NodeAffinityMismatch {
  readonly code: 'NodeAffinityMismatch'
  readonly path: FieldPath
  readonly terms: readonly TermTrace[]
  readonly message: string
}

export interface UntoleratedTaint {
  readonly code: 'UntoleratedTaint'
  /** Place in the node's `spec.taints`. */
  readonly taintIndex: number
  readonly taint: NodeTaint
  /** True for NoExecute: a pod that is there is evicted. False for NoSchedule: it stays, and no new one comes. */
  readonly evicts: boolean
  readonly nearMisses: readonly TolerationNearMiss[]
  readonly message: string
}

/** Why a pod may not run here. All that apply are listed, in rule order: name, selector, affinity, taints. */
export type Reason = NodeNameMismatch | NodeSelectorMismatch | NodeAffinityMismatch | UntoleratedTaint
export type ReasonCode = Reason['code']

export interface NodeNameMatched {
  readonly code: 'NodeNameMatched'
  readonly path: FieldPath
  readonly wanted: string
  readonly message: string
}

export interface NodeSelectorMatched {
  readonly code: 'NodeSelectorMatched'
  readonly path: FieldPath
  readonly key: string
  readonly value: string
  readonly message: string
}

export interface NodeAffinityMatched {
  readonly code: 'NodeAffinityMatched'
  readonly path: FieldPath
  /** The first term that matched. */
  readonly termIndex: number
  readonly terms: readonly TermTrace[]
  readonly message: string
}

export interface TaintTolerated {
  readonly code: 'TaintTolerated'
  readonly taintIndex: number
  readonly taint: NodeTaint
  /** The first toleration that covers the taint. */
  readonly toleration: PreparedToleration
  readonly message: string
}

/** A taint whose effect is neither NoSchedule nor NoExecute: it never matters to the controller. */
export interface TaintIgnored {
  readonly code: 'TaintIgnored'
  readonly taintIndex: number
  readonly taint: NodeTaint
  readonly message: string
}

/** What was asked and held, in rule order. A rule that asks nothing (no nodeSelector, no taints) leaves no entry. */
export type Pass = NodeNameMatched | NodeSelectorMatched | NodeAffinityMatched | TaintTolerated | TaintIgnored
export type PassCode = Pass['code']

/** A decision with all its evidence. `reasons` is empty exactly when `shouldRun` is true. */
export interface NodeDecision extends Decision {
  readonly reasons: readonly Reason[]
  readonly passes: readonly Pass[]
}

/** A `key operator values` test of one label, compiled. */
export interface CompiledRequirement {
  readonly kind: 'expression' | 'field'
  readonly path: FieldPath
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
  /** `actual` is undefined when the node lacks the label. */
  readonly matches: (actual: string | undefined) => boolean
  readonly text: string
}

export interface CompiledTerm {
  readonly index: number
  readonly path: FieldPath
  /** True when the term can match at all: neither empty nor dropped. */
  readonly usable: boolean
  readonly requirements: readonly CompiledRequirement[]
  readonly parseErrors: readonly string[]
  readonly text: string
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

/** A list of nodes on which many DaemonSets are decided; made by `prepareNodes`. The nodes must not change meanwhile. */
export interface PreparedNodes {
  readonly nodes: readonly Node[]
}

/** How many of the nodes one wanted label or expression holds on, and what the nodes have instead. */
export interface Demand {
  readonly rule: 'nodeName' | 'nodeSelector' | 'nodeAffinity'
  readonly path: FieldPath
  /** For people: `disktype=ssd`, `zone in (a,b)`, `node name n1`. */
  readonly text: string
  /** The label's key, `metadata.name` for names and fields. */
  readonly key: string
  readonly matchingNodes: number
  /** Nodes that have a label of this key, whatever its value. */
  readonly nodesWithKey: number
  /** The most frequent values of that label, at most five, most frequent first. */
  readonly seenValues: readonly { readonly value: string; readonly nodes: number }[]
}

/** Why no node matches: what no node has, and the node that came nearest. */
export interface NearestMiss {
  /** Every wanted label, expression and name, in rule order. Those with `matchingNodes` 0 are what no node has. */
  readonly demands: readonly Demand[]
  /** The first node with the fewest failing rules; null when there are no nodes. */
  readonly nearest: {
    readonly nodeName: string
    readonly failingRules: number
    readonly decision: NodeDecision
    /** How many other nodes have as few failing rules. */
    readonly others: number
  } | null
}
