import type { DaemonSet } from '#kube/types.ts'
import { wavesGoingOn } from '../waves/annotations.ts'
import type { Look } from './settled.ts'
import type { BareHold, Finishes, Health, HoldCause, Verdict, VerdictCode } from './types.ts'

/** The codes from best to worst. */
export const verdictCodes: readonly VerdictCode[] = [
  'ok',
  'misscheduled',
  'deleting',
  'unobserved',
  'updating',
  'starting',
  'waits-for-delete',
  'no-node',
  'stuck',
  'no-pods',
]

/** What is in the way, in a word or two. */
const words: Readonly<Partial<Record<HoldCause, string>>> = {
  image: 'image',
  config: 'config',
  crash: 'crash',
  'not-ready': 'not ready',
  starting: 'starting',
  terminating: 'terminating',
  'no-room': 'no room',
  pressure: 'pressure',
  quota: 'quota',
  webhook: 'webhook',
  policy: 'policy',
  invalid: 'invalid',
  forbidden: 'forbidden',
  namespace: 'namespace',
}

/** How a DaemonSet is in two or three words, for a column, with a reason for programs. */
export function verdictOf(
  daemonSet: DaemonSet,
  { rows, settled, counters, holds }: Look,
  finishes: Finishes,
  health: Health,
): Verdict {
  const { desired, updated, available, misscheduled } = counters
  if (daemonSet.metadata?.deletionTimestamp) return { text: 'deleting', code: 'deleting' }
  if (desired === 0) return { text: 'no node', code: 'no-node' }
  const due = new Set(rows.filter(({ shouldRun }) => shouldRun).map(({ node }) => node))
  // A roll-out that is done is not stuck by a node that needs no pod any more.
  const matters = ({ nodes, side, stuck }: BareHold) =>
    stuck &&
    // As the status has it: old pods that are slow to go change nothing any more.
    !(finishes.can && finishes.done) &&
    // Within the budget it goes on in spite of a node.
    !(health === 'moving' && updated < desired && (side === 'nodes' || side === 'scheduling')) &&
    (!finishes.can || nodes.length === 0 || nodes.some((node) => due.has(node)))
  const worst = holds.find(matters)
  if (worst) {
    const none =
      worst.side === 'admission' &&
      settled.nodes === 0 &&
      rows.every(({ pods, shouldRun }) => !shouldRun || pods.length === 0)
    const what = wordFor(worst)
    return none
      ? { text: `no pods: ${what}`, code: 'no-pods', cause: worst.cause }
      : { text: `stuck: ${what}`, code: 'stuck', cause: worst.cause }
  }
  if ((daemonSet.metadata?.generation ?? 0) > (daemonSet.status?.observedGeneration ?? 0))
    return { text: 'not observed yet', code: 'unobserved' }
  if (!finishes.can) {
    const outdated = desired - updated
    const waves = finishes.why === 'on-delete' ? wavesGoingOn(daemonSet) : undefined
    if (waves) {
      const text = `${waves.paused === undefined ? 'in waves' : 'waves paused'} ${updated}/${desired}`
      return { text, code: 'waits-for-delete' }
    }
    if (finishes.why === 'on-delete')
      return { text: `waits for delete ${updated}/${desired}`, code: 'waits-for-delete' }
    if (finishes.why !== 'holds') return { text: `stuck: ${outdated} old`, code: 'stuck' }
  }
  if (updated < desired) return { text: `updating ${updated}/${desired}`, code: 'updating' }
  if (available < desired) return { text: `starting ${available}/${desired}`, code: 'starting' }
  if (misscheduled > 0) return { text: `misscheduled ${misscheduled}`, code: 'misscheduled' }
  return { text: 'ok', code: 'ok' }
}

function wordFor({ cause, nodes, reason, side }: BareHold): string {
  if (side === 'nodes') return nodes.length === 1 ? (nodes[0] ?? '') : `${nodes.length} nodes`
  return words[cause] ?? reason
}

/**
 * The verdict where the status says alone that all is well, or that no node matches: the controller reckons it from the same
 * pods and nodes. Undefined: pods and nodes have to be looked at.
 */
export function verdictByStatus({ metadata, status }: DaemonSet): Verdict | undefined {
  if (metadata?.deletionTimestamp) return { text: 'deleting', code: 'deleting' }
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) return undefined
  const desired = status?.desiredNumberScheduled ?? 0
  const { currentNumberScheduled, numberAvailable, numberReady, updatedNumberScheduled } = status ?? {}
  const counts = [currentNumberScheduled, numberReady, updatedNumberScheduled, numberAvailable]
  if ((status?.numberMisscheduled ?? 0) > 0 || counts.some((count) => (count ?? 0) !== desired))
    return undefined
  return desired === 0 ? { text: 'no node', code: 'no-node' } : { text: 'ok', code: 'ok' }
}
