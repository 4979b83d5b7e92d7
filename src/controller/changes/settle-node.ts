import type { CreateReason, DeleteReason } from '../actions.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { newDaemonPod } from '../new-pod.ts'
import { allNodes, syncPods } from '../sync-pods.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowsSurge, isUpdated } from '../update-strategy.ts'

/** What the controller makes of one node, once it has nothing more to do there. */
export interface SettledNode {
  /** The pods there at the start, without those on their way out. */
  readonly present: readonly DaemonPod[]
  /** Those of them that are still there at the end. */
  readonly kept: readonly DaemonPod[]
  /** Is one of those of an old revision? */
  readonly keepsOld: boolean
  /** Why the last pod made there was made; undefined: none was. */
  readonly created: CreateReason | undefined
  /** Why the last pod deleted there was deleted; undefined: none was. */
  readonly deleted: DeleteReason | undefined
}

/** The rules of a controller that may serve all nodes at once. */
export const withoutBudget = (rules: PodRules): PodRules => ({
  ...rules,
  maxUnavailable: Number.MAX_SAFE_INTEGER,
  maxSurge: allowsSurge(rules) ? Number.MAX_SAFE_INTEGER : 0,
})

/** More than any node takes: what is too much there goes in one sync, as what is outdated does. */
const mostSyncs = 10

/**
 * What comes of a node when nothing holds the controller up: syncs of this node alone until there is nothing more to do. A
 * deleted pod is gone by the next sync, and a pod of the present revision is available.
 *
 * @param rules See `withoutBudget`.
 */
export function settle(node: NodeState, rules: PodRules): SettledNode {
  const present = node.pods.filter((pod) => !pod.deleting)
  const alone = { ...node, pods: present.map((pod) => (isUpdated(pod, rules) ? available(pod) : pod)) }
  let created: CreateReason | undefined
  let deleted: DeleteReason | undefined
  for (let syncs = 0; syncs < mostSyncs; syncs++) {
    const { changes } = syncPods(allNodes([alone]), rules, undefined)
    if (changes.length === 0) break
    for (const change of changes)
      if ('pod' in change) {
        deleted = change.reason
        alone.pods = alone.pods.filter((pod) => pod !== change.pod)
      } else {
        created = change.reason
        alone.pods.push(available(newDaemonPod(rules)))
      }
  }
  const kept = alone.pods.filter((pod) => pod.source !== undefined)
  return { present, kept, keepsOld: kept.some((pod) => !isUpdated(pod, rules)), created, deleted }
}

const available = (pod: DaemonPod): DaemonPod => ({
  ...pod,
  ready: true,
  readyAt: Number.NEGATIVE_INFINITY,
})
