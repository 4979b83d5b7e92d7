import { escapeJson } from '#base/escape.ts'
import type { Judgement } from '#controller/rollout-status.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import { budgetDocument, holdDocument } from '../state/document.ts'
import type { Summary } from './summary.ts'

interface StatusEvent {
  readonly namespace: string
  readonly name: string
  readonly generation: number
  readonly judgement: Judgement
  /** kubectl's line about it. */
  readonly message: string
  readonly counts: {
    readonly desired: number
    readonly updated: number
    readonly ready: number
    readonly available: number
    readonly unavailable: number
  }
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** One line of `kds rollout status -o json`: a change of the DaemonSet. */
export function statusEventLine(event: StatusEvent): string {
  const { counts, generation, judgement, message, name, namespace, now } = event
  return line('RolloutStatus', { namespace, name }, now, {
    state: judgement.state,
    generation,
    ...counts,
    message,
  })
}

/** The line of `kds rollout status -o json` that says what holds the roll-out back, what to do about it, and who uses up the budget. */
export function holdsEventLine(state: DaemonSetState, now: number): string {
  const { budget, daemonSet, finishes, health, held, holds, verdict } = state
  const subject = { namespace: daemonSet.metadata?.namespace ?? '', name: daemonSet.metadata?.name ?? '' }
  return line('RolloutHolds', subject, now, {
    standing: health,
    holds: held.map(({ pod, node, updated, side, reason, message, restarts }) => ({
      pod,
      node,
      updated,
      side,
      reason,
      message,
      restarts,
    })),
    verdict,
    finishes,
    ...(budget && { budget: budgetDocument(budget) }),
    causes: holds.map((hold) => holdDocument(hold, subject)),
  })
}

/** The last line of `kds rollout status -o json` about a roll-out that was followed to its end. */
export function summaryEventLine(
  daemonSet: { readonly namespace: string; readonly name: string },
  { fewest, nodes, restarted, took }: Summary,
  now: number,
): string {
  return line('RolloutSummary', daemonSet, now, {
    nodes,
    seconds: Math.round(took / 1000),
    fewestAvailable: fewest,
    ...(restarted && {
      restarts: restarted.map(({ pod, node, restarts, exit }) => ({ pod, node, restarts, lastExit: exit })),
    }),
  })
}

function line(kind: string, daemonSet: object, now: number, rest: object): string {
  const document = { apiVersion: 'kds/v1', kind, time: new Date(now).toISOString(), daemonSet, ...rest }
  return `${escapeJson(JSON.stringify(document))}\n`
}
