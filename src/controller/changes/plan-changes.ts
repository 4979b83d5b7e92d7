import type { Diagnostic } from '#base/errors.ts'
import { oncePer } from '#base/once.ts'
import type { ClusterObjects } from '#kube/cluster-objects.ts'
import { namedOnce } from '#kube/named-nodes.ts'
import type { DaemonSet, KubeObject, Node, PodSpec } from '#kube/types.ts'
import type { Answers } from '#placement/answers.ts'
import { type Explanation, explainAll, prepareDaemonSet } from '#placement/placement.ts'
import { Fitter } from '#scheduler/fitter.ts'
import type { NamespaceSelector } from '#scheduler/namespace-selector.ts'
import type { Rooms } from '#scheduler/rooms.ts'
import type { Budget } from '../rolling-update.ts'
import { wavesGoingOn } from '../waves/annotations.ts'
import { budgetOf, budgetUse } from './budget.ts'
import type { ChangeContext, NodeChange } from './node-change.ts'
import { keepsOld, nodeChange } from './node-change.ts'
import type { OutcomeCounts } from './outcome.ts'
import { countOutcomes } from './outcome.ts'
import { asAdmitted } from './plan-admission.ts'
import { presentState } from './present-state.ts'
import { type SettledNode, settle, withoutBudget } from './settle.ts'
import type { PlanTotals } from './totals.ts'

/** Of the DaemonSets, the one of the same namespace and name is the present state. */
export interface PlanChangesInput extends ClusterObjects {
  /** As it would be stored after the apply: defaulted. */
  readonly daemonSet: DaemonSet
  /** The spec of a new pod as admission leaves it; the template's, where it was not asked. */
  readonly admittedSpec?: PodSpec | undefined
  /** No new pod would be let in. */
  readonly refused?: boolean | undefined
  /** Who is on the nodes by then; default: `pods`. */
  readonly rooms?: Rooms | undefined
  readonly now: number
  readonly serverVersion?: string | undefined
  readonly comparisonOperators?: boolean | undefined
}

export interface ChangePlan {
  readonly changes: readonly NodeChange[]
  readonly totals: PlanTotals
  /** All nodes by what becomes of them. */
  readonly outcomes: OutcomeCounts
  /** The DaemonSet is not in the snapshot: everything is new. */
  readonly isNew: boolean
  /** The template differs from the present revision, so running pods are outdated. */
  readonly templateChanged: boolean
  /** What the rolling update has to spend, and the nodes in trouble that use it up. Absent: OnDelete, or nothing is known. */
  readonly budget?: Omit<Budget, 'used'> & { readonly usedBy: readonly string[] }
  /** Milliseconds since the epoch of the present that it was made for. */
  readonly now: number
  /** OnDelete: outdated pods stay until someone deletes them. */
  readonly waitsForDelete: boolean
  /** It is being rolled out in waves, and why they are paused, if they are. */
  readonly waves?: { readonly paused?: string }
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
  const nodes = namedOnce(input.nodes)
  const desired = state.nodes.filter((node) => node.shouldRun).length
  const rules = withoutBudget(state.rules, desired)
  const budget = budgetOf(state.rules, desired)
  const fitter = new Fitter({
    ...input,
    daemonSet: asAdmitted(state.daemonSet, input.admittedSpec),
    revision: rules.hash,
  })
  const context: ChangeContext = {
    rules,
    usesBudget: budgetUse(state.nodes, state.rules),
    rule: state.namespaceRule,
    fitter,
    refused: input.refused ?? false,
    why: whyNot(state.daemonSet, nodes, input.comparisonOperators ?? false),
  }
  // In the order of the nodes: those that are gone come last.
  const settled = settle(
    state.nodes.filter((node) => node.exists),
    rules,
  )
  for (const [at, node] of settled.entries()) if (isLeft(node)) fitter.leave(nodes[at] ?? {})
  const changes = settled.map((node, at) => nodeChange(node, nodes[at] ?? {}, at, context))
  const usedBy = changes.filter(({ usesBudget }) => usesBudget).map(({ node }) => node)
  const totals = totalsOf(changes, desired)
  const waves = wavesGoingOn(state.daemonSet)
  return {
    changes,
    totals,
    outcomes: countOutcomes(changes),
    isNew: state.isNew,
    templateChanged: state.templateChanged,
    ...(budget && { budget: { ...budget, usedBy } }),
    now: input.now,
    waitsForDelete: settled.some((node) => keepsOld(node, rules)),
    ...(waves && { waves }),
    ...(state.namespaceRule && { namespaceSelector: state.namespaceRule.selector }),
    warnings: [
      ...state.warnings,
      ...selectorWarning(input.daemonSet, current),
      ...budgetWarning(totals, input),
      ...comingBack(fitter.evictedDaemonPods),
      ...(changes.some(({ fit }) => fit) ? fitter.notJudged.map(notJudged) : []),
    ],
  }
}

/** Its pods leave before any is started: the controller needs no budget for that. */
const isLeft = (node: SettledNode) => !node.shouldRun && node.present.length > 0 && node.pods.length === 0

/** Of the same namespace and name. */
export const sameName = (one: KubeObject, other: KubeObject) =>
  one.metadata?.name === other.metadata?.name &&
  (one.metadata?.namespace ?? '') === (other.metadata?.namespace ?? '')

/** The server refuses a changed selector, so the plan can only come true after a deletion. */
function selectorWarning(daemonSet: DaemonSet, current: DaemonSet | undefined): Diagnostic[] {
  const text = (one: DaemonSet) =>
    JSON.stringify([one.spec?.selector?.matchLabels, one.spec?.selector?.matchExpressions])
  if (!current || text(daemonSet) === text(current)) return []
  const message = 'spec.selector differs from that of the DaemonSet in the cluster, and it cannot be changed'
  return [{ severity: 'warning', code: 'SelectorChanged', message, field: 'spec.selector' }]
}

function budgetWarning({ evicted }: PlanTotals, { disruptionBudgets }: PlanChangesInput): Diagnostic[] {
  if (evicted === 0 || disruptionBudgets) return []
  const message = 'PodDisruptionBudgets are not known: evictions are predicted without them'
  return [{ severity: 'warning', code: 'UnknownDisruptionBudgets', message }]
}

function comingBack(pods: number): Diagnostic[] {
  if (pods === 0) return []
  const [who, come] = pods === 1 ? ['one', 'comes'] : [`${pods}`, 'come']
  const message = `${who} of the evicted pods ${come} back on the same node, made by another DaemonSet, and may stay Pending`
  return [{ severity: 'warning', code: 'EvictedDaemonPods', message }]
}

const notJudged = (message: string): Diagnostic => ({ severity: 'warning', code: 'NotJudged', message })

function whyNot(
  daemonSet: DaemonSet,
  nodes: readonly Node[],
  comparisonOperators: boolean,
): (at: number) => string {
  const texts = oncePer(({ reasons }: Explanation) => reasons.map(({ message }) => message).join('; '))
  let decisions: Answers<Explanation> | undefined
  return (at) => {
    decisions ??= explainAll(prepareDaemonSet(daemonSet, { comparisonOperators }), nodes)
    return texts(decisions.at(at))
  }
}

function totalsOf(changes: readonly NodeChange[], desired: number): PlanTotals {
  const count = { gain: 0, lose: 0, replace: 0, keep: 0, 'left-over': 0, unplaceable: 0, none: 0 }
  let [evicted, unreplaced] = [0, 0]
  for (const { change, fit, replaces } of changes) {
    count[change]++
    if (change === 'unplaceable' && replaces) unreplaced++
    evicted += fit?.evicts.length ?? 0
  }
  return {
    add: count.gain + count.unplaceable - unreplaced,
    replace: count.replace + unreplaced,
    remove: count.lose,
    unchanged: count.keep,
    leftOver: count['left-over'],
    unplaceable: count.unplaceable,
    evicted,
    desired,
  }
}
