import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'
import type { FailedPodsBackoff } from './failed-pods-backoff.ts'
import type { StepMemory } from './step-memory.ts'

/**
 * One sync of the controller. Every list is one namespace's (`pods`, `revisions`) or the cluster's (`nodes`); objects of
 * other owners may be among them and are left alone.
 */
export interface StepInput {
  /** As the API server stored it: defaulted, with uid, generation and status. */
  readonly daemonSet: DaemonSet
  readonly revisions: readonly ControllerRevision[]
  /** Their order is the order in which equal nodes are served. Upstream it is arbitrary: shuffle to model that. */
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  /** Milliseconds since the epoch. */
  readonly now: number
  /** `v1.30.2`: before the fix of 1.31 (and its backports) old unavailable pods did not use up the budget. */
  readonly serverVersion?: string | undefined
  /** Feature gate TaintTolerationComparisonOperators. */
  readonly comparisonOperators?: boolean | undefined
  /** From `stepMemory()`; left out, everything is read anew. */
  readonly memory?: StepMemory | undefined
  /** At most so many creations and so many deletions in one sync; 250 upstream. */
  readonly burst?: number | undefined
  /** The pod template hash of a new revision; the server's own cannot be computed. Default: a placeholder. */
  readonly hashFor?: ((request: HashRequest) => string) | undefined
  /** From the last step's result. Left out: failed pods are replaced without waiting. */
  readonly failedPodsBackoff?: FailedPodsBackoff | undefined
  /** False: creations or deletions of an earlier sync were not seen yet, so only history and counters are looked at. */
  readonly expectationsMet?: boolean | undefined
  /**
   * True: what this sync creates and deletes is seen at once (a deleted pod is gone), by its rolling update and its status
   * too. False, the default: as against a real server, both see the pods as they were given, and the rolling update waits
   * for the next sync if pods were created or deleted before it.
   */
  readonly ownWritesVisible?: boolean | undefined
}

export interface HashRequest {
  readonly daemonSet: DaemonSet
  readonly data: string
  readonly revision: number
  readonly collisionCount: number | undefined
}
