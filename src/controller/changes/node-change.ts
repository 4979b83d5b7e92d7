import type { Node } from '#kube/types.ts'
import type { Fit, Fitter } from '#scheduler/fit.ts'
import type { NamespaceRule } from '#scheduler/namespace-selector.ts'
import { mismatchText, refusalOn } from '#scheduler/namespace-selector.ts'
import type { PodRules } from '../update-strategy.ts'
import { isUpdated } from '../update-strategy.ts'
import type { Outcome } from './outcome.ts'
import type { SettledNode } from './settle.ts'

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
  /** The group that the node is in. */
  readonly outcome: Outcome
  /** One sentence: why. */
  readonly reason: string
  /** Names of this DaemonSet's present pods on the node. */
  readonly pods: readonly string[]
  /** Present when a pod is going to be started there and the node says what it can hold. */
  readonly fit?: Fit
  /** `unplaceable`: does it replace a pod that runs now? */
  readonly replaces?: boolean
}

/** What is needed to say why. */
export interface ChangeContext {
  readonly rules: PodRules
  readonly rule: NamespaceRule | undefined
  readonly fitOn: Fitter
  /** Why the DaemonSet's own rules keep it off a node. */
  readonly why: (node: Node) => string
}

/** Is a pod of the start still there? One that was made on the way stands in no cluster. */
const keepsPod = (node: SettledNode) => node.pods.some((pod) => pod.source !== undefined)

/** Is such a pod of an old revision? */
export const keepsOld = (node: SettledNode, rules: PodRules): boolean =>
  node.pods.some((pod) => pod.source !== undefined && !isUpdated(pod, rules))

type Change = Omit<NodeChange, 'node' | 'pods'>

/** What the controller's syncs make of a node, and why. */
export function nodeChange(node: SettledNode, object: Node, context: ChangeContext): NodeChange {
  const changeOf = node.shouldRun ? changeOnTarget : changeOffTarget
  return {
    node: node.name,
    pods: node.present.map((pod) => pod.name),
    ...changeOf(node, object, context),
  }
}

const hasEnded = ({ deleted }: SettledNode) => deleted === 'failed' || deleted === 'succeeded'

/** On a node for which no pod would be made. */
function changeOffTarget(node: SettledNode, object: Node, { rule, why }: ChangeContext): Change {
  const reason = why(object) || (rule ? mismatchText(rule) : '')
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
  const fit = context.fitOn(object, node.startsBeside)
  const obstacle = refusalOn(context.rule, object) ?? (fit.fits ? undefined : fit.message)
  if (obstacle === undefined) return { change, outcome, reason, fit }
  return {
    change: 'unplaceable',
    outcome: 'unplaceable',
    reason: obstacle,
    fit,
    replaces: change === 'replace',
  }
}

/** A pod is to be started: what for? */
function startOn(node: SettledNode) {
  if (node.present.length > 0) {
    const reason = hasEnded(node) ? 'pod has ended' : 'outdated pod'
    return { change: 'replace', outcome: 'replace', reason } as const
  }
  const reason = node.terminating > 0 ? 'terminating, will be recreated' : 'no pod yet'
  return { change: 'gain', outcome: 'create', reason } as const
}
