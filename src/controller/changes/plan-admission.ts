/** Whether the pods that a plan makes would be let in. */
import { admitPod, unknownFor } from '#apiserver/admission/admit-pod.ts'
import { checkQuotas, releaseUsage } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects, PodAdmission, Unknown } from '#apiserver/admission/types.ts'
import { objectIn } from '#kube/read.ts'
import type { DaemonSet, JsonObject, Pod, PodSpec } from '#kube/types.ts'
import { podToCreate } from '../new-pod.ts'
import { makesPod, type NodeChange } from './node-change.ts'

/** Who said it: the cluster's own server in a dry run, the rules over the objects at hand, or nobody. */
export type AdmissionSource = 'server' | 'rules' | 'none'

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

const losesPods = ({ change, replaces }: NodeChange) =>
  change === 'lose' || change === 'replace' || (change === 'unplaceable' && replaces === true)

/** How many pods there is quota for, one after the other, and what the first beyond hears. */
function countByQuota(
  pod: JsonObject,
  wanted: number,
  quotas: readonly JsonObject[],
): { readonly letIn: number; readonly refused?: string } {
  let left = quotas
  for (let letIn = 0; letIn < wanted; letIn++) {
    const counted = checkQuotas(pod, left)
    if ('refused' in counted) return { letIn, refused: counted.refused }
    left = counted.quotas
  }
  return { letIn: wanted }
}

const isOfQuota = (message: string | undefined) =>
  message !== undefined && / is forbidden: exceeded quota: /.test(message)

/** Is any pod refused, however many there are already? */
export const isRefusedOutright = ({ answer }: AskedPod, { resourceQuotas = [] }: AdmissionObjects): boolean =>
  !answer.allowed && (!isOfQuota(answer.message) || resourceQuotas.length === 0)

export interface LetInQuestion {
  readonly asked: AskedPod
  readonly daemonSet: DaemonSet
  readonly changes: readonly NodeChange[]
  /** All pods there are: those that leave free their part of a quota. */
  readonly pods: readonly Pod[]
  readonly objects: AdmissionObjects
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * One pod's answer for all that the plan makes. Quotas are counted over all of them, and over those that leave: a server knows
 * of one pod only.
 */
export function admissionOfPlan(question: LetInQuestion): PlanAdmission {
  const { asked, changes, objects } = question
  const { answer, source, notAsked, unjudged } = asked
  const wanted = changes.filter(makesPod).length
  const { message, warnings = [] } = answer
  const common = { source, notAsked, warnings, wanted, unjudged }
  const quotas = objects.resourceQuotas ?? []
  if (isRefusedOutright(asked, objects))
    return { ...common, allowed: false, letIn: 0, ...(message === undefined ? {} : { message }) }
  if (quotas.length === 0 || wanted === 0) return { ...common, allowed: true, letIn: wanted }
  const pod = answer.pod ?? withoutQuotas(question)
  if (!pod) return { ...common, allowed: false, letIn: 0, ...(message === undefined ? {} : { message }) }
  const { letIn, refused } = countByQuota(pod, wanted, freedQuotas(question, quotas))
  if (refused === undefined) return { ...common, allowed: true, letIn }
  const name = `${question.daemonSet.metadata?.name ?? ''}-`
  return { ...common, allowed: false, letIn, message: `pods "${name}" is forbidden: ${refused}` }
}

/** The pod that a quota refused, as it would be without quotas. */
function withoutQuotas({ daemonSet, objects }: LetInQuestion): JsonObject | undefined {
  const { answer } = askRules(daemonSet, { ...objects, resourceQuotas: [] })
  return answer.pod
}

/** The quotas once the pods that the plan deletes are gone. */
function freedQuotas(
  { changes, daemonSet, pods, now }: LetInQuestion,
  quotas: readonly JsonObject[],
): readonly JsonObject[] {
  const namespace = daemonSet.metadata?.namespace ?? ''
  const leaving = new Set(changes.filter(losesPods).flatMap((change) => change.pods))
  return pods
    .filter(({ metadata }) => metadata?.namespace === namespace && leaving.has(metadata.name ?? ''))
    .reduce((left, pod) => releaseUsage(pod as unknown as JsonObject, left, now), quotas)
}
