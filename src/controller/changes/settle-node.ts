import type { DeleteReason } from '../actions.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { isAvailable } from '../daemon-pod.ts'
import { newDaemonPod } from '../new-pod.ts'
import { allNodes, syncPods } from '../sync-pods.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowance, isUpdated } from '../update-strategy.ts'

/** What the controller makes of one node, once it has nothing more to do there. */
export interface SettledNode {
  /** The pods there at the start, without those on their way out. */
  readonly present: readonly DaemonPod[]
  /** Those of them that are still there at the end. */
  readonly kept: readonly DaemonPod[]
  /** Is one of those of an old revision? */
  readonly keepsOld: boolean
  /** Had the pod made there to start while another was still there? */
  readonly startsBeside: boolean
  /** Why the last pod deleted there was deleted; undefined: none was. */
  readonly deleted: DeleteReason | undefined
}

/** The rules of a controller that serves all nodes at once, unless a budget of nothing lets it serve none. */
export function withoutBudget(rules: PodRules, desired: number): PodRules {
  const allowed = allowance(rules, desired)
  if ('error' in allowed || (allowed.maxUnavailable === 0 && allowed.maxSurge === 0)) return rules
  const all = Number.MAX_SAFE_INTEGER
  return { ...rules, maxUnavailable: all, maxSurge: allowed.maxSurge === 0 ? 0 : all }
}

/** More than any node takes: what is too much there goes in one sync, as what is outdated does. */
const mostSyncs = 12

/**
 * What comes of a node when nothing holds the controller up: syncs of this node alone until there is nothing more to do. A
 * deleted pod is gone by the next sync; a pod of the present revision is available once the controller waits for that.
 *
 * @param rules See `withoutBudget`.
 */
export function settle(node: NodeState, rules: PodRules): SettledNode {
  const present = node.pods.filter((pod) => !pod.deleting)
  const alone = { ...node, pods: present }
  let startsBeside = false
  let deleted: DeleteReason | undefined
  for (let syncs = 0; syncs < mostSyncs; syncs++) {
    const { changes } = syncPods(allNodes([alone]), rules, undefined)
    for (const change of changes)
      if ('pod' in change) {
        deleted = change.reason
        alone.pods = alone.pods.filter((pod) => pod !== change.pod)
      } else alone.pods = [...alone.pods, newDaemonPod(rules)]
    if (changes.length > 0) continue
    const starting = alone.pods.find((pod) => isStarting(pod, rules))
    if (!starting) break
    if (alone.pods.length > 1) startsBeside = true
    alone.pods = alone.pods.map((pod) => (pod === starting ? available(pod) : pod))
  }
  const kept = alone.pods.filter((pod) => pod.source !== undefined)
  return { present, kept, keepsOld: kept.some((pod) => !isUpdated(pod, rules)), startsBeside, deleted }
}

const isStarting = (pod: DaemonPod, rules: PodRules) =>
  isUpdated(pod, rules) && !isAvailable(pod, rules.minReady, rules.now)

const available = (pod: DaemonPod): DaemonPod => ({
  ...pod,
  ready: true,
  readyAt: Number.NEGATIVE_INFINITY,
})
