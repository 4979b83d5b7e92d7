import type { NodeState } from './daemon-pod.ts'
import type { FailedPodsBackoff } from './failed-pods-backoff.ts'
import type { PodChange, PodChanges } from './manage.ts'
import { manage } from './manage.ts'
import type { RollingUpdate, SettledNodes } from './rolling-update.ts'
import { rollingUpdate } from './rolling-update.ts'
import type { PodRules } from './update-strategy.ts'

/** The nodes of a sync. One who knows on which of them nothing can be to do may leave those out. */
export interface NodesToSync {
  /** Those that may have a pod too many or too few. */
  readonly changed: readonly NodeState[]
  /** Those that count in a rolling update; asked for only if the sync comes to it. */
  readonly toUpdate: () => { readonly nodes: readonly NodeState[]; readonly settled?: SettledNodes }
}

/** Every node, with nothing known about any. */
export const allNodes = (nodes: readonly NodeState[]): NodesToSync => ({
  changed: nodes,
  toUpdate: () => ({ nodes }),
})

interface PodSync {
  /** In the order in which they are sent. */
  readonly changes: readonly PodChange[]
  /** There was more to do than one sync may send. */
  readonly cut: boolean
  readonly backoff: FailedPodsBackoff
  /** The earliest moment at which a failed pod may be replaced that had to wait. */
  readonly retryAt: number | undefined
  /** Absent for OnDelete, and when it had to wait for pods that this sync creates or deletes. */
  readonly update?: Pick<RollingUpdate, 'budget' | 'error'>
}

/**
 * What one sync does about pods: one on each node that should have one, then the rolling update, which waits for the next
 * sync if there was anything to do before it. `updateDaemonSet` of upstream's `daemon_controller.go`. The plan, the
 * simulation and the sandbox (through `step`) all decide here.
 *
 * @param waits Of the last sync; undefined: failed pods are replaced without waiting.
 * @param seeAtOnce Makes a change visible in the nodes given; then the rolling update sees it and does not wait.
 */
export function syncPods(
  nodes: NodesToSync,
  rules: PodRules,
  waits: FailedPodsBackoff | undefined,
  seeAtOnce?: (change: PodChange) => void,
): PodSync {
  const managed = manage(nodes.changed, rules, waits)
  const { backoff, retryAt } = managed
  const changes = inOneSync(managed, rules)
  const cut = isCut(managed, rules)
  if (seeAtOnce) changes.forEach(seeAtOnce)
  if (rules.onDelete || (changes.length > 0 && !seeAtOnce)) return { changes, cut, backoff, retryAt }
  const { nodes: toUpdate, settled } = nodes.toUpdate()
  const update = rollingUpdate(toUpdate, rules, settled)
  const updates = inOneSync(update, rules)
  if (seeAtOnce) updates.forEach(seeAtOnce)
  return { changes: changes.concat(updates), cut: cut || isCut(update, rules), backoff, retryAt, update }
}

const inOneSync = ({ creations, deletions }: PodChanges, { burst }: PodRules): PodChange[] =>
  (creations.slice(0, burst) as PodChange[]).concat(deletions.slice(0, burst))

const isCut = ({ creations, deletions }: PodChanges, { burst }: PodRules) =>
  creations.length > burst || deletions.length > burst
