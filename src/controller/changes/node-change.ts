import type { Node } from '#kube/types.ts'
import { type Fit, starts } from '#scheduler/fit.ts'
import type { Fitter } from '#scheduler/fitter.ts'
import type { NamespaceRule } from '#scheduler/namespace-selector.ts'
import { mismatchText, refusalOn } from '#scheduler/namespace-selector.ts'
import type { PodState } from '../pod-state.ts'
import { podStateOf } from '../pod-state.ts'
import type { PodRules } from '../update-strategy.ts'
import { isUpdated } from '../update-strategy.ts'
import type { Outcome } from './outcome.ts'
import { outcomeOfState, staysInTrouble } from './outcome.ts'
import type { SettledNode } from './settle.ts'

type NodeChangeKind =
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
  /** The group that the node is in. */
  readonly outcome: Outcome
  /** One sentence: why. */
  readonly reason: string
  /** Names of this DaemonSet's present pods on the node. */
  readonly pods: readonly string[]
  /** How the pod is that is there: the one in trouble, if one is. */
  readonly state?: PodState | undefined
  /** The pod there, or its not being there, uses up a part of the budget of the rolling update, and will go on to by itself. */
  readonly usesBudget?: true
  /** Present when a pod is going to be started there and the node says what it can hold. */
  readonly fit?: Fit
  /** `unplaceable`: does it replace a pod that runs now? */
  readonly replaces?: boolean
}

/** What is needed to say why. */
export interface ChangeContext {
  readonly rules: PodRules
  readonly rule: NamespaceRule | undefined
  readonly fitter: Fitter
  /** No new pod is let in: none comes to the scheduler. */
  readonly refused: boolean
  /** Does the node use a part of the budget of the rolling update before anything is replaced? */
  readonly usesBudget: (node: string) => boolean
  /** Why the DaemonSet's own rules keep it off the node of this place. */
  readonly why: (at: number) => string
}

/** Is a pod of the start still there? One that was made on the way stands in no cluster. */
const keepsPod = (node: SettledNode) => node.pods.some((pod) => pod.source !== undefined)

/** Is such a pod of an old revision? */
export const keepsOld = (node: SettledNode, rules: PodRules): boolean =>
  node.pods.some((pod) => pod.source !== undefined && !isUpdated(pod, rules))

type Change = Omit<NodeChange, 'node' | 'pods' | 'state'>

/** What the controller's syncs make of a node, and why. */
export function nodeChange(node: SettledNode, object: Node, at: number, context: ChangeContext): NodeChange {
  const state = stateOn(node, object, context.rules)
  const change = node.shouldRun ? changeOnTarget(node, object, context) : changeOffTarget(node, at, context)
  const outcome = state ? outcomeWith(state, change.outcome, node, context.rules.now) : change.outcome
  const held = outcome === 'unplaceable' || (state?.trouble !== undefined && staysInTrouble.has(outcome))
  // Nothing is spread here: there is one for each node of each DaemonSet.
  const made: { -readonly [Part in keyof NodeChange]: NodeChange[Part] } = {
    node: node.name,
    change: change.change,
    outcome,
    reason: change.reason,
    pods: node.present.length === 0 ? none : node.present.map((pod) => pod.name),
  }
  if (state) made.state = state
  if (held && context.usesBudget(node.name)) made.usesBudget = true
  if (change.fit) made.fit = change.fit
  if (change.replaces !== undefined) made.replaces = change.replaces
  return made
}

const none: readonly string[] = []

/** The state of the pod that stays, else of one that is there: of one in trouble, if any is. */
function stateOn(
  { leaving, pods, present }: SettledNode,
  object: Node,
  rules: PodRules,
): PodState | undefined {
  const kept =
    pods === present ? present : present.filter((pod) => pods.some(({ source }) => source === pod.source))
  const there = kept.length > 0 ? kept : present.length > 0 ? present : leaving
  let first: PodState | undefined
  for (const pod of there) {
    const state = pod.source && podStateOf(pod.source, object, rules, pod)
    if (state?.trouble) return state
    first ??= state
  }
  return first
}

/** Will a pod on its way out not be gone soon? */
const isHeldUp = ({ trouble, deleted }: PodState, now: number) =>
  trouble?.side === 'nodes' || (deleted !== undefined && deleted.deadline < now)

function outcomeWith(state: PodState, outcome: Outcome, node: SettledNode, now: number): Outcome {
  if (outcome === 'unchanged') return outcomeOfState(state)
  const onlyLeaving = node.present.length === 0
  if (outcome === 'not-targeted' && onlyLeaving) return 'terminating'
  return outcome === 'create' && onlyLeaving && isHeldUp(state, now) ? 'terminating' : outcome
}

/** Is a pod to be made there, whatever comes of it? */
export const makesPod = ({ change }: NodeChange): boolean =>
  change === 'gain' || change === 'replace' || change === 'unplaceable'

const hasEnded = ({ deleted }: SettledNode) => deleted === 'failed' || deleted === 'succeeded'

/** On a node for which no pod would be made. */
function changeOffTarget(node: SettledNode, at: number, { rule, why }: ChangeContext): Change {
  const reason = why(at) || (rule ? mismatchText(rule) : '')
  if (node.present.length === 0) return { change: 'none', outcome: 'not-targeted', reason }
  if (keepsPod(node)) return { change: 'left-over', outcome: 'leftover', reason }
  if (!node.shouldContinueRunning) return { change: 'lose', outcome: 'delete', reason }
  const cause = hasEnded(node) ? 'pod has ended and is not recreated' : 'pod is deleted and not recreated'
  return { change: 'lose', outcome: 'delete', reason: `${cause}: ${reason}` }
}

function changeOnTarget(node: SettledNode, object: Node, context: ChangeContext): Change {
  if (keepsOld(node, context.rules))
    return { change: 'keep', outcome: 'waits-for-delete', reason: 'outdated pod (OnDelete)' }
  if (keepsPod(node))
    return {
      change: 'keep',
      outcome: 'unchanged',
      reason: node.deleted === undefined ? 'up to date' : 'one pod stays, the others are deleted',
    }
  const { change, outcome, reason } = startOn(node)
  if (context.refused) return { change, outcome: 'refused', reason }
  const refusal = refusalOn(context.rule, object)
  const { fitter } = context
  const fit = refusal ? fitter.judge(object, node.startsBeside) : startOnNode(fitter, node, object)
  const obstacle = refusal ?? (starts(fit) ? undefined : fit.message)
  if (obstacle === undefined) return { change, outcome, reason, fit }
  return {
    change: 'unplaceable',
    outcome: 'unplaceable',
    reason: obstacle,
    fit,
    replaces: change === 'replace',
  }
}

/** An old pod that is not ready goes once the new one is made, which the scheduler sees before: it does not wait for that room. */
function startOnNode(fitter: Fitter, node: SettledNode, object: Node): Fit {
  const beside = node.startsBeside || (node.madeBeside && starts(fitter.judge(object, true)))
  return fitter.start(object, beside)
}

/** A pod is to be started: what for? */
function startOn(node: SettledNode) {
  if (node.present.length > 0) {
    const reason = hasEnded(node) ? 'pod has ended' : 'outdated pod'
    return { change: 'replace', outcome: 'replace', reason } as const
  }
  const reason = node.leaving.length > 0 ? 'terminating, will be recreated' : 'no pod yet'
  return { change: 'gain', outcome: 'create', reason } as const
}
