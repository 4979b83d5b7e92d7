import type { Diagnostic, Location } from '#base/errors.ts'
import type { KubeEvent } from '#kube/events.ts'
import type { StorageObjects } from '#kube/storage-types.ts'
import type {
  ControllerRevision,
  DaemonSet,
  KubeObject,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
} from '#kube/types.ts'
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

/** Everything of a cluster dump that the controller's model can use, each kind in the dump's order. */
export interface ClusterSnapshot extends NodesSnapshot {
  readonly pods: readonly Pod[]
  readonly daemonSets: readonly DaemonSet[]
  readonly controllerRevisions: readonly ControllerRevision[]
  readonly priorityClasses: readonly PriorityClass[]
  readonly namespaces: readonly Namespace[]
  /** As far as the dump holds them. */
  readonly events: readonly KubeEvent[]
  /** Undefined: nobody looked for them, or the dump holds none, which may mean as much. */
  readonly disruptionBudgets: readonly PodDisruptionBudget[] | undefined
  readonly storage: StorageObjects
  /** What decides whether pods are let in and can start: see `surroundingKinds`. ConfigMaps and Secrets by name alone. */
  readonly surroundings: readonly KubeObject[]
  /** Where a field of any object above stands. */
  locate(object: KubeObject, path: FieldPath): Location
}
