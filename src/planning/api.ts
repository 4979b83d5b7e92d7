/**
 * The types of `kds/placement`. The package's `placement.d.ts` is `placement/decision.ts`, `controller/changes/totals.ts`,
 * `views/plan/plan-types.ts` and this file, without imports: they import nothing else.
 *
 * Any object is taken as it is on the wire: raw JSON, where a field may be absent or null.
 */
import type { Decision, Explanation, NodeTaint, PreparedToleration, TermTrace } from '#placement/decision.ts'
import type { PlanList, Warning } from '#views/plan/plan-types.ts'

/** A Kubernetes object as JSON: what `kubectl get … -o json` lists under `items`. */
export interface KubernetesObject {
  readonly apiVersion?: string | null | undefined
  readonly kind?: string | null | undefined
  readonly metadata?: object | null | undefined
}

export interface Options {
  /** The namespace of a DaemonSet that names none; `default` without it. */
  readonly namespace?: string | undefined
  /** The feature gate TaintTolerationComparisonOperators (`Lt` and `Gt` in tolerations), off by default in v1.36. */
  readonly comparisonOperators?: boolean | undefined
}

/** What else is known of the cluster. With `cluster`, or `older`, a plan tells changes; without, where the pods may run. */
export interface PlanOptions extends Options {
  /**
   * What the cluster holds beside its nodes, in any order: pods of all namespaces, DaemonSets and ControllerRevisions above all;
   * Namespaces, PriorityClasses, PodDisruptionBudgets, ResourceQuotas, LimitRanges, ServiceAccounts, RuntimeClasses,
   * ConfigMaps, Secrets and storage as far as they are at hand. Nodes among them, and kinds that decide nothing, are passed over.
   */
  readonly cluster?: readonly KubernetesObject[] | undefined
  /** Older manifests to compare with, without any pods. Not together with `cluster`. */
  readonly older?: KubernetesObject | readonly KubernetesObject[] | undefined
  /** What is applied together with the DaemonSets, if the plan is to count on it: their namespace, a PriorityClass. */
  readonly beside?: readonly KubernetesObject[] | undefined
  /** The moment for which the plan is made: a Date, or milliseconds since the epoch. `cluster` needs it. */
  readonly now?: Date | number | undefined
  /** The cluster's version where it is not v1.36: `v1.29.4`. */
  readonly serverVersion?: string | undefined
  /** Say of each node also what held: `passes`. */
  readonly explain?: boolean | undefined
  /** Plan on although the API server would refuse the manifest: what it says is among the warnings. */
  readonly force?: boolean | undefined
}

/** Keys and list indexes from the root of an object. */
export type FieldPath = readonly (string | number)[]

export type Taint = NodeTaint
export type Toleration = PreparedToleration
/** A term of required node affinity, held against a node. */
export type Term = TermTrace

/** One thing that is wrong with a manifest. */
export interface Finding extends Warning {
  readonly severity: 'error' | 'warning'
  readonly hint?: string | undefined
}

/** Input that no plan can be made of; `message` says what is wrong, `hint` what to do. */
export declare class PlacementError extends Error {
  /**
   * `bad-input`: not such objects as are wanted. `refused`: the API server would refuse the manifest, `findings` say why.
   * `no-older`: nothing to compare it with.
   */
  readonly code: 'bad-input' | 'refused' | 'no-older'
  readonly hint: string | undefined
  readonly findings: readonly Finding[]
}

/**
 * Plans DaemonSets on nodes: what `kds plan` tells, as the document that `-o json` prints. Asks no cluster, reads no file and
 * no clock; the same input gives the same answer.
 *
 * @throws PlacementError
 */
export declare function plan(
  daemonSets: KubernetesObject | readonly KubernetesObject[],
  nodes: readonly KubernetesObject[],
  options?: PlanOptions,
): PlanList

/** The controller's two answers for one node. Throws PlacementError for what is no DaemonSet or Node. */
export declare function decide(
  daemonSet: KubernetesObject,
  node: KubernetesObject,
  options?: Options,
): Decision

/** The same with every reason and all that held. */
export declare function explain(
  daemonSet: KubernetesObject,
  node: KubernetesObject,
  options?: Options,
): Explanation
