import type { Diagnostic } from '#base/errors.ts'
import type {
  ControllerRevision,
  DaemonSet,
  DaemonSetStatus,
  IntOrString,
  Namespace,
  Node,
  Pod,
  PriorityClass,
} from '#kube/types.ts'
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

/** Per node: how long to wait before the next failed pod is replaced, and since when. */
export type FailedPodsBackoff = ReadonlyMap<string, { readonly delay: number; readonly since: number }>

export type CreateReason =
  /** The node should run a pod and has none. */
  | 'missing'
  /** With surge: the old pod is not available, so a new one comes at once. */
  | 'surge-unavailable'
  /** With surge: a new pod beside the old one, within `maxSurge`. */
  | 'surge'

export type DeleteReason =
  /** Phase Failed, Succeeded. */
  | 'failed'
  | 'succeeded'
  /** More pods than one (of a revision) on the node: the oldest stays. */
  | 'duplicate'
  /** The node no longer takes this DaemonSet: selector, affinity or a NoExecute taint. */
  | 'not-allowed'
  /** An unscheduled pod for a node that does not exist any more. */
  | 'node-gone'
  /** An old pod that is not available: replaced at once, outside the budget. */
  | 'outdated-unavailable'
  /** An old, available pod: replaced within `maxUnavailable`. */
  | 'outdated'
  /** With surge: the new pod beside it is available, or it is itself not ready. */
  | 'superseded'
  /** With surge: on a node that would not get the pod again, now that enough others are available. */
  | 'left-over'

export interface CreatePod {
  readonly kind: 'CreatePod'
  readonly node: string
  readonly hash: string
  readonly reason: CreateReason
  readonly message: string
}

export interface DeletePod {
  readonly kind: 'DeletePod'
  readonly pod: Pod
  readonly name: string
  readonly node: string
  readonly reason: DeleteReason
  readonly message: string
}

export interface PodOwnership {
  readonly kind: 'AdoptPod' | 'ReleasePod'
  readonly pod: Pod
  readonly name: string
  readonly message: string
}

/** Two revisions held the same template: pods get the label of the one that stays. */
export interface RelabelPod {
  readonly kind: 'RelabelPod'
  readonly pod: Pod
  readonly name: string
  readonly hash: string
  readonly message: string
}

export interface CreateRevision {
  readonly kind: 'CreateRevision'
  /** Complete, but for uid, resourceVersion and creationTimestamp. */
  readonly revision: ControllerRevision
  readonly name: string
  readonly number: number
  readonly hash: string
  /** The exact bytes of `data`. */
  readonly data: string
  readonly message: string
}

export interface ChangeRevision {
  readonly kind: 'RenumberRevision' | 'LabelRevision' | 'AdoptRevision' | 'ReleaseRevision' | 'DeleteRevision'
  readonly revision: ControllerRevision
  readonly name: string
  /** RenumberRevision: the new number. Otherwise the present one. */
  readonly number: number
  /** LabelRevision: the value of `controller-revision-hash` to set. */
  readonly hash?: string
  readonly message: string
}

/** The new revision's name is taken by other content: the count is written, and the sync ends there. */
export interface CountCollision {
  readonly kind: 'CountCollision'
  readonly name: string
  readonly collisionCount: number
  readonly message: string
}

export type Action =
  | CreatePod
  | DeletePod
  | PodOwnership
  | RelabelPod
  | CreateRevision
  | ChangeRevision
  | CountCollision

/** What uses up the budget of a rolling update: one line of the ledger. */
export interface BudgetEntry {
  readonly node: string
  /** Absent: the node should have a pod and has none. */
  readonly pod?: string
  readonly cause: 'terminating' | 'missing' | 'new-unavailable' | 'old-unavailable' | 'excess-pods'
}

/** The rolling update's allowance as this sync reckoned it. */
export interface Budget {
  readonly rule: 'maxUnavailable' | 'maxSurge'
  /** The number of nodes, after rounding percentages up. */
  readonly allowed: number
  /** As written in the DaemonSet. */
  readonly configured: IntOrString
  /** Nodes counted against it before anything was replaced by this sync. */
  readonly used: readonly BudgetEntry[]
}

export interface StepResult {
  /** In the order in which the controller sends them. */
  readonly actions: readonly Action[]
  /** The whole status as it would be written. */
  readonly status: DaemonSetStatus
  /** False: the stored status says the same already, nothing is written. */
  readonly statusChanged: boolean
  /** Of the current revision; undefined when the sync ended before there was one. */
  readonly hash: string | undefined
  readonly revision: number | undefined
  /** Absent for OnDelete, when pods were created or deleted before it was its turn, and when the sync ended early. */
  readonly budget?: Budget
  /** Milliseconds from now after which the answer can change by time alone (minReadySeconds, back-off). */
  readonly requeueAfter?: number
  readonly failedPodsBackoff: FailedPodsBackoff
  /** Why nothing was done: the selector is empty, the DaemonSet is being deleted, a collision ended the sync. */
  readonly skipped?: 'selects-all-pods' | 'being-deleted' | 'collision'
  /** Why the rolling update gave up; the clean-up of revisions is left out then, the status is not. */
  readonly error?: string
}

// ---- Fit: would the scheduler find room? ----

export interface FitInput {
  readonly node: Node
  /** All pods of all namespaces that stand on the node; finished ones may be among them. */
  readonly pods: readonly Pod[]
  /** Its template is judged; its own pods on the node do not count, because they make room. */
  readonly daemonSet: DaemonSet
  /** With surge the old pod stays while the new one starts, so it does count. Default: it does not. */
  readonly ownPodsStay?: boolean | undefined
  readonly priorityClasses?: readonly PriorityClass[] | undefined
}

/** `value` in the resource's own unit (cores, bytes, pieces), `text` as a Kubernetes quantity. */
export interface Amount {
  readonly value: number
  readonly text: string
}

export interface ResourceUser {
  readonly namespace: string
  readonly pod: string
  readonly priority: number
  readonly amount: Amount
}

export interface Shortage {
  /** `cpu`, `memory`, `pods`, `nvidia.com/gpu` … */
  readonly resource: string
  readonly wants: Amount
  readonly free: Amount
  readonly allocatable: Amount
  /** Largest first. */
  readonly usedBy: readonly ResourceUser[]
  /** How much of it pods of lower priority hold. */
  readonly preemptible: Amount
}

export interface PortConflict {
  readonly port: number
  readonly protocol: string
  readonly hostIP: string
  readonly heldBy:
    | ResourceUser
    | { readonly namespace: string; readonly pod: string; readonly priority: number }
}

export interface Fit {
  readonly node: string
  readonly fits: boolean
  readonly shortages: readonly Shortage[]
  readonly portConflicts: readonly PortConflict[]
  readonly priority: {
    readonly value: number
    readonly className: string | undefined
    readonly known: boolean
  }
  /** It does not fit, but removing pods of lower priority would make room. Said, never simulated. */
  readonly couldPreempt: boolean
  /** What could not be judged: no allocatable, an unreadable quantity, an unknown priority class. */
  readonly unknown: readonly string[]
  /** One line for people; empty when it fits. */
  readonly message: string
}

// ---- Plan against the present state ----

export interface PlanChangesInput {
  /** As it would be stored after the apply: defaulted. */
  readonly daemonSet: DaemonSet
  readonly nodes: readonly Node[]
  /** All pods of the snapshot. */
  readonly pods: readonly Pod[]
  /** DaemonSets of the snapshot; the one of the same namespace and name is the present state. */
  readonly daemonSets?: readonly DaemonSet[] | undefined
  readonly revisions?: readonly ControllerRevision[] | undefined
  readonly namespaces?: readonly Namespace[] | undefined
  readonly priorityClasses?: readonly PriorityClass[] | undefined
  readonly now: number
  readonly serverVersion?: string | undefined
  readonly comparisonOperators?: boolean | undefined
}

export type NodeChangeKind =
  /** + a pod is created */
  | 'gain'
  /** - the pod is deleted and does not come back */
  | 'lose'
  /** ~ the pod is replaced by one of the new revision (not with OnDelete: then it is kept, see `waitsForDelete`) */
  | 'replace'
  /** = the pod stays */
  | 'keep'
  /** the pod stays, but would not be started again */
  | 'left-over'
  /** ! a pod is wanted (created or replaced) but will not fit */
  | 'unplaceable'
  /** no pod, and none wanted */
  | 'none'

export interface NodeChange {
  readonly node: string
  readonly change: NodeChangeKind
  /** One sentence: why. */
  readonly reason: string
  /** Names of this DaemonSet's present pods on the node. */
  readonly pods: readonly string[]
  /** Present when a pod is going to be started there and the node says what it can hold. */
  readonly fit?: Fit
  /** `unplaceable`: does it replace a pod that runs now? */
  readonly replaces?: boolean
}

export interface PlanTotals {
  readonly add: number
  readonly replace: number
  readonly remove: number
  readonly unchanged: number
  readonly leftOver: number
  /** Of those to add or replace. */
  readonly unplaceable: number
  readonly desired: number
}

export interface ChangePlan {
  readonly changes: readonly NodeChange[]
  readonly totals: PlanTotals
  /** The DaemonSet is not in the snapshot: everything is new. */
  readonly isNew: boolean
  /** The template differs from the present revision, so running pods are outdated. */
  readonly templateChanged: boolean
  /** OnDelete: outdated pods stay until someone deletes them. */
  readonly waitsForDelete: boolean
  /** The namespace's node selector, when an annotation sets one. */
  readonly namespaceSelector?: NamespaceSelector
  readonly warnings: readonly Diagnostic[]
}

export interface NamespaceSelector {
  readonly annotation: 'scheduler.alpha.kubernetes.io/node-selector' | 'openshift.io/node-selector'
  readonly text: string
  readonly labels: Readonly<Record<string, string>>
  /**
   * Who heeds it. `controller`: OpenShift's makes no pods on other nodes. `scheduler`: elsewhere the admission plugin
   * PodNodeSelector, where it is switched on, adds it to each pod; the controller does not know, so pods for other nodes are
   * made and stay Pending.
   */
  readonly heededBy: 'controller' | 'scheduler'
}

export interface PlacementComparison {
  readonly won: readonly string[]
  readonly lost: readonly string[]
  /** The pod there stays, but would not be started again. */
  readonly leftOver: readonly string[]
  readonly kept: readonly string[]
}

export type * from './simulate/types.ts'
