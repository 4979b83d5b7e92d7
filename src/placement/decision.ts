/**
 * What placement answers: may this DaemonSet's pod run on this node, and every reason. All of it is plain data that can be
 * written as JSON. `message` and `text` fields hold names and values as they came from files or clusters. These are types of
 * `kds/placement`, too: its `placement.d.ts` begins with this file, so what it imports must be there without it.
 */

import type { FieldPath } from '#base/field-path.ts'

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

/**
 * A toleration of the pod: the manifest's, or one of those that the DaemonSet controller adds to every daemon pod. An empty effect
 * covers every effect.
 */
export interface PreparedToleration extends NodeTaint {
  readonly origin: 'manifest' | 'controller'
  /** Place in `spec.template.spec.tolerations`, or null for one that the controller adds. */
  readonly index: number | null
  /** As written; an empty operator means Equal. */
  readonly operator: string
  /** For people: `dedicated=gpu:NoSchedule`, `node.kubernetes.io/not-ready:NoExecute`, `any taint`. */
  readonly text: string
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

/** A piece of evidence: `code` for programs, `message` for people. */
interface Told<Code> {
  readonly code: Code
  readonly message: string
}

/** Evidence about what a place in the manifest asks. */
interface Asked<Code> extends Told<Code> {
  readonly path: FieldPath
}

interface NodeNameMismatch extends Asked<'NodeNameMismatch'> {
  readonly wanted: string
  readonly actual: string
}

interface NodeSelectorMismatch extends Asked<'NodeSelectorMismatch'> {
  readonly key: string
  readonly wanted: string
  /** The node's value of that label; null when the node has no such label. */
  readonly actual: string | null
}

export interface NodeAffinityMismatch extends Asked<'NodeAffinityMismatch'> {
  readonly terms: readonly TermTrace[]
}

export interface UntoleratedTaint extends Told<'UntoleratedTaint'> {
  /** Place in the node's `spec.taints`. */
  readonly taintIndex: number
  readonly taint: NodeTaint
  /** True for NoExecute: a pod that is there is evicted. False for NoSchedule: it stays, and no new one comes. */
  readonly evicts: boolean
  readonly nearMisses: readonly TolerationNearMiss[]
}

/** Why a pod may not run here. All that apply are listed, in rule order: name, selector, affinity, taints. */
export type Reason = NodeNameMismatch | NodeSelectorMismatch | NodeAffinityMismatch | UntoleratedTaint

interface NodeNameMatched extends Asked<'NodeNameMatched'> {
  readonly wanted: string
}

interface NodeSelectorMatched extends Asked<'NodeSelectorMatched'> {
  readonly key: string
  readonly value: string
}

interface NodeAffinityMatched extends Asked<'NodeAffinityMatched'> {
  /** The first term that matched. */
  readonly termIndex: number
  readonly terms: readonly TermTrace[]
}

interface TaintTolerated extends Told<'TaintTolerated'> {
  readonly taintIndex: number
  readonly taint: NodeTaint
  /** The first toleration that covers the taint. */
  readonly toleration: PreparedToleration
}

/** A taint whose effect is neither NoSchedule nor NoExecute: it never matters to the controller. */
interface TaintIgnored extends Told<'TaintIgnored'> {
  readonly taintIndex: number
  readonly taint: NodeTaint
}

/** What was asked and held, in rule order. A rule that asks nothing (no nodeSelector, no taints) leaves no entry. */
export type Pass = NodeNameMatched | NodeSelectorMatched | NodeAffinityMatched | TaintTolerated | TaintIgnored

/** A decision with all its evidence. `reasons` is empty exactly when `shouldRun` is true. */
export interface Explanation extends Decision {
  readonly reasons: readonly Reason[]
  readonly passes: readonly Pass[]
}
