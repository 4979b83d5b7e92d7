import type { Node, StringMap } from '#kube/types.ts'
import type { PodInfo } from './pod-info.ts'
import type { Storage } from './volumes/storage.ts'

/** What a filter may look at beyond the node that it is asked about. */
export interface Surroundings {
  readonly nodes: readonly Node[]
  /** Those on the node now. */
  readonly podsOn: (node: string) => readonly PodInfo[]
  /** Those with pods that have a required anti-affinity. */
  readonly antiAffineNodes: readonly Node[]
  /** Undefined: the namespace is not known. */
  readonly namespaceLabels: (name: string) => StringMap | undefined
  readonly storage: Storage
  /** Says what cannot be judged for want of an object. */
  readonly missing: (what: string) => void
}

/** Which nodes a pod may go to, before others on them are thought of. */
export interface PodAim {
  /** Its affinity names the one node, as the DaemonSet controller's does. */
  readonly pinned: boolean
  /** By its node selector and required node affinity. */
  readonly selects: (node: Node) => boolean
  /** It tolerates the node's taints of the effects NoSchedule and NoExecute. */
  readonly tolerates: (node: Node) => boolean
}
