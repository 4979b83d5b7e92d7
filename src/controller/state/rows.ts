import { grouped } from '#base/grouped.ts'
import { podsToClaim, uidByPods } from '#kube/owned-pods.ts'
import { matchesLabelSelector } from '#kube/selectors.ts'
import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'
import { type Decision, decideAll, prepareDaemonSet } from '#placement/placement.ts'
import { claim } from '../claim.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { byAge, daemonPodOf, hashLabel, isFinished, targetNodeOf } from '../daemon-pod.ts'
import { type PodState, podStateOf } from '../pod-state.ts'
import { Reader } from '../step-memory.ts'
import { isUpdated, type PodRules } from '../update-strategy.ts'
import type { RememberedPods, StateMemory } from './memory.ts'
import type { Phase, PodRow, StateInput, StateRow } from './types.ts'
import type { Words } from './words.ts'

export interface Rows {
  readonly rows: readonly StateRow[]
  /** Pods that are meant for no node: the controller passes over them. */
  readonly strays: readonly PodRow[]
}

/** Its pods: those that it controls, and those that it will adopt. A dump may lack its uid, which its pods then tell. */
export function ownPods(
  daemonSet: DaemonSet,
  pods: readonly Pod[],
  remembered?: RememberedPods,
): readonly Pod[] {
  if (remembered) return ownPodsAgain(daemonSet, pods, remembered)
  const uid = daemonSet.metadata?.uid || uidByPods(daemonSet, pods)
  const known = { ...daemonSet, metadata: { ...daemonSet.metadata, uid } }
  return claim(podsToClaim(known, pods), known, matchesLabelSelector(daemonSet.spec?.selector)).claimed
}

/** That a pod is the DaemonSet's stays so for as long as neither changes. */
function ownPodsAgain(
  daemonSet: DaemonSet,
  pods: readonly Pod[],
  remembered: RememberedPods,
): readonly Pod[] {
  const others = pods.filter((pod) => !remembered.rowOf(pod))
  if (others.length === pods.length) return ownPods(daemonSet, pods)
  const strangers = new Set(others)
  for (const pod of ownPods(daemonSet, others)) strangers.delete(pod)
  return strangers.size === 0 ? pods : pods.filter((pod) => !strangers.has(pod))
}

type RowsInput = Pick<StateInput, 'daemonSet' | 'nodes' | 'comparisonOperators'>

/** What each node has of the DaemonSet; nodes that neither have a pod of it nor should are left out. */
export function rowsOf(
  input: RowsInput,
  own: readonly Pod[],
  rules: PodRules,
  words: Words,
  numbers: ReadonlyMap<string, number>,
  remembered?: RememberedPods,
): Rows {
  const memory = remembered?.memory
  const byNode = grouped(own, targetNodeOf)
  const nodes = input.nodes ?? namedNodes(byNode.keys())
  const decisions = input.nodes ? decisionsOf(input, input.nodes, memory) : nodes.map(() => everywhere)
  const rowOf = podRows(rules, words, numbers, remembered)
  const rows: StateRow[] = []
  nodes.forEach((object, index) => {
    const name = object.metadata?.name ?? ''
    const decision = decisions[index] ?? nowhere
    const pods = byNode.get(name)
    if (!decision.shouldRun && !pods) return
    byNode.delete(name)
    const all = (pods ?? []).map((pod) => rowOf(pod, object))
    rows.push(nodeRow(object, decision, all, memory))
  })
  const strays = (byNode.get(undefined) ?? []).map((pod) => rowOf(pod, undefined))
  byNode.delete(undefined)
  for (const [node = '', pods] of byNode)
    rows.push(
      stateRow(
        { node, object: undefined, ...nowhere },
        pods.map((pod) => rowOf(pod, undefined)),
      ),
    )
  return { rows: rows.sort(inOrder), strays }
}

const nowhere = { shouldRun: false, shouldContinueRunning: false }
const everywhere = { shouldRun: true, shouldContinueRunning: true }

/** Nodes of which no more is known than that pods are meant for them. */
const namedNodes = (names: Iterable<string | undefined>): Node[] =>
  [...names].flatMap((name) => (name === undefined ? [] : [{ metadata: { name } }]))

function decisionsOf(
  { comparisonOperators = false, daemonSet }: RowsInput,
  nodes: readonly Node[],
  memory: StateMemory | undefined,
) {
  if (memory) return new Reader(memory.steps).daemonSet(daemonSet, comparisonOperators).decisions(nodes)
  return decideAll(prepareDaemonSet(daemonSet, { comparisonOperators }), nodes).all()
}

/** Makes rows of pods, and of what is remembered only those that would be others. */
export function podRows(
  rules: PodRules,
  words: Words,
  numbers: ReadonlyMap<string, number>,
  remembered: RememberedPods | undefined,
) {
  return (pod: Pod, node: Node | undefined): PodRow => {
    const pulling = words.pods.get(pod.metadata?.name ?? '')?.pulling ?? false
    const known = remembered?.rowOf(pod)
    if (known && known.node === node && known.pulling === pulling) return known.row
    const row = podRow(pod, node, rules, pulling, numbers)
    // Nothing else about a pod changes by time alone.
    if (row.state.trouble?.cause !== 'min-ready-seconds') remembered?.keep(pod, row, node, pulling)
    return row
  }
}

/** The row of a node that is there. */
export function nodeRow(
  object: Node,
  { shouldContinueRunning, shouldRun }: Decision,
  pods: readonly PodRow[],
  memory: StateMemory | undefined,
): StateRow {
  const known = memory?.rows.get(object)
  if (
    known?.shouldRun === shouldRun &&
    known.shouldContinueRunning === shouldContinueRunning &&
    known.pods.length === pods.length &&
    (pods.length === 1 ? known.pods[0] === pods[0] : pods.every((pod) => known.pods.includes(pod)))
  )
    return known
  const row = stateRow({ node: object.metadata?.name ?? '', object, shouldRun, shouldContinueRunning }, pods)
  memory?.rows.set(object, row)
  return row
}

const inOrder = (one: StateRow, other: StateRow) =>
  Number(!one.object) - Number(!other.object) || (one.node < other.node ? -1 : one.node > other.node ? 1 : 0)

function podRow(
  pod: Pod,
  node: Node | undefined,
  rules: PodRules,
  pulling: boolean,
  numbers: ReadonlyMap<string, number>,
): PodRow {
  const facts = daemonPodOf(pod)
  const state = podStateOf(pod, node, rules, facts)
  return {
    pod,
    facts,
    state,
    updated: isUpdated(facts, rules),
    revision: numbers.get(facts.hash),
    phase: phaseOf(facts, state, pulling),
    since: state.since,
  }
}

function phaseOf(facts: DaemonPod, { trouble }: PodState, pulling: boolean): Phase {
  if (!trouble) return 'ready'
  if (facts.deleting) return 'terminating'
  if (isFinished(facts)) return 'finished'
  switch (trouble.cause) {
    case 'min-ready-seconds':
      return 'settling'
    case 'unschedulable':
      return 'pending'
    case 'starting':
      return facts.bound ? (pulling ? 'pulling' : 'starting') : 'pending'
    case 'not-ready':
      return 'starting'
    default:
      return 'failing'
  }
}

// Spread, each of thousands of rows would have a shape of its own, which takes V8 four times the room.
function stateRow(
  { node, object, shouldContinueRunning, shouldRun }: Pick<StateRow, 'node' | 'object' | keyof Decision>,
  all: readonly PodRow[],
): StateRow {
  const pods = all.length > 1 ? [...all].sort(bySpeaking) : all
  const [first] = pods
  return {
    node,
    object,
    shouldRun,
    shouldContinueRunning,
    misscheduled: !shouldRun && object !== undefined && pods.some(counts),
    pods,
    phase: first?.phase ?? 'none',
    since: first?.since,
    updated: first?.updated,
    restarts: pods.reduce((most, { state }) => Math.max(most, state.restarts), 0),
  }
}

const isAlive = ({ facts }: PodRow) => !facts.deleting && !isFinished(facts)

/** A pod that is over and on its way out is none to the controller. */
const counts = ({ facts }: PodRow) => !(facts.deleting && isFinished(facts))

const bySpeaking = (one: PodRow, other: PodRow) =>
  Number(isAlive(other)) - Number(isAlive(one)) ||
  Number(other.updated) - Number(one.updated) ||
  byAge(one.facts, other.facts)

/** The rows as the controller's rules see them. */
export const nodeStates = (rows: readonly StateRow[], memory: StateMemory | undefined): NodeState[] =>
  rows.map((row) => {
    const known = memory?.states.get(row)
    if (known) return known
    const { node, object, shouldRun, shouldContinueRunning, pods } = row
    const state = {
      name: node,
      exists: object !== undefined,
      shouldRun,
      shouldContinueRunning,
      pods: pods.filter(counts).map(({ facts }) => facts),
    }
    memory?.states.set(row, state)
    return state
  })

/** Numbers of revisions by the hash that their pods carry. */
export const revisionNumbers = (revisions: readonly ControllerRevision[]): ReadonlyMap<string, number> =>
  new Map(revisions.map((one) => [one.metadata?.labels?.[hashLabel] ?? '', one.revision ?? 0]))
