import type { Diagnostic } from '#base/errors.ts'
import type {
  ControllerRevision,
  DaemonSet,
  KubeObject,
  Namespace,
  Node,
  Pod,
  PriorityClass,
} from '#kube/types.ts'
import { explain, prepareDaemonSet } from '#placement/placement.ts'
import type { Fit, Fitter } from '#scheduler/fit.ts'
import { fitter } from '#scheduler/fit.ts'
import type { NamespaceRule, NamespaceSelector } from '#scheduler/namespace-selector.ts'
import { mismatchText, refusalOn } from '#scheduler/namespace-selector.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { isFinished } from '../daemon-pod.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowsSurge, isUpdated } from '../update-strategy.ts'
import { presentState } from './present-state.ts'

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

/**
 * What applying a DaemonSet does to each node of a snapshot, once the roll-out has come to its end: see `NodeChangeKind`.
 * Nodes are answered in the order given. A broken snapshot gives warnings.
 */
export function planChanges(input: PlanChangesInput): ChangePlan {
  const current = input.daemonSets?.find((one) => sameName(one, input.daemonSet))
  const state = presentState({ ...input, current, revisions: input.revisions ?? [] })
  const judge = new NodeJudge({
    rules: state.rules,
    rule: state.namespaceRule,
    fitOn: fitter({ ...input, daemonSet: state.daemonSet }),
    why: whyNot(state.daemonSet, input.comparisonOperators ?? false),
  })
  const objects = new Map(input.nodes.map((node) => [node.metadata?.name ?? '', node]))
  const changes = state.nodes.flatMap((node) => {
    const object = objects.get(node.name)
    return object ? [judge.change(node, object)] : []
  })
  const waitsForDelete = state.rules.onDelete && hasOutdated(state.nodes, state.rules)
  return {
    changes,
    totals: totalsOf(changes, judge.desired),
    isNew: state.isNew,
    templateChanged: state.templateChanged,
    waitsForDelete,
    ...(state.namespaceRule && { namespaceSelector: state.namespaceRule.selector }),
    warnings: [...state.warnings, ...selectorWarning(input.daemonSet, current)],
  }
}

const sameName = (one: KubeObject, other: KubeObject) =>
  one.metadata?.name === other.metadata?.name &&
  (one.metadata?.namespace ?? '') === (other.metadata?.namespace ?? '')

const hasOutdated = (nodes: readonly NodeState[], rules: PodRules) =>
  nodes.some((node) => node.pods.some((pod) => !pod.deleting && !isUpdated(pod, rules)))

/** The server refuses a changed selector, so the plan can only come true after a deletion. */
function selectorWarning(daemonSet: DaemonSet, current: DaemonSet | undefined): Diagnostic[] {
  const text = (one: DaemonSet) =>
    JSON.stringify([one.spec?.selector?.matchLabels, one.spec?.selector?.matchExpressions])
  if (!current || text(daemonSet) === text(current)) return []
  const message = 'spec.selector differs from that of the DaemonSet in the snapshot, and it cannot be changed'
  return [{ severity: 'warning', code: 'SelectorChanged', message, field: 'spec.selector' }]
}

function whyNot(daemonSet: DaemonSet, comparisonOperators: boolean): (node: Node) => string {
  const prepared = prepareDaemonSet(daemonSet, { comparisonOperators })
  return (node) =>
    explain(prepared, node)
      .reasons.map((reason) => reason.message)
      .join('; ')
}

interface JudgeInput {
  readonly rules: PodRules
  readonly rule: NamespaceRule | undefined
  readonly fitOn: Fitter
  /** Why the DaemonSet's own rules keep it off a node. */
  readonly why: (node: Node) => string
}

class NodeJudge {
  readonly #input: JudgeInput
  readonly #surges: boolean
  /** Nodes seen so far that should run a pod. */
  desired = 0

  constructor(input: JudgeInput) {
    this.#input = input
    this.#surges = allowsSurge(input.rules)
  }

  change(node: NodeState, object: Node): NodeChange {
    const live = node.pods.filter((pod) => !pod.deleting)
    const base = { node: node.name, pods: live.map((pod) => pod.name) }
    if (node.shouldRun) {
      this.desired++
      return { ...base, ...this.#wanted(node, object, live) }
    }
    const { rule, why } = this.#input
    const reason = why(object) || (rule ? mismatchText(rule) : '')
    if (live.length === 0) return { ...base, change: 'none', reason }
    if (!node.shouldContinueRunning) return { ...base, change: 'lose', reason }
    return { ...base, ...this.#unwanted(live, reason) }
  }

  /** The pod may stay, but none would be started: an update takes it away for good. */
  #unwanted(live: readonly DaemonPod[], reason: string): Pick<NodeChange, 'change' | 'reason'> {
    const { rules } = this.#input
    if (live.some(isFinished))
      return { change: 'lose', reason: `its pod has ended and is not started again: ${reason}` }
    if (!rules.onDelete && live.some((pod) => !isUpdated(pod, rules)))
      return { change: 'lose', reason: `the update removes its pod, which is not started again: ${reason}` }
    return { change: 'left-over', reason }
  }

  #wanted(node: NodeState, object: Node, live: readonly DaemonPod[]): Omit<NodeChange, 'node' | 'pods'> {
    const { rules } = this.#input
    const running = live.filter((pod) => !isFinished(pod))
    if (running.some((pod) => isUpdated(pod, rules)))
      return {
        change: 'keep',
        reason: running.length > 1 ? 'one pod stays, the others go' : 'its pod is up to date',
      }
    if (running.length === 0) return this.#started(node, object, live.length > 0)
    if (rules.onDelete)
      return { change: 'keep', reason: 'OnDelete: its old pod stays until someone deletes it' }
    return this.#placed(object, 'replace', 'its pod is of an old revision', this.#surges)
  }

  #started(node: NodeState, object: Node, ended: boolean): Omit<NodeChange, 'node' | 'pods'> {
    if (ended) return this.#placed(object, 'replace', 'its pod has ended', false)
    const reason = node.pods.length > 0 ? 'its pod is on its way out, a new one follows' : 'it has no pod yet'
    return this.#placed(object, 'gain', reason, false)
  }

  #placed(
    object: Node,
    change: 'gain' | 'replace',
    reason: string,
    ownPodsStay: boolean,
  ): Omit<NodeChange, 'node' | 'pods'> {
    const { rule, fitOn } = this.#input
    const fit = fitOn(object, ownPodsStay)
    const obstacle = refusalOn(rule, object) ?? (fit.fits ? undefined : fit.message)
    if (obstacle === undefined) return { change, reason, fit }
    return { change: 'unplaceable', reason: obstacle, fit, replaces: change === 'replace' }
  }
}

function totalsOf(changes: readonly NodeChange[], desired: number): PlanTotals {
  const count = (test: (change: NodeChange) => boolean) => changes.filter(test).length
  const unplaceable = (replaces: boolean) =>
    count((change) => change.change === 'unplaceable' && change.replaces === replaces)
  return {
    add: count((change) => change.change === 'gain') + unplaceable(false),
    replace: count((change) => change.change === 'replace') + unplaceable(true),
    remove: count((change) => change.change === 'lose'),
    unchanged: count((change) => change.change === 'keep'),
    leftOver: count((change) => change.change === 'left-over'),
    unplaceable: unplaceable(false) + unplaceable(true),
    desired,
  }
}
