import type { Diagnostic, Location } from '#base/errors.ts'
import type { ClusterObjects } from '#kube/cluster-objects.ts'
import type { KubeEvent } from '#kube/events.ts'
import type { KubeObject, Node } from '#kube/types.ts'
import type { FieldPath, InputContext, SkippedKind } from '#manifest/types.ts'

/** Kinds of objects around a pod, with their API groups. */
export const surroundingKinds = {
  LimitRange: '',
  ResourceQuota: '',
  ServiceAccount: '',
  RuntimeClass: 'node.k8s.io',
  ConfigMap: '',
  Secret: '',
  PersistentVolume: '',
  StorageClass: 'storage.k8s.io',
  CSINode: 'storage.k8s.io',
} as const

export type SurroundingKind = keyof typeof surroundingKinds

/** Is it one of the kinds around a pod? */
export function isSurrounding({ apiVersion, kind }: KubeObject): boolean {
  const parts = (apiVersion ?? '').split('/')
  const group = parts.length > 1 ? parts[0] : ''
  return Object.hasOwn(surroundingKinds, kind ?? '') && surroundingKinds[kind as SurroundingKind] === group
}

const named = new Set(['ConfigMap', 'Secret'])

/** As much of such an object as is kept: what ConfigMaps and Secrets hold is nobody's business here. */
export function keptSurrounding(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object
  if (!named.has(kind ?? '')) return object
  return { apiVersion, kind, metadata: { name: metadata?.name, namespace: metadata?.namespace } }
}

export interface SnapshotOptions extends InputContext {
  /** Files, folders (always with all that is below them), `-`, http(s) URLs. */
  readonly sources: readonly string[]
}

/** The Nodes of a dump, in the dump's order. */
export interface NodesSnapshot {
  readonly nodes: readonly Node[]
  /** Where a field of the node stands in its file; the nearest existing ancestor if there is no such field. */
  describe(nodeIndex: number, path: FieldPath): Location
  /** What was passed over. */
  readonly skipped: readonly SkippedKind[]
  /** Warnings: nodes of other API groups, duplicates that agree. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Budgets are undefined where nobody looked for them, and where a dump holds none, which may mean as much. */
type KnownObjects = {
  readonly [K in keyof Omit<ClusterObjects, 'disruptionBudgets'>]-?: NonNullable<ClusterObjects[K]>
} & { readonly disruptionBudgets: ClusterObjects['disruptionBudgets'] }

/** Everything of a cluster dump that the controller's model can use, each kind in the dump's order. */
export interface ClusterSnapshot extends NodesSnapshot, KnownObjects {
  /** As far as the dump holds them. */
  readonly events: readonly KubeEvent[]
  /** What decides whether pods are let in and can start: see `surroundingKinds`. ConfigMaps and Secrets by name alone. */
  readonly surroundings: readonly KubeObject[]
  /** Where a field of any object above stands. */
  locate(object: KubeObject, path: FieldPath): Location
}
