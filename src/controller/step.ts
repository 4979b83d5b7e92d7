import { KdsError } from '#base/errors.ts'
import type { DaemonSet, DaemonSetStatus } from '#kube/types.ts'
import type { Action } from './actions.ts'
import { createMessage, deleteMessage } from './actions.ts'
import type { NodeState } from './daemon-pod.ts'
import { countNodes, statusDiffers, statusOf } from './daemon-set-status.ts'
import type { FailedPodsBackoff } from './failed-pods-backoff.ts'
import type { PodChange } from './manage.ts'
import { newDaemonPod } from './new-pod.ts'
import { gather, relabel } from './node-states.ts'
import { cleanUpHistory, syncHistory } from './revision-history.ts'
import type { Budget } from './rolling-update.ts'
import type { StepInput } from './step-input.ts'
import { type DaemonSetReading, Reader } from './step-memory.ts'
import { allNodes, syncPods } from './sync-pods.ts'
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
  readonly skipped?: 'selects-all-pods' | 'being-deleted' | 'collision' | 'invalid-selector'
  /** What is wrong with the selector; or why the rolling update gave up: the clean-up of revisions is left out then, the status is not. */
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
  const reading = readingOf(daemonSet, reader, input.comparisonOperators ?? false)
  if ('error' in reading) return { ...idle, skipped: 'invalid-selector', error: reading.error }
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
  const observed = input.expectationsMet !== false
  const synced = observed
    ? syncPods(
        allNodes(world.nodes),
        rules,
        input.failedPodsBackoff,
        input.ownWritesVisible ? carryOut(rules) : undefined,
      )
    : undefined
  const { budget, error } = synced?.update ?? {}
  const cleanUp =
    synced && error === undefined
      ? cleanUpHistory(
          history.old,
          daemonSet.spec?.revisionHistoryLimit ?? 10,
          history.relabelsPods ? new Set<string>() : world.liveHashes,
        )
      : []
  const counters = countNodes(world.nodes, rules)
  const requeueAfter = nextMoment(world.nodes, rules, synced?.retryAt)
  return {
    actions: [
      ...history.actions,
      ...relabelled,
      ...world.ownership,
      ...(synced?.changes ?? []).flatMap((change) => actionFor(change, rules) ?? []),
      ...cleanUp,
    ],
    status: statusOf(daemonSet, counters, observed),
    statusChanged: statusDiffers(daemonSet, counters),
    hash,
    revision,
    ...(budget && { budget }),
    ...(requeueAfter !== undefined && { requeueAfter }),
    failedPodsBackoff: synced?.backoff ?? idle.failedPodsBackoff,
    ...(error !== undefined && { error }),
  }
}

/** A selector that cannot be read ends the sync, as an error of `LabelSelectorAsSelector` does upstream. */
function readingOf(
  daemonSet: DaemonSet,
  reader: Reader,
  comparisonOperators: boolean,
): DaemonSetReading | { readonly error: string } {
  try {
    return reader.daemonSet(daemonSet, comparisonOperators)
  } catch (error) {
    if (error instanceof KdsError) return { error: error.message }
    throw error
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

/** What is to be sent for a change; undefined for a pod that is not in the cluster: this very sync has made it. */
function actionFor(change: PodChange, { hash }: PodRules): Action | undefined {
  const node = change.node.name
  if (!('pod' in change)) {
    const message = createMessage(node, change.reason)
    return { kind: 'CreatePod', node, hash, reason: change.reason, message }
  }
  const { reason } = change
  const { name, source } = change.pod
  return (
    source && {
      kind: 'DeletePod',
      pod: source,
      name,
      node,
      reason,
      message: deleteMessage(name, node, reason),
    }
  )
}

/** Shows a change in the nodes: the new pod is there, the deleted one gone. */
const carryOut = (rules: PodRules) => (change: PodChange) => {
  const { node } = change
  if ('pod' in change) node.pods = node.pods.filter((pod) => pod !== change.pod)
  else node.pods.push(newDaemonPod(rules))
}

/** Milliseconds until a ready pod has been so for minReadySeconds, or a failed one may be replaced. */
function nextMoment(nodes: readonly NodeState[], rules: PodRules, retryAt: number | undefined) {
  let at = retryAt ?? Number.POSITIVE_INFINITY
  if (rules.minReady > 0)
    for (const node of nodes)
      for (const pod of node.pods) {
        const availableAt = pod.readyAt + rules.minReady
        if (pod.ready && availableAt > rules.now) at = Math.min(at, availableAt)
      }
  return Number.isFinite(at) ? at - rules.now : undefined
}
