import type { StorageObjects } from './storage-types.ts'
import type {
  ControllerRevision,
  DaemonSet,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
} from './types.ts'

/** What the models look at of a cluster. Of what is left out nothing is known. */
export interface ClusterObjects {
  readonly nodes: readonly Node[]
  /** Of all nodes and namespaces; finished ones may be among them. */
  readonly pods: readonly Pod[]
  readonly daemonSets?: readonly DaemonSet[] | undefined
  readonly revisions?: readonly ControllerRevision[] | undefined
  readonly namespaces?: readonly Namespace[] | undefined
  readonly priorityClasses?: readonly PriorityClass[] | undefined
  readonly disruptionBudgets?: readonly PodDisruptionBudget[] | undefined
  readonly storage?: StorageObjects | undefined
}
