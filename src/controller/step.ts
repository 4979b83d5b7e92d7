import type { DaemonSet, DaemonSetStatus } from '#kube/types.ts'
import type { Action } from './actions.ts'
import { createMessage, deleteMessage } from './actions.ts'
import { claim } from './claim.ts'
import type { DaemonPod, NodeState } from './daemon-pod.ts'
import { isAvailable } from './daemon-pod.ts'
import { countNodes, statusDiffers, statusOf } from './daemon-set-status.ts'
import type { FailedPodsBackoff } from './failed-pods-backoff.ts'
import type { ManageResult, PodChanges } from './manage.ts'
import { manage } from './manage.ts'
import type { World } from './node-states.ts'
import { gather } from './node-states.ts'
import { adoptRevision, cleanUpHistory, constructHistory, releaseRevision } from './revision-history.ts'
import type { Budget, RollingUpdate } from './rolling-update.ts'
import { rollingUpdate } from './rolling-update.ts'
import type { StepInput } from './step-input.ts'
import type { DaemonSetReading } from './step-memory.ts'
import { Reader } from './step-memory.ts'
import type { PodRules } from './update-strategy.ts'
import { podRules } from './update-strategy.ts'

export interface StepResult {
  /** In the order in which the controller sends them. */
  readonly actions: readonly Action[]
  /** The whole status as it would be written. */
  readonly status: DaemonSetStatus
  /** False: the stored status says the same already, nothing is written. */
  readonly statusChanged: boolean
  /** Of the current revision; undefined when the sync ended before there was one. */
  readonly hash: string | undefined
  readonly revision: number | undefined
  /** Absent for OnDelete, when pods were created or deleted before it was its turn, and when the sync ended early. */
  readonly budget?: Budget
  /** Milliseconds from now after which the answer can change by time alone (minReadySeconds, back-off). */
  readonly requeueAfter?: number
  readonly failedPodsBackoff: FailedPodsBackoff
  /** Why nothing was done: the selector is empty, the DaemonSet is being deleted, a collision ended the sync. */
  readonly skipped?: 'selects-all-pods' | 'being-deleted' | 'collision'
  /** Why the rolling update gave up; the clean-up of revisions is left out then, the status is not. */
  readonly error?: string
}

/**
 * One sync of the DaemonSet controller: what it would do next, why, and the status it would write. Mirrors `syncDaemonSet`
 * of upstream's `daemon_controller.go` (v1.36): history first, then one pod a node, then the rolling update, the clean-up
 * of old revisions, the status. Nothing given is changed. Broken objects are passed over as upstream passes over them.
 */
export function step(input: StepInput): StepResult {
  const { daemonSet } = input
  const idle = {
    actions: [],
    status: daemonSet.status ?? {},
    statusChanged: false,
    hash: undefined,
    revision: undefined,
    failedPodsBackoff: input.failedPodsBackoff ?? new Map(),
  }
  if (selectsEverything(daemonSet)) return { ...idle, skipped: 'selects-all-pods' }
  if (daemonSet.metadata?.deletionTimestamp) return { ...idle, skipped: 'being-deleted' }

  const reader = new Reader(input.memory)
  const reading = reader.daemonSet(daemonSet, input.comparisonOperators ?? false)
  const history = syncHistory(input, reader, reading)
  if (!history.current) {
    const counted = history.actions.find((action) => action.kind === 'CountCollision')
    const collisionCount = counted?.collisionCount ?? 0
    const status = { ...daemonSet.status, collisionCount }
    return { ...idle, actions: history.actions, status, statusChanged: true, skipped: 'collision' }
  }
  const { hash, number: revision } = history.current
  const world = gather(input, reader, reading)
  const rules = podRules(input, hash)
  const relabelled = history.relabelsPods ? relabel(world, hash) : []
  const synced =
    input.expectationsMet === false
      ? nothingSynced(input)
      : syncPods(world.nodes, rules, input, (limit) =>
          cleanUpHistory(history.old, limit, history.relabelsPods ? new Set([hash]) : world.liveHashes),
        )
  const counters = countNodes(world.nodes, rules)
  const requeueAfter = nextMoment(world.nodes, rules, synced.retryAt)
  return {
    actions: [...history.actions, ...relabelled, ...world.ownership, ...synced.actions],
    status: statusOf(daemonSet, counters, input.expectationsMet !== false),
    statusChanged: statusDiffers(daemonSet, counters),
    hash,
    revision,
    ...(synced.budget && { budget: synced.budget }),
    ...(requeueAfter !== undefined && { requeueAfter }),
    failedPodsBackoff: synced.backoff,
    ...(synced.error !== undefined && { error: synced.error }),
  }
}

function selectsEverything(daemonSet: DaemonSet): boolean {
  const selector = daemonSet.spec?.selector
  return Boolean(
    selector &&
      Object.keys(selector.matchLabels ?? {}).length === 0 &&
      (selector.matchExpressions ?? []).length === 0,
  )
}

function syncHistory(input: StepInput, reader: Reader, reading: DaemonSetReading) {
  const { daemonSet, revisions } = input
  const claims = claim(revisions, daemonSet, reading.matches)
  const history = constructHistory({
    daemonSet,
    data: reading.data,
    owned: claims.claimed,
    all: revisions,
    dataOf: (revision) => reader.revisionData(revision),
    hashFor: input.hashFor ?? ((request) => `revision-${request.revision}`),
  })
  const ownership = [...claims.adopted.map(adoptRevision), ...claims.released.map(releaseRevision)]
  return { ...history, actions: [...ownership, ...history.actions] }
}

/** After a duplicate revision was found all pods carry the hash of the one that stays, which the sync goes on with. */
function relabel(world: World, hash: string): Action[] {
  const actions: Action[] = []
  for (const node of world.nodes) {
    node.pods = node.pods.map((pod) => {
      if (pod.hash === hash || !pod.source) return pod
      const message = `${pod.name}: its revision was one of several with the same template`
      actions.push({ kind: 'RelabelPod', pod: pod.source, name: pod.name, hash, message })
      return { ...pod, hash }
    })
  }
  return actions
}

interface Synced {
  readonly actions: readonly Action[]
  readonly backoff: ManageResult['backoff']
  readonly retryAt?: number | undefined
  readonly budget?: RollingUpdate['budget']
  readonly error?: string | undefined
}

const nothingSynced = (input: StepInput): Synced => ({
  actions: [],
  backoff: input.failedPodsBackoff ?? new Map(),
})

function syncPods(
  nodes: readonly NodeState[],
  rules: PodRules,
  input: StepInput,
  cleanUp: (limit: number) => readonly Action[],
): Synced {
  const managed = manage(nodes, rules, input.failedPodsBackoff)
  const actions = carryOut(managed, rules, input.ownWritesVisible ?? false)
  const waits = actions.length > 0 && !input.ownWritesVisible
  const rolled: RollingUpdate | undefined = rules.onDelete || waits ? undefined : rollingUpdate(nodes, rules)
  if (rolled && rolled.error === undefined)
    actions.push(...carryOut(rolled, rules, input.ownWritesVisible ?? false))
  if (rolled?.error === undefined) actions.push(...cleanUp(input.daemonSet.spec?.revisionHistoryLimit ?? 10))
  return {
    actions,
    backoff: input.failedPodsBackoff ? managed.backoff : new Map(),
    retryAt: managed.retryAt,
    budget: rolled?.budget,
    error: rolled?.error,
  }
}

/** The first of the changes, as many as one sync may send; seen at once, they alter the nodes given. */
function carryOut(changes: PodChanges, rules: PodRules, visible: boolean): Action[] {
  const actions: Action[] = []
  const surplus = new Map<NodeState, Set<DaemonPod>>()
  for (const { node, reason } of changes.creations.slice(0, rules.burst)) {
    const message = createMessage(node.name, reason)
    actions.push({ kind: 'CreatePod', node: node.name, hash: rules.hash, reason, message })
    if (visible) node.pods.push(bornNow(rules))
  }
  for (const { node, pod, reason } of changes.deletions.slice(0, rules.burst)) {
    const message = deleteMessage(pod.name, node.name, reason)
    const shared = { name: pod.name, node: node.name, reason, message }
    if (pod.source) actions.push({ kind: 'DeletePod', pod: pod.source, ...shared })
    const gone = surplus.get(node) ?? new Set()
    surplus.set(node, gone.add(pod))
  }
  if (visible) for (const [node, gone] of surplus) node.pods = node.pods.filter((pod) => !gone.has(pod))
  return actions
}

const bornNow = (rules: PodRules): DaemonPod => ({
  name: '',
  bound: false,
  createdAt: rules.now,
  deleting: false,
  phase: 'Pending',
  ready: false,
  readyAt: Number.NaN,
  hash: rules.hash,
  generation: rules.generation ?? '',
  source: undefined,
})

/** Milliseconds until a ready pod has been so for minReadySeconds, or a failed one may be replaced. */
function nextMoment(nodes: readonly NodeState[], rules: PodRules, retryAt: number | undefined) {
  let at = retryAt ?? Number.POSITIVE_INFINITY
  if (rules.minReady > 0)
    for (const node of nodes)
      for (const pod of node.pods)
        if (pod.ready && !isAvailable(pod, rules.minReady, rules.now))
          at = Math.min(at, pod.readyAt + rules.minReady)
  return Number.isFinite(at) ? at - rules.now : undefined
}
