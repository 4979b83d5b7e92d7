import { escapeJson } from '#base/escape.ts'
import type { Judgement } from '#controller/rollout-status.ts'
import type { ShownHold } from './holds.ts'

export interface StatusEvent {
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

/** The line of `kds rollout status -o json` that says what holds the roll-out back. */
export function holdsEventLine(
  daemonSet: { readonly namespace: string; readonly name: string },
  health: string,
  holds: readonly ShownHold[],
  now: number,
): string {
  return line('RolloutHolds', daemonSet, now, {
    standing: health,
    holds: holds.map(({ pod, node, updated, side, reason, message, restarts }) => ({
      pod,
      node,
      updated,
      side,
      reason,
      message,
      restarts,
    })),
  })
}

function line(kind: string, daemonSet: object, now: number, rest: object): string {
  const document = { apiVersion: 'kds/v1', kind, time: new Date(now).toISOString(), daemonSet, ...rest }
  return `${escapeJson(JSON.stringify(document))}\n`
}
