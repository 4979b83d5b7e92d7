/** What becomes of one DaemonSet, by its plans on the nodes before and after. */
import { grouped } from '#base/grouped.ts'
import { nodeNamed } from '#kube/named-nodes.ts'
import { podsOf } from '#kube/owned-pods.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { secondsToStay } from '#placement/eviction.ts'
import type { AdmittedPlan } from '../changes/admitted-plan.ts'
import { makesPod, type NodeChange } from '../changes/node-change.ts'
import { podToAskAbout } from '../changes/plan-admission.ts'
import { targetNodeOf } from '../daemon-pod.ts'
import type { Departure, Departures } from './departures.ts'
import type { DaemonSetEffect, EffectKind, EffectOnBudget, NodeEffect } from './types.ts'

interface Around {
  /** As they are now. */
  readonly pods: readonly Pod[]
  /** As they would be. */
  readonly nodes: readonly Node[]
  readonly departures: Departures
}

interface Plans {
  readonly before: AdmittedPlan
  readonly after: AdmittedPlan
}

/** The DaemonSet's pods on each node, but those on their way out. */
function ownPods(daemonSet: DaemonSet, pods: readonly Pod[]): Map<string, Pod[]> {
  const staying = podsOf(daemonSet, pods).filter(({ metadata }) => !metadata?.deletionTimestamp)
  return grouped(staying, (pod) => targetNodeOf(pod) ?? '')
}

/** On which nodes something happens to it, and what. */
export function effectOn(daemonSet: DaemonSet, { before, after }: Plans, around: Around): DaemonSetEffect {
  const now = new Map(before.present.changes.map((change) => [change.node, change]))
  const own = ownPods(daemonSet, around.pods)
  const newPod = podToAskAbout(daemonSet, '')
  const removed = before.present.changes.filter(({ node }) => !nodeNamed(around.nodes, node))
  const all = [
    ...removed.map(({ node }) => [node, undefined] as const),
    ...after.present.changes.map((change) => [change.node, change] as const),
  ]
  const effects = all.flatMap(([node, changed]) => {
    const pods = own.get(node) ?? []
    const change = {
      before: now.get(node),
      after: changed,
      hasPods: pods.length > 0,
      leaving: pods.flatMap((pod) => around.departures.get(pod) ?? []),
      stay: () => secondsToStay(newPod, nodeNamed(around.nodes, node) ?? {}),
    }
    const kind = kindOf(change)
    return kind ? [effectOf(kind, node, pods, change)] : []
  })
  const budget = budgetOf(before, after, effects)
  return {
    daemonSet: { namespace: daemonSet.metadata?.namespace ?? '', name: daemonSet.metadata?.name ?? '' },
    desired: { before: before.present.totals.desired, after: after.present.totals.desired },
    effects,
    ...(budget && { budget }),
    admission: after.admission,
  }
}

interface Change {
  readonly before: NodeChange | undefined
  readonly after: NodeChange | undefined
  readonly hasPods: boolean
  /** Of its pods there, those that go whatever the controller thinks. */
  readonly leaving: readonly Departure[]
  /** How many seconds a new pod may stay. */
  readonly stay: () => number
}

const isRefused = (change: NodeChange | undefined) =>
  change?.outcome === 'refused' || change?.outcome === 'maybe-refused'
const isUnplaceable = (change: NodeChange | undefined) =>
  change?.change === 'unplaceable' && !isRefused(change)
/** Is a pod started there? */
const starting = (change: NodeChange | undefined) =>
  change !== undefined && makesPod(change) && !isUnplaceable(change) && !isRefused(change)

/** What the edits change; undefined: nothing. */
function kindOf(change: Change): EffectKind | undefined {
  const { before, after, hasPods, leaving } = change
  if (!after) return hasPods ? 'delete' : undefined
  const stayed = before !== undefined && before.change !== 'none' && before.change !== 'lose'
  const untouched = leaving.length === 0
  if (after.change === 'none' || after.change === 'lose') {
    if (hasPods && (stayed || !untouched)) return 'delete'
    return stayed ? 'not-targeted' : undefined
  }
  if (after.change === 'left-over') return before?.change === 'left-over' ? undefined : 'leftover'
  if (isRefused(after)) return isRefused(before) && untouched ? undefined : 'refused'
  if (isUnplaceable(after)) return isUnplaceable(before) && untouched ? undefined : 'unplaceable'
  if (!starting(after))
    return before?.change === 'left-over' || before?.change === 'lose' ? 'kept' : undefined
  if (starting(before) && untouched) return undefined
  if (Number.isFinite(change.stay())) return 'evict-again'
  return untouched && !(hasPods && before?.change === 'keep') ? 'create' : 'restart'
}

const after = (seconds: number) => (seconds === 0 ? 'at once' : `after ${seconds} s`)

function reasonOf(kind: EffectKind, change: Change): string {
  const { leaving, stay } = change
  if (!change.after) return 'the node is gone'
  if (kind === 'evict-again')
    return `each pod is evicted ${after(stay())} and created again: the taint is tolerated for ${stay()} s only`
  if (kind !== 'restart') return change.after.reason
  const [first] = leaving
  if (!first) return 'evicted for a pod of higher priority, there is room elsewhere on the node'
  return `evicted ${after(first.seconds)}: the pod there does not tolerate the taint, a new one does`
}

function effectOf(kind: EffectKind, node: string, pods: readonly Pod[], change: Change): NodeEffect {
  const seconds = change.leaving.map((one) => one.seconds)
  return {
    node,
    kind,
    reason: reasonOf(kind, change),
    pods: pods.map(({ metadata }) => metadata?.name ?? ''),
    fit: change.after?.fit,
    ...(change.after && seconds.length > 0 && { seconds: Math.min(...seconds) }),
  }
}

/** Only a rolling update in place counts nodes that want for a pod. */
function budgetOf(
  before: AdmittedPlan,
  after: AdmittedPlan,
  effects: readonly NodeEffect[],
): EffectOnBudget | undefined {
  const { budget } = after.present
  if (budget?.rule !== 'maxUnavailable') return undefined
  const { rule, configured, allowed } = budget
  const starting = effects.filter(
    ({ kind }) => kind === 'create' || kind === 'restart' || kind === 'evict-again',
  )
  return { rule, configured, allowed, before: using(before), after: using(after), starting: starting.length }
}

const using = ({ present }: AdmittedPlan): string[] => {
  const held = new Set(present.budget?.usedBy)
  return present.changes
    .filter((change) => held.has(change.node) || isUnplaceable(change) || isRefused(change))
    .map(({ node }) => node)
}
