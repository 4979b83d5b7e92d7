import type { ClusterObjects } from '#kube/cluster-objects.ts'
import type { KubeEvent } from '#kube/events.ts'
import type { ControllerRevision, DaemonSet, Namespace, Node, Pod } from '#kube/types.ts'
import type { NearestMiss } from '#placement/placement.ts'
import type { Fit } from '#scheduler/fit.ts'
import type { DaemonPod } from '../daemon-pod.ts'
import type { Counters } from '../daemon-set-status.ts'
import type { PodSide, PodState, PodTrouble } from '../pod-state.ts'
import type { Budget, BudgetEntry } from '../rolling-update.ts'
import type { PodRules } from '../update-strategy.ts'
import type { NextStep } from './next-step.ts'

/** What kds' own numbers about room need. */
export interface Room extends Omit<ClusterObjects, 'nodes' | 'daemonSets' | 'revisions'> {
  /** The nodes whose pods are all at hand; undefined: all nodes. */
  readonly nodes?: ReadonlySet<string> | undefined
  /** Every pod on those nodes, whoever's it is. */
  readonly pods: readonly Pod[]
}

export interface StateInput {
  /** As the API server stores it. */
  readonly daemonSet: DaemonSet
  /** Those of other owners and namespaces are left alone. */
  readonly pods: readonly Pod[]
  /** All of the cluster. Undefined: they may not be read; whatever node a pod is meant for is taken for one that should run it. */
  readonly nodes: readonly Node[] | undefined
  /** Undefined: they were not read. Its pods are then told apart by their template generation. */
  readonly revisions?: readonly ControllerRevision[] | undefined
  /** About the DaemonSet and its pods; undefined: they were not read, or may not be. */
  readonly events?: readonly KubeEvent[] | undefined
  /** Objects that Events call missing and that are there by now: `ServiceAccount agent`. */
  readonly there?: ReadonlySet<string> | undefined
  /** Its namespace; undefined: it was not read. No Event tells of pods that a namespace refuses because it is going away. */
  readonly namespace?: Namespace | undefined
  /** Undefined: pods that do not fit are told in the scheduler's words alone. */
  readonly room?: Room | undefined
  /** What was said first of a pod's trouble, by the pod's name, as one who watches it remembers. */
  readonly firstWords?: ReadonlyMap<string, string> | undefined
  readonly serverVersion?: string | undefined
  readonly comparisonOperators?: boolean | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** How far a pod is, in one word. `settling`: ready, for less than minReadySeconds. `none`: a pod is due and there is none. */
export type Phase =
  | 'none'
  | 'pending'
  | 'pulling'
  | 'starting'
  | 'settling'
  | 'ready'
  | 'failing'
  | 'terminating'
  | 'finished'

/** In the order of a pod's life. */
export const phases: readonly Phase[] = [
  'none',
  'pending',
  'pulling',
  'starting',
  'settling',
  'ready',
  'failing',
  'terminating',
  'finished',
]

/** One pod of the DaemonSet. */
export interface PodRow {
  readonly pod: Pod
  readonly facts: DaemonPod
  readonly state: PodState
  /** Of the revision that is rolled out. */
  readonly updated: boolean
  /** The number of its revision; undefined where that is not known. */
  readonly revision: number | undefined
  readonly phase: Phase
  /** When the phase began, where that is known. */
  readonly since: number | undefined
}

/** One node that should have a pod of the DaemonSet, or has one. */
export interface StateRow {
  readonly node: string
  /** Undefined: pods are bound to it, and it is gone. */
  readonly object: Node | undefined
  readonly shouldRun: boolean
  readonly shouldContinueRunning: boolean
  /** It has a pod and should have none. */
  readonly misscheduled: boolean
  /** The one that speaks for the node first: of the newest revision and alive before old, terminating and finished ones. */
  readonly pods: readonly PodRow[]
  /** That of the first pod. */
  readonly phase: Phase
  readonly since: number | undefined
  /** Whether the first pod is of the revision that is rolled out; undefined without a pod. */
  readonly updated: boolean | undefined
  /** The most of any container of any of its pods. */
  readonly restarts: number
}

/** Why one pod is not available: the one cause that comes first. */
export interface HeldPod {
  readonly pod: string
  readonly node: string
  /** Whether the pod is of the revision that is rolled out. */
  readonly updated: boolean
  readonly side: PodSide
  readonly cause: PodTrouble
  /** Kubernetes' own word: `ImagePullBackOff`, `NotReady`, `Unschedulable`. */
  readonly reason: string
  /** Kubernetes' own sentence about it, possibly empty. */
  readonly message: string
  readonly restarts: number
  /** Milliseconds since the epoch at which the state began, where it is known. */
  readonly since?: number
}

/** Who has to act: the release's maker, who runs the API server's rules, the nodes' keeper, whoever shares out room; or nobody. */
export type HoldSide = 'release' | 'admission' | 'nodes' | 'scheduling' | 'time'

/** What the API server refuses pods for. */
export type RefusalCause =
  | 'priority-class'
  | 'pod-security'
  | 'quota'
  | 'limit-range'
  | 'service-account'
  | 'runtime-class'
  | 'webhook'
  | 'policy'
  | 'namespace'
  | 'invalid'
  | 'forbidden'

export type HoldCause =
  | Exclude<PodTrouble, 'unschedulable'>
  | RefusalCause
  | 'pressure'
  | 'no-room'
  | 'not-created'

/** What keeps pods from being available, for one and the same reason. */
export interface Hold {
  readonly side: HoldSide
  readonly cause: HoldCause
  /** Kubernetes' own word: `ImagePullBackOff`, `NodeUnreachable`, `PodSecurity`. */
  readonly reason: string
  /** What was said first about it, in Kubernetes' own words; possibly empty. */
  readonly message: string
  /** Whether the pods are of the revision that is rolled out; undefined where there are none. */
  readonly updated: boolean | undefined
  readonly pods: readonly string[]
  /** As the pods; for refused ones the nodes that lack one. */
  readonly nodes: readonly string[]
  /** The container that it is about. */
  readonly container?: string | undefined
  readonly image?: string | undefined
  /** The object that the server names: a quota, a class, a webhook. */
  readonly object?: string | undefined
  readonly restarts: number
  /** Since when, of the first of them. */
  readonly since?: number | undefined
  /** How often Events tell of it. */
  readonly times?: number | undefined
  /** Whether the nodes failed before or after they got the revision that is rolled out. */
  readonly order?: 'before' | 'after' | undefined
  /** Of the first pod that does not fit: kds' own numbers. */
  readonly fit?: Fit | undefined
  /** It does not pass by itself. */
  readonly stuck: boolean
  /** For people, without the names of pods and nodes. */
  readonly sentence: string
  /** What to do, the most likely first. */
  readonly next: readonly NextStep[]
}

/** A hold before it is put into words. */
export type BareHold = Omit<Hold, 'sentence' | 'next'>

/** A node that uses up a part of the rolling update's allowance. */
export interface BudgetUser extends BudgetEntry {
  /** `terminating, node unreachable 2 h` */
  readonly why: string
  readonly since?: number | undefined
  /** It will not give it back by itself. */
  readonly stuck: boolean
}

export interface StateBudget extends Omit<Budget, 'used'> {
  readonly used: readonly BudgetUser[]
}

/** Whether the roll-out comes to its end by itself. */
export type Finishes =
  | { readonly can: true; readonly done: boolean }
  | {
      readonly can: false
      readonly done: false
      /** `budget`: nodes with the old revision wait for an allowance that is never given back. */
      readonly why: 'budget' | 'holds' | 'on-delete' | 'setting'
      /** Nodes whose old pod is well and waits for its turn. */
      readonly waiting: number
      readonly sentence: string
    }

/** Whether a roll-out that is not done moves, and else who holds it. */
export type Health = 'moving' | 'release' | 'admission' | 'nodes'

export type VerdictCode =
  | 'ok'
  | 'misscheduled'
  | 'unobserved'
  | 'updating'
  | 'starting'
  | 'waits-for-delete'
  | 'no-node'
  | 'stuck'
  | 'no-pods'
  | 'deleting'

export interface Verdict {
  /** `ok`, `updating 7/12`, `stuck: image`, `no pods: PodSecurity` */
  readonly text: string
  readonly code: VerdictCode
  /** What is in the way, where something is. */
  readonly cause?: HoldCause
}

/** The revision that is rolled out. */
export interface RolledOut {
  /** Undefined while no revision has been read, or none holds the template. */
  readonly number: number | undefined
  readonly hash: string
  readonly images: readonly string[]
}

/** As much of a DaemonSet's state as a list of many shows. */
export type StateSummary = Pick<DaemonSetState, 'daemonSet' | 'now' | 'verdict' | 'misscheduled' | 'restarts'>

/** How a DaemonSet is: what get, pods, describe, why and the roll-out's status all say. */
export interface DaemonSetState extends Pick<StateInput, 'daemonSet' | 'nodes' | 'revisions' | 'now'> {
  readonly rules: PodRules
  readonly rolledOut: RolledOut
  /** By node name; nodes that are gone last. */
  readonly rows: readonly StateRow[]
  /** The nodes by their phase; one that no node has is left out. */
  readonly counts: Readonly<Partial<Record<Phase, number>>>
  /** Reckoned from pods and nodes, not as the status has it. */
  readonly counters: Counters
  readonly misscheduled: number
  /** Of all its pods together: the most of each. */
  readonly restarts: number
  /** Every pod that is not available, by node and name. */
  readonly held: readonly HeldPod[]
  /** The worst first. */
  readonly holds: readonly Hold[]
  /** Undefined with OnDelete, and for a setting that cannot be read. */
  readonly budget: StateBudget | undefined
  readonly finishes: Finishes
  readonly health: Health
  readonly verdict: Verdict
  /** What no node has, where no node should run it. */
  readonly nearestMiss: NearestMiss | undefined
}
