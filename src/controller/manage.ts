import type { CreateReason, DeleteReason } from './actions.ts'
import type { DaemonPod, NodeState } from './daemon-pod.ts'
import { byAge, isAvailable, isFinished } from './daemon-pod.ts'
import type { FailedPodsBackoff } from './failed-pods-backoff.ts'
import { BackOff } from './failed-pods-backoff.ts'
import type { PodRules } from './update-strategy.ts'
import { allowsSurge } from './update-strategy.ts'

interface PodCreation {
  readonly node: NodeState
  readonly reason: CreateReason
}

export interface PodDeletion {
  readonly node: NodeState
  readonly pod: DaemonPod
  readonly reason: DeleteReason
}

export type PodChange = PodCreation | PodDeletion

/** Pods to make and to remove, in the order in which they are served. */
export interface PodChanges {
  readonly creations: PodCreation[]
  readonly deletions: PodDeletion[]
}

interface ManageResult extends PodChanges {
  readonly backoff: FailedPodsBackoff
  /** The earliest moment at which a failed pod may be replaced that had to wait. */
  readonly retryAt: number | undefined
}

const noWaits: FailedPodsBackoff = new Map()

/**
 * One pod on every node that should have one, and none where it may not stay: `manage` and `podsShouldBeOnNode` of
 * upstream's `daemon_controller.go`. Outdated pods are not its business.
 */
export function manage(
  nodes: readonly NodeState[],
  rules: PodRules,
  waits: FailedPodsBackoff | undefined,
): ManageResult {
  const changes: PodChanges = { creations: [], deletions: [] }
  const backoff = waits && new BackOff(waits, rules.now)
  const surges = allowsSurge(rules)
  for (const node of nodes) {
    if (!node.exists) removeUnscheduled(node, changes)
    else if (node.shouldRun && node.pods.length === 0) changes.creations.push({ node, reason: 'missing' })
    else if (node.shouldContinueRunning) {
      const running = replaceFinished(node, changes, backoff)
      if (surges) keepOldAndNew(node, running, rules, changes)
      else if (running.length > 1) removeAll(node, running.sort(byAge).slice(1), 'duplicate', changes)
    } else removeAll(node, node.pods, 'not-allowed', changes)
  }
  return { ...changes, backoff: backoff?.waits ?? noWaits, retryAt: backoff?.retryAt }
}

function removeAll(
  node: NodeState,
  pods: readonly DaemonPod[],
  reason: DeleteReason,
  changes: PodChanges,
): void {
  for (const pod of pods) if (!pod.deleting) changes.deletions.push({ node, pod, reason })
}

/** Nobody else removes them: the pod garbage collector looks at pods that were bound to a node. */
function removeUnscheduled(node: NodeState, changes: PodChanges): void {
  const unscheduled = node.pods.filter((pod) => !pod.bound)
  removeAll(node, unscheduled, 'node-gone', changes)
}

/** Marks finished pods for deletion and answers with those that run or wait to. */
function replaceFinished(node: NodeState, changes: PodChanges, backoff: BackOff | undefined): DaemonPod[] {
  if (node.pods.every((pod) => !pod.deleting && !isFinished(pod))) return [...node.pods]
  const running: DaemonPod[] = []
  for (const pod of node.pods) {
    if (pod.deleting) continue
    if (pod.phase === 'Failed') {
      if (backoff?.mayReplace(node.name) ?? true) changes.deletions.push({ node, pod, reason: 'failed' })
    } else if (pod.phase === 'Succeeded') changes.deletions.push({ node, pod, reason: 'succeeded' })
    else running.push(pod)
  }
  return running
}

/**
 * With surge two pods may share a node while the old one is ready and the new one not yet available. A node whose only
 * pods are on their way out gets a new one without waiting for them.
 */
function keepOldAndNew(node: NodeState, running: DaemonPod[], rules: PodRules, changes: PodChanges): void {
  if (running.length === 0 && node.shouldRun) changes.creations.push({ node, reason: 'missing' })
  let newest: DaemonPod | undefined
  let outdated: DaemonPod | undefined
  for (const pod of running.sort(byAge)) {
    const isNew = pod.hash === rules.hash
    if (isNew && !newest) newest = pod
    else if (!isNew && !outdated) outdated = pod
    else changes.deletions.push({ node, pod, reason: 'duplicate' })
  }
  if (newest && outdated && (!outdated.ready || isAvailable(newest, rules.minReady, rules.now)))
    changes.deletions.push({ node, pod: outdated, reason: 'superseded' })
}
