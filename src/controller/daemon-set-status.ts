import type { DaemonSet, DaemonSetStatus } from '#kube/types.ts'
import type { NodeState } from './daemon-pod.ts'
import { byAge, isAvailable } from './daemon-pod.ts'
import type { PodRules } from './update-strategy.ts'
import { isUpdated } from './update-strategy.ts'

/** The counters of a DaemonSet's status. */
export interface Counters {
  readonly desired: number
  readonly current: number
  readonly ready: number
  readonly updated: number
  readonly available: number
  readonly unavailable: number
  readonly misscheduled: number
}

/** The status counters: on each node the oldest pod speaks for it. `updateDaemonSetStatus` of upstream. */
export function countNodes(nodes: readonly NodeState[], rules: PodRules): Counters {
  let [desired, current, ready, updated, available, misscheduled] = [0, 0, 0, 0, 0, 0]
  for (const node of nodes) {
    if (!node.exists) continue
    if (!node.shouldRun) {
      if (node.pods.length > 0) misscheduled++
      continue
    }
    desired++
    const oldest = node.pods.length > 1 ? [...node.pods].sort(byAge)[0] : node.pods[0]
    if (!oldest) continue
    current++
    if (oldest.ready) ready++
    if (isAvailable(oldest, rules.minReady, rules.now)) available++
    if (isUpdated(oldest, rules)) updated++
  }
  return { desired, current, ready, updated, available, unavailable: desired - available, misscheduled }
}

/**
 * The status as it stands on the wire: some counters are left out when they are zero. `observed` is false when the sync
 * did not get to act on this generation, which is then not reported as seen.
 */
export function statusOf(daemonSet: DaemonSet, counters: Counters, observed: boolean): DaemonSetStatus {
  const before = daemonSet.status
  const generation = observed ? (daemonSet.metadata?.generation ?? 0) : (before?.observedGeneration ?? 0)
  return {
    currentNumberScheduled: counters.current,
    numberMisscheduled: counters.misscheduled,
    desiredNumberScheduled: counters.desired,
    numberReady: counters.ready,
    ...(generation !== 0 && { observedGeneration: generation }),
    ...(counters.updated !== 0 && { updatedNumberScheduled: counters.updated }),
    ...(counters.available !== 0 && { numberAvailable: counters.available }),
    ...(counters.unavailable !== 0 && { numberUnavailable: counters.unavailable }),
    ...(typeof before?.collisionCount === 'number' && { collisionCount: before.collisionCount }),
  }
}

/** Would the controller write this status? It compares the counters, and whether the generation was seen. */
export function statusDiffers(daemonSet: DaemonSet, counters: Counters): boolean {
  const before = daemonSet.status
  return (
    (before?.desiredNumberScheduled ?? 0) !== counters.desired ||
    (before?.currentNumberScheduled ?? 0) !== counters.current ||
    (before?.numberMisscheduled ?? 0) !== counters.misscheduled ||
    (before?.numberReady ?? 0) !== counters.ready ||
    (before?.updatedNumberScheduled ?? 0) !== counters.updated ||
    (before?.numberAvailable ?? 0) !== counters.available ||
    (before?.numberUnavailable ?? 0) !== counters.unavailable ||
    (before?.observedGeneration ?? 0) < (daemonSet.metadata?.generation ?? 0)
  )
}
