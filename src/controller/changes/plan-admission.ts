/** Whether the pods that a plan makes would be let in. */
import { admitPod, unknownFor } from '#apiserver/admission/admit-pod.ts'
import type { AdmissionObjects, PodAdmission, Unknown } from '#apiserver/admission/types.ts'
import { objectIn } from '#kube/read.ts'
import type { DaemonSet, JsonObject, Pod, PodSpec } from '#kube/types.ts'
import { podToCreate } from '../new-pod.ts'

/** Who said it: the cluster's own server in a dry run, the rules over the objects at hand, or nobody. */
type AdmissionSource = 'server' | 'rules' | 'none'

/** A server's word on one new pod of the DaemonSet, or that of the rules. */
export interface AskedPod {
  readonly source: Exclude<AdmissionSource, 'none'>
  readonly answer: Pick<PodAdmission, 'allowed'> & {
    /** Of a refusal: the server's message. */
    readonly message?: string
    /** As it would be stored. */
    readonly pod?: JsonObject
    readonly warnings?: readonly string[]
  }
  readonly notAsked?: NotAsked | undefined
  /** What the rules would have had to know, too. */
  readonly unjudged: readonly Unknown[]
}

/** Why the rules were asked, and not the server. */
export interface NotAsked {
  /** The user may not create pods, said so; the server has no dry runs, is too busy; a webhook takes none. */
  readonly why: 'no-right' | 'no-preflight' | 'no-dry-run' | 'no-answer' | 'webhook' | 'applied-along'
  readonly webhook?: string
}

export interface PlanAdmission {
  readonly source: AdmissionSource
  /** In the cluster's stead, where there is one. */
  readonly notAsked?: NotAsked | undefined
  /** All of them are let in. */
  readonly allowed: boolean
  /** Why the first one that is refused is: the server's message. */
  readonly message?: string
  readonly warnings: readonly string[]
  /** How many pods the plan makes: created, replaced, and those that will not fit, too. */
  readonly wanted: number
  /** How many of those are let in. */
  readonly letIn: number
  /** Of an update that stops for want of new pods: old pods that it has deleted by then, and those that stay. */
  readonly old?: { readonly lost: number; readonly kept: number } | undefined
  readonly unjudged: readonly Unknown[]
}

const uidToCome = '00000000-0000-0000-0000-000000000000'
/** Stands for a revision that has no name yet, which no rule looks at. */
const hashToCome = '0'

/**
 * A pod as the controller would make it for this DaemonSet on a node, to ask about: what only the future knows (the revision's
 * hash, the uid of a DaemonSet that is not there yet) is made up.
 */
export function podToAskAbout(daemonSet: DaemonSet, node: string): Pod {
  const uid = daemonSet.metadata?.uid || uidToCome
  return podToCreate({ ...daemonSet, metadata: { ...daemonSet.metadata, uid } }, node, hashToCome)
}

/** What the rules say of a new pod. */
export function askRules(daemonSet: DaemonSet, objects: AdmissionObjects): AskedPod {
  // Which node it is for makes no difference to any rule.
  const pod = podToAskAbout(daemonSet, 'node') as unknown as JsonObject
  return {
    source: 'rules',
    answer: admitPod(pod, objects),
    unjudged: unknownFor(objectIn(pod, 'spec'), objects),
  }
}

/** The spec with which a new pod comes to the scheduler: with limits, overhead and priority that admission gave it. */
export function admittedSpec(asked: AskedPod | undefined): PodSpec | undefined {
  const spec = asked?.answer.pod?.spec
  return spec ? (spec as PodSpec) : undefined
}

/** The DaemonSet with the spec that its pods come to the scheduler with, whichever node they are for. */
export function asAdmitted(daemonSet: DaemonSet, spec: PodSpec | undefined): DaemonSet {
  const template = daemonSet.spec?.template
  if (!spec) return daemonSet
  const ofPods = { ...spec, affinity: template?.spec?.affinity }
  return { ...daemonSet, spec: { ...daemonSet.spec, template: { ...template, spec: ofPods } } }
}

const isOfQuota = (message: string | undefined) =>
  message !== undefined && / is forbidden: exceeded quota: /.test(message)

/** Is any pod refused, however many there are already? */
export const isRefusedOutright = ({ answer }: AskedPod, { resourceQuotas = [] }: AdmissionObjects): boolean =>
  !answer.allowed && (!isOfQuota(answer.message) || resourceQuotas.length === 0)
