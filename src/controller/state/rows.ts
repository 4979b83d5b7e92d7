import { podsToClaim, uidByPods } from '#kube/owned-pods.ts'
import { matchesLabelSelector } from '#kube/selectors.ts'
import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'
import { decideAll, prepareDaemonSet } from '#placement/placement.ts'
import { claim } from '../claim.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { byAge, daemonPodOf, hashLabel, isFinished, targetNodeOf } from '../daemon-pod.ts'
import { type PodState, podStateOf } from '../pod-state.ts'
import { isUpdated, type PodRules } from '../update-strategy.ts'
import type { Phase, PodRow, StateInput, StateRow } from './types.ts'
import type { Words } from './words.ts'

export interface Rows {
  readonly rows: readonly StateRow[]
  /** Pods that are meant for no node: the controller passes over them. */
  readonly strays: readonly PodRow[]
}

/** Its pods: those that it controls, and those that it will adopt. A dump may lack its uid, which its pods then tell. */
export function ownPods(daemonSet: DaemonSet, pods: readonly Pod[]): readonly Pod[] {
  const uid = daemonSet.metadata?.uid || uidByPods(daemonSet, pods)
  const known = { ...daemonSet, metadata: { ...daemonSet.metadata, uid } }
  return claim(podsToClaim(known, pods), known, matchesLabelSelector(daemonSet.spec?.selector)).claimed
}

/** What each node has of the DaemonSet; nodes that neither have a pod of it nor should are left out. */
export function rowsOf(
  input: Pick<StateInput, 'daemonSet' | 'nodes' | 'comparisonOperators'>,
  own: readonly Pod[],
  rules: PodRules,
  words: Words,
  numbers: ReadonlyMap<string, number>,
): Rows {
  const { nodes } = input
  const prepared = prepareDaemonSet(input.daemonSet, {
    comparisonOperators: input.comparisonOperators ?? false,
  })
  const [decisions = []] = decideAll([prepared], nodes)
  const byNode = new Map<string | undefined, Pod[]>()
  for (const pod of own) {
    const target = targetNodeOf(pod)
    const there = byNode.get(target)
    if (there) there.push(pod)
    else byNode.set(target, [pod])
  }
  const rowOf = (pod: Pod, node: Node | undefined) => podRow(pod, node, rules, words, numbers)
  const rows: StateRow[] = []
  nodes.forEach((object, index) => {
    const name = object.metadata?.name ?? ''
    const { shouldRun, shouldContinueRunning } = decisions[index] ?? {
      shouldRun: false,
      shouldContinueRunning: false,
    }
    const pods = byNode.get(name)
    if (!shouldRun && !pods) return
    byNode.delete(name)
    const all = (pods ?? []).map((pod) => rowOf(pod, object))
    rows.push(stateRow({ node: name, object, shouldRun, shouldContinueRunning }, all))
  })
  const strays = (byNode.get(undefined) ?? []).map((pod) => rowOf(pod, undefined))
  byNode.delete(undefined)
  for (const [node = '', pods] of byNode) {
    const gone = { node, object: undefined, shouldRun: false, shouldContinueRunning: false }
    rows.push(
      stateRow(
        gone,
        pods.map((pod) => rowOf(pod, undefined)),
      ),
    )
  }
  return { rows: rows.sort(inOrder), strays }
}

const inOrder = (one: StateRow, other: StateRow) =>
  Number(!one.object) - Number(!other.object) || (one.node < other.node ? -1 : one.node > other.node ? 1 : 0)

function podRow(
  pod: Pod,
  node: Node | undefined,
  rules: PodRules,
  words: Words,
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
    phase: phaseOf(facts, state, words.pods.get(facts.name)?.pulling ?? false),
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

function stateRow(
  node: Pick<StateRow, 'node' | 'object' | 'shouldRun' | 'shouldContinueRunning'>,
  all: readonly PodRow[],
): StateRow {
  const pods = all.length > 1 ? [...all].sort(bySpeaking) : all
  const [first] = pods
  return {
    ...node,
    misscheduled: !node.shouldRun && node.object !== undefined && pods.some(counts),
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
export const nodeStates = (rows: readonly StateRow[]): NodeState[] =>
  rows.map(({ node, object, shouldRun, shouldContinueRunning, pods }) => ({
    name: node,
    exists: object !== undefined,
    shouldRun,
    shouldContinueRunning,
    pods: pods.filter(counts).map(({ facts }) => facts),
  }))

/** Numbers of revisions by the hash that their pods carry. */
export const revisionNumbers = (revisions: readonly ControllerRevision[]): ReadonlyMap<string, number> =>
  new Map(revisions.map((one) => [one.metadata?.labels?.[hashLabel] ?? '', one.revision ?? 0]))
