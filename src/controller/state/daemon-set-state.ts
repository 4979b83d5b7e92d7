import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { nearestMiss, prepareDaemonSet } from '#placement/placement.ts'
import { amountOf, parseAmount } from '#scheduler/amounts.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { allocatableOf } from '#scheduler/resources-fit.ts'
import { type Counters, countNodes } from '../daemon-set-status.ts'
import { allowsSurge, type PodRules, podRules } from '../update-strategy.ts'
import { wavesGoingOn } from '../waves/annotations.ts'
import { finishesOf } from './finishes.ts'
import { healthOf } from './health.ts'
import { bareHolds, inWords } from './holds.ts'
import { type Ledger, ledgerOf, stuckNodes } from './ledger.ts'
import { RememberedPods, type StateMemory } from './memory.ts'
import type { Advice } from './next-steps.ts'
import { ownRevisions, rolledOutOf } from './rolled-out.ts'
import { nodeStates, ownPods, type Rows, revisionNumbers, rowsOf } from './rows.ts'
import { lastRows, rowsAgain } from './rows-again.ts'
import { type Look, type Settled, settledOf, withSettled } from './settled.ts'
import { heldPodOf } from './trouble.ts'
import type { BareHold, DaemonSetState, HeldPod, Phase, PodRow, StateInput, StateRow } from './types.ts'
import { phases } from './types.ts'
import { verdictOf } from './verdict.ts'
import { nothingTold, refusalBy, type Words, wordsOf } from './words.ts'

/**
 * How a DaemonSet is: each node that has or should have a pod of it, what holds pods back and what to do about it, who uses up
 * the rolling update's allowance, and whether it comes to its end. Works with less than everything: without revisions pods
 * are told apart by their template generation, without Events a refusal of the API server is not known.
 *
 * @param memory For one who looks again and again; left out, everything is read anew.
 */
export function daemonSetState(input: StateInput, memory?: StateMemory): DaemonSetState {
  const { daemonSet, nodes, now } = input
  const revisions = ownRevisions(daemonSet, input.revisions ?? [])
  const rolledOut = rolledOutOf(daemonSet, revisions)
  const rules = podRules(input, rolledOut.hash)
  const numbers = revisionNumbers(revisions)
  const remembered = memory && new RememberedPods(memory, daemonSet, rules, numbers)
  const { rows: all, strays, words } = rowsAndWords(input, rules, numbers, remembered)
  // Of one that is being deleted no pod is made any more.
  const rows = daemonSet.metadata?.deletionTimestamp ? all.filter(({ pods }) => pods.length > 0) : all
  const { others, settled } = settledOf(rows)
  const states = nodeStates(others, memory)
  const counted = withSettled(countNodes(states, rules), settled)
  const counters = nodes ? counted : withStatus(counted, daemonSet)
  const holds = bareHolds(others, strays, [...words.refusals, ...refusalBy(input.namespace)], {
    short: !nodes && counters.current < counters.desired,
    there: input.there,
    namespace: input.namespace,
    rules,
    words: (pod) => words.pods.get(pod),
    firstWords: input.firstWords,
    fit: fitting(input, rules),
  })
  const stuck = stuckNodes(holds)
  const ledger = ledgerOf(states, others, rules, stuck, settled)
  const look: Look = { rows: others, settled, counters, holds }
  const waves = wavesGoingOn(daemonSet)
  const finishes = finishesOf(look, ledger, stuck, rules.onDelete, waves)
  const held = heldPods(others, strays)
  const health = healthOf(daemonSet, holds)
  const nowhere = fitNowhere(holds, rows)
  const advice: Advice = {
    // Waves have their own way back.
    earlier: () =>
      waves
        ? undefined
        : earlierRevision(
            rows,
            rolledOut.number,
            revisions.map((one) => one.revision ?? 0),
          ),
    // Where new pods fail, more of them would fail.
    raise: finishes.can || health !== 'nodes' || nowhere ? undefined : raised(ledger, finishes.why),
    nowhere,
    requestsMore: (resource, than) =>
      (daemonSet.spec?.template?.spec?.containers ?? []).some((one) => {
        const asked = one?.resources?.requests?.[resource]
        return asked !== undefined && (parseAmount(resource, asked) ?? 0) > (parseAmount(resource, than) ?? 0)
      }),
    daemonSet: daemonSet.metadata?.name ?? '',
    namespace: daemonSet.metadata?.namespace ?? '',
  }
  return {
    daemonSet,
    nodes,
    revisions: input.revisions && revisions,
    now,
    rules,
    rolledOut,
    rows,
    counts: countPhases(others, settled),
    counters,
    misscheduled: counters.misscheduled,
    restarts: others.reduce(
      (sum, { pods }) => sum + pods.reduce((all, { state }) => all + state.restarts, 0),
      settled.restarts,
    ),
    held,
    holds: inWords(holds, daemonSet, advice, now),
    budget: ledger.budget,
    finishes,
    health,
    verdict: verdictOf(daemonSet, look, finishes, health),
    nearestMiss: counters.desired === 0 ? nearestMissOf(input) : undefined,
  }
}

/** What pods alone do not tell is as the controller has counted it. */
function withStatus(counters: Counters, { status }: DaemonSet): Counters {
  const desired = Math.max(counters.desired, status?.desiredNumberScheduled ?? 0)
  const misscheduled = status?.numberMisscheduled ?? 0
  return { ...counters, desired, unavailable: desired - counters.available, misscheduled }
}

/** What each node has, and what Events tell of it. */
function rowsAndWords(
  input: StateInput,
  rules: PodRules,
  numbers: ReadonlyMap<string, number>,
  remembered: RememberedPods | undefined,
): Rows & { readonly words: Words } {
  const { daemonSet, events = [] } = input
  const memory = input.nodes && remembered?.memory
  if (memory && events.length === 0) memory.last = rowsAgain(input, rules, numbers, remembered)
  if (memory?.last && events.length === 0) return { rows: memory.last.rows, strays: [], words: nothingTold }
  const own = ownPods(daemonSet, input.pods, remembered)
  const names = () => new Set(own.map(({ metadata }) => metadata?.name ?? ''))
  const words = events.length > 0 ? wordsOf(events, daemonSet, names()) : nothingTold
  const found = rowsOf(input, own, rules, words, numbers, remembered)
  if (memory) memory.last = words.pods.size > 0 ? undefined : lastRows(input, own, found, remembered)
  return { ...found, words }
}

function nearestMissOf({ daemonSet, nodes = [], comparisonOperators = false }: StateInput) {
  return nearestMiss(prepareDaemonSet(daemonSet, { comparisonOperators }), nodes)
}

/** Answers kds' own numbers about a new pod on a node; the scheduler's model is made when it is asked first. */
function fitting({ daemonSet, nodes = [], room }: StateInput, rules: PodRules) {
  let fitter: Fitter | undefined
  return (node: Node, pod: Pod) => {
    const name = node.metadata?.name ?? ''
    if (!room || room.nodes?.has(name) === false) return undefined
    fitter ??= new Fitter({
      ...room,
      daemonSet,
      nodes,
      revision: rules.hash,
    })
    return fitter.judge(node, allowsSurge(rules), pod.status?.nominatedNodeName === name)
  }
}

function heldPods(rows: readonly StateRow[], strays: readonly PodRow[]): HeldPod[] {
  const held: HeldPod[] = []
  const add = (row: PodRow) => {
    const one = heldPodOf(row)
    if (one) held.push(one)
  }
  for (const { pods } of rows) pods.forEach(add)
  strays.forEach(add)
  return held.sort((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : a.pod < b.pod ? -1 : 1))
}

function countPhases(rows: readonly StateRow[], { nodes }: Settled): DaemonSetState['counts'] {
  const counts = new Map<Phase, number>(nodes === 0 ? [] : [['ready', nodes]])
  for (const { phase } of rows) counts.set(phase, (counts.get(phase) ?? 0) + 1)
  return Object.fromEntries(
    phases.flatMap((phase) => (counts.has(phase) ? [[phase, counts.get(phase)]] : [])),
  )
}

/** Where to go back to: the revision that most ready pods still have, else the one before. */
function earlierRevision(
  rows: readonly StateRow[],
  current: number | undefined,
  numbers: readonly number[],
): number | undefined {
  const ready = new Map<number, number>()
  for (const { pods } of rows)
    for (const { phase, revision } of pods)
      if (phase === 'ready' && revision !== undefined && revision !== current)
        ready.set(revision, (ready.get(revision) ?? 0) + 1)
  const [most] = [...ready].sort(([, one], [, other]) => other - one)
  return most?.[0] ?? numbers.filter((number) => number !== current).at(-1)
}

/** Whether what is asked for is more than any node has that keeps the old pod, even if nothing else ran there. */
function fitNowhere(holds: readonly BareHold[], rows: readonly StateRow[]): boolean {
  const shortages = holds.flatMap(({ fit }) => fit?.shortages ?? [])
  const waiting = rows.filter(({ shouldRun, updated }) => shouldRun && updated === false)
  const hasRoom = ({ object }: StateRow) =>
    shortages.every(({ resource, wants }) => {
      const room = object?.status?.allocatable && allocatableOf(object, resource)
      return room == null || amountOf(resource, room).value >= wants.value
    })
  return shortages.length > 0 && waiting.length > 0 && !waiting.some(hasRoom)
}

/** As much as the update has, beside what is stuck. */
function raised({ budget }: Ledger, why: string): Advice['raise'] {
  if (!budget || why !== 'budget') return undefined
  const { allowed, configured, rule, used } = budget
  const stuck = used.filter((user) => user.stuck).length
  return { kind: 'raise-budget', rule, from: configured, to: stuck + Math.max(1, Math.min(allowed, stuck)) }
}
