import type { ControllerRevision, Pod } from '#kube/types.ts'

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
  | 'should-not-run'

/** What is done, and for people why. */
interface Told<Kind> {
  readonly kind: Kind
  readonly message: string
}

interface OfPod<Kind> extends Told<Kind> {
  readonly pod: Pod
  readonly name: string
}

export interface CreatePod extends Told<'CreatePod'> {
  readonly node: string
  readonly hash: string
  readonly reason: CreateReason
}

export interface DeletePod extends OfPod<'DeletePod'> {
  readonly node: string
  readonly reason: DeleteReason
}

type PodOwnership = OfPod<'AdoptPod' | 'ReleasePod'>

/** Two revisions held the same template: pods get the label of the one that stays. */
interface RelabelPod extends OfPod<'RelabelPod'> {
  readonly hash: string
}

export interface CreateRevision extends Told<'CreateRevision'> {
  /** Complete, but for uid, resourceVersion and creationTimestamp. */
  readonly revision: ControllerRevision
  readonly name: string
  readonly number: number
  readonly hash: string
  /** The exact bytes of `data`. */
  readonly data: string
}

export interface ChangeRevision
  extends Told<
    'RenumberRevision' | 'LabelRevision' | 'AdoptRevision' | 'ReleaseRevision' | 'DeleteRevision'
  > {
  readonly revision: ControllerRevision
  readonly name: string
  /** RenumberRevision: the new number. Otherwise the present one. */
  readonly number: number
  /** LabelRevision: the value of `controller-revision-hash` to set. */
  readonly hash?: string
}

/** The new revision's name is taken by other content: the count is written, and the sync ends there. */
export interface CountCollision extends Told<'CountCollision'> {
  readonly name: string
  readonly collisionCount: number
}

export type Action =
  | CreatePod
  | DeletePod
  | PodOwnership
  | RelabelPod
  | CreateRevision
  | ChangeRevision
  | CountCollision

const createReasons: Readonly<Record<CreateReason, string>> = {
  missing: 'should run a pod and has none',
  'surge-unavailable': 'its old pod is not available, a new one comes at once',
  surge: 'a new pod is created next to the old one, within maxSurge',
}

const deleteReasons: Readonly<Record<DeleteReason, string>> = {
  failed: 'has failed and will be replaced',
  succeeded: 'has ended and will be replaced',
  duplicate: 'the node has more than one pod, the oldest stays',
  'not-allowed': 'the node no longer matches this DaemonSet',
  'node-gone': 'its node does not exist any more',
  'outdated-unavailable': 'is of an old revision and not available, it is replaced outside the budget',
  outdated: 'is of an old revision, it is replaced within maxUnavailable',
  superseded: 'the pod of the new revision takes over',
  'should-not-run': 'the node would not get a pod again',
}

/** One sentence for people: why a pod is made on the node. */
export const createMessage = (node: string, reason: CreateReason): string =>
  `${node}: ${createReasons[reason]}`

/** One sentence for people: why the pod is removed. */
export const deleteMessage = (pod: string, node: string, reason: DeleteReason): string =>
  `${pod} on ${node}: ${deleteReasons[reason]}`
