import type { DeleteReason } from '../actions.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { isAvailable, isFinished } from '../daemon-pod.ts'
import { newDaemonPod } from '../new-pod.ts'
import { syncPods } from '../sync-pods.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowance, isUpdated } from '../update-strategy.ts'

/** A node as the controller leaves it once it has nothing more to do there. */
export interface SettledNode extends NodeState {
  /** The pods there at the start, without those on their way out. */
  readonly present: readonly DaemonPod[]
  /** Those on their way out. */
  readonly leaving: readonly DaemonPod[]
  /** Was a pod made while another was still there? */
  madeBeside: boolean
  /** Did that have to start before the other went? */
  startsBeside: boolean
  /** Why the last pod deleted there was deleted; undefined: none was. */
  deleted: DeleteReason | undefined
}

const all = Number.MAX_SAFE_INTEGER

/** The rules of a controller that serves all nodes at once, unless a budget of nothing lets it update none. */
export function withoutBudget(rules: PodRules, desired: number): PodRules {
  const allowed = allowance(rules, desired)
  const unhurried = { ...rules, burst: all }
  if ('error' in allowed || (allowed.maxUnavailable === 0 && allowed.maxSurge === 0)) return unhurried
  return { ...unhurried, maxUnavailable: all, maxSurge: allowed.maxSurge === 0 ? 0 : all }
}

/** More than any node takes: what is too much there goes in one sync, as what is outdated does. */
const mostSyncs = 12

/**
 * What comes of the nodes when nothing holds the controller up: syncs until there is nothing more to do. A deleted pod is
 * gone by the next sync; a pod of the present revision is available once the controller waits for that.
 *
 * @param rules See `withoutBudget`.
 */
export function settle(nodes: readonly NodeState[], rules: PodRules): readonly SettledNode[] {
  const settled = nodes.map(unsettled)
  const isActive = (node: SettledNode) => !isDone(node, rules)
  let active = settled.filter(isActive)
  for (let syncs = 0; syncs < mostSyncs && active.length > 0; syncs++) {
    const toUpdate = { nodes: active, settled: { desired: 0, available: all } }
    const { changes } = syncPods({ changed: active, toUpdate: () => toUpdate }, rules, undefined)
    for (const change of changes) {
      const node = change.node as SettledNode
      if ('pod' in change) {
        node.deleted = change.reason
        node.pods = node.pods.filter((pod) => pod !== change.pod)
      } else {
        if (node.pods.length > 0) node.madeBeside = true
        node.pods = [...node.pods, newDaemonPod(rules)]
      }
    }
    if (changes.length === 0) active = active.filter((node) => start(node, rules))
    active = active.filter(isActive)
  }
  return settled
}

function unsettled({ name, exists, shouldRun, shouldContinueRunning, pods }: NodeState): SettledNode {
  const leaving = pods.filter((pod) => pod.deleting)
  const present = leaving.length > 0 ? pods.filter((pod) => !pod.deleting) : pods
  return {
    name,
    exists,
    shouldRun,
    shouldContinueRunning,
    pods: present,
    present,
    leaving,
    madeBeside: false,
    startsBeside: false,
    deleted: undefined,
  }
}

/** The right pod and no other, or none where none should be: there is nothing to do for the controller. */
function isDone({ shouldRun, shouldContinueRunning, pods }: NodeState, rules: PodRules): boolean {
  const [pod] = pods
  if (!pod) return !shouldRun
  return pods.length === 1 && shouldContinueRunning && isUpdated(pod, rules) && !isFinished(pod)
}

/** Makes the pod available for whose sake the controller leaves another in its place; false if there is none. */
function start(node: SettledNode, rules: PodRules): boolean {
  const starting = node.pods.find(
    (pod) => isUpdated(pod, rules) && !isAvailable(pod, rules.minReady, rules.now),
  )
  if (!starting) return false
  node.startsBeside = true
  const started = { ...starting, ready: true, readyAt: Number.NEGATIVE_INFINITY }
  node.pods = node.pods.map((pod) => (pod === starting ? started : pod))
  return true
}
