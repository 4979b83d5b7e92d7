import type { IntOrString } from '#kube/types.ts'
import type { DaemonPod, NodeState } from './daemon-pod.ts'
import { isAvailable } from './daemon-pod.ts'
import type { PodChanges, PodDeletion } from './manage.ts'
import type { PodRules } from './update-strategy.ts'
import { allowance, isUpdated } from './update-strategy.ts'

/** What uses up the budget of a rolling update: one line of the ledger. */
export interface BudgetEntry {
  readonly node: string
  /** Absent: the node should have a pod and has none. */
  readonly pod?: string
  readonly cause: 'terminating' | 'missing' | 'new-unavailable' | 'old-unavailable' | 'excess-pods'
}

/** The rolling update's allowance as this sync reckoned it. */
export interface Budget {
  readonly rule: 'maxUnavailable' | 'maxSurge'
  /** The number of nodes, after rounding percentages up. */
  readonly allowed: number
  /** As written in the DaemonSet. */
  readonly configured: IntOrString
  /** Nodes counted against it before anything was replaced by this sync. */
  readonly used: readonly BudgetEntry[]
}

export interface RollingUpdate extends PodChanges {
  readonly budget?: Budget
  /** Why upstream's update gives up: a setting that cannot be read, or with surge an old pod on a node that is gone. */
  readonly error?: string
}

/** Nodes that need no look, because nothing is to be done on them: how many should run a pod, and have an available one. */
export interface SettledNodes {
  readonly desired: number
  readonly available: number
}

/**
 * Which outdated pods go, and with surge which nodes get a second pod: `rollingUpdate` of upstream's `update.go`. Nodes
 * are served in the order given, which upstream leaves to chance. Nodes that are counted in `settled` are left out of it.
 */
export function rollingUpdate(
  nodes: readonly NodeState[],
  rules: PodRules,
  settled: SettledNodes = { desired: 0, available: 0 },
): RollingUpdate {
  const desired = nodes.reduce((sum, node) => sum + (node.shouldRun ? 1 : 0), settled.desired)
  const allowed = allowance(rules, desired)
  if ('error' in allowed) return { creations: [], deletions: [], error: allowed.error }
  if (allowed.maxSurge === 0) return replaceInPlace(nodes, rules, allowed.maxUnavailable)
  return replaceBeside(nodes, rules, allowed.maxSurge, settled.available - desired)
}

interface PodsOnNode {
  readonly updated: DaemonPod | undefined
  readonly outdated: DaemonPod | undefined
}

/** The live pods of a node, or undefined when there are several of one kind, which `manage` has to clear first. */
function podsOn(node: NodeState, rules: PodRules): PodsOnNode | undefined {
  let updated: DaemonPod | undefined
  let outdated: DaemonPod | undefined
  for (const pod of node.pods) {
    if (pod.deleting) continue
    if (isUpdated(pod, rules)) {
      if (updated) return undefined
      updated = pod
    } else {
      if (outdated) return undefined
      outdated = pod
    }
  }
  return { updated, outdated }
}

function emptyNodeEntry(node: NodeState): BudgetEntry {
  const leaving = node.pods[0]
  return leaving
    ? { node: node.name, pod: leaving.name, cause: 'terminating' }
    : { node: node.name, cause: 'missing' }
}

/** Without surge: unavailable old pods go at once, available ones while the budget lasts. */
function replaceInPlace(nodes: readonly NodeState[], rules: PodRules, maxUnavailable: number): RollingUpdate {
  const used: BudgetEntry[] = []
  const replacements: PodDeletion[] = []
  const candidates: PodDeletion[] = []
  let uncounted = 0
  for (const node of nodes) {
    if (node.pods.length === 0 && !node.shouldRun) continue
    const pods = podsOn(node, rules)
    if (!pods || (pods.updated && pods.outdated)) used.push({ node: node.name, cause: 'excess-pods' })
    else if (pods.updated) {
      if (!isAvailable(pods.updated, rules.minReady, rules.now))
        used.push({ node: node.name, pod: pods.updated.name, cause: 'new-unavailable' })
    } else if (!pods.outdated) used.push(emptyNodeEntry(node))
    else if (!isAvailable(pods.outdated, rules.minReady, rules.now)) {
      replacements.push({ node, pod: pods.outdated, reason: 'outdated-unavailable' })
      used.push({ node: node.name, pod: pods.outdated.name, cause: 'old-unavailable' })
      if (!rules.countsOldUnavailable) uncounted++
    } else candidates.push({ node, pod: pods.outdated, reason: 'outdated' })
  }
  const remaining = Math.max(0, maxUnavailable - (used.length - uncounted))
  return {
    creations: [],
    deletions: [...replacements, ...candidates.slice(0, remaining)],
    budget: {
      rule: 'maxUnavailable',
      allowed: maxUnavailable,
      configured: rules.maxUnavailable ?? 0,
      used: uncounted === 0 ? used : used.filter((entry) => entry.cause !== 'old-unavailable'),
    },
  }
}

/** With surge: a new pod beside the old one, which goes once the new one is available. */
function replaceBeside(
  nodes: readonly NodeState[],
  rules: PodRules,
  maxSurge: number,
  spareOfSettled: number,
): RollingUpdate {
  const changes: PodChanges = { creations: [], deletions: [] }
  const candidates: NodeState[] = []
  const shouldNotRun: PodDeletion[] = []
  const used: BudgetEntry[] = []
  let spare = spareOfSettled
  for (const node of nodes) {
    const pods = podsOn(node, rules)
    if (!pods) {
      used.push({ node: node.name, cause: 'excess-pods' })
      continue
    }
    const { updated, outdated } = pods
    const serving = outdated ?? updated
    if (serving && isAvailable(serving, rules.minReady, rules.now)) spare++
    if (!outdated) continue
    if (updated) {
      if (isAvailable(updated, rules.minReady, rules.now))
        changes.deletions.push({ node, pod: outdated, reason: 'superseded' })
      else used.push({ node: node.name, pod: updated.name, cause: 'new-unavailable' })
      continue
    }
    if (!node.exists)
      return { creations: [], deletions: [], error: `node ${node.name} of an old pod does not exist` }
    const outdatedAvailable = isAvailable(outdated, rules.minReady, rules.now)
    if (!node.shouldRun) {
      if (outdatedAvailable) shouldNotRun.push({ node, pod: outdated, reason: 'should-not-run' })
      else changes.deletions.push({ node, pod: outdated, reason: 'should-not-run' })
    } else if (!outdatedAvailable) changes.creations.push({ node, reason: 'surge-unavailable' })
    else candidates.push(node)
  }
  changes.deletions.push(...shouldNotRun.slice(0, Math.max(0, spare)))
  for (const node of candidates.slice(0, Math.max(0, maxSurge - used.length)))
    changes.creations.push({ node, reason: 'surge' })
  return {
    ...changes,
    budget: { rule: 'maxSurge', allowed: maxSurge, configured: rules.maxSurge ?? 0, used },
  }
}
