import type { Diagnostic, Location } from '#base/errors.ts'
import type { SortedObjects } from '#kube/sorted-objects.ts'
import type { KubeObject, Node } from '#kube/types.ts'
import type { FieldPath, InputContext, SkippedKind } from '#manifest/types.ts'

export interface SnapshotOptions extends InputContext {
  /** Files, folders (always with all that is below them), `-`, http(s) URLs. */
  readonly sources: readonly string[]
  /** Of a large dump, too, everything is kept of each object: somebody will show it, or serve it. */
  readonly whole?: boolean
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
export interface ClusterSnapshot extends NodesSnapshot, SortedObjects {
  readonly nodes: readonly Node[]
  /** Where a field of any object above stands. */
  locate(object: KubeObject, path: FieldPath): Location
}
