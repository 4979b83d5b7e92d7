import type { Node } from '#kube/types.ts'
import type { Fit, Fitter } from '#scheduler/fit.ts'
import type { NamespaceRule } from '#scheduler/namespace-selector.ts'
import { mismatchText, refusalOn } from '#scheduler/namespace-selector.ts'
import type { DeleteReason } from '../actions.ts'
import type { NodeState } from '../daemon-pod.ts'
import type { SettledNode } from './settle-node.ts'

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

/** What is needed to say why. */
export interface ChangeContext {
  readonly rule: NamespaceRule | undefined
  readonly fitOn: Fitter
  /** Why the DaemonSet's own rules keep it off a node. */
  readonly why: (node: Node) => string
}

export interface NodeToTell extends SettledNode {
  readonly node: NodeState
  readonly object: Node
}

type Change = Omit<NodeChange, 'node' | 'pods'>

/** What the controller's syncs of a node come to, and why. */
export function nodeChange(settled: NodeToTell, context: ChangeContext): NodeChange {
  const { node, present } = settled
  const change = node.shouldRun ? changeOnTarget(settled, context) : changeOffTarget(settled, context)
  return { node: node.name, pods: present.map((pod) => pod.name), ...change }
}

const hasEnded = (deleted: DeleteReason | undefined) => deleted === 'failed' || deleted === 'succeeded'

/** On a node for which no pod would be made. */
function changeOffTarget(settled: NodeToTell, { rule, why }: ChangeContext): Change {
  const { node, object, present, kept, deleted } = settled
  const reason = why(object) || (rule ? mismatchText(rule) : '')
  if (present.length === 0) return { change: 'none', reason }
  if (kept.length > 0) return { change: 'left-over', reason }
  if (!node.shouldContinueRunning) return { change: 'lose', reason }
  const cause = hasEnded(deleted)
    ? 'its pod has ended and is not started again'
    : 'the update removes its pod, which is not started again'
  return { change: 'lose', reason: `${cause}: ${reason}` }
}

function changeOnTarget(settled: NodeToTell, context: ChangeContext): Change {
  const { node, present, kept, keepsOld, deleted } = settled
  if (keepsOld) return { change: 'keep', reason: 'OnDelete: its old pod stays until someone deletes it' }
  if (kept.length > 0)
    return {
      change: 'keep',
      reason: deleted === undefined ? 'its pod is up to date' : 'one pod stays, the others go',
    }
  if (present.length > 0)
    return placed(
      settled,
      'replace',
      hasEnded(deleted) ? 'its pod has ended' : 'its pod is of an old revision',
      context,
    )
  const reason = node.pods.length > 0 ? 'its pod is on its way out, a new one follows' : 'it has no pod yet'
  return placed(settled, 'gain', reason, context)
}

/** A pod is to be started: will it be? */
function placed(
  { object, startsBeside }: NodeToTell,
  change: 'gain' | 'replace',
  reason: string,
  { rule, fitOn }: ChangeContext,
): Change {
  const fit = fitOn(object, startsBeside)
  const obstacle = refusalOn(rule, object) ?? (fit.fits ? undefined : fit.message)
  if (obstacle === undefined) return { change, reason, fit }
  return { change: 'unplaceable', reason: obstacle, fit, replaces: change === 'replace' }
}
