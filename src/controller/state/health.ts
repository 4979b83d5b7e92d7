import type { DaemonSet } from '#kube/types.ts'
import { scale } from '../update-strategy.ts'
import type { BareHold, Health } from './types.ts'

/**
 * Whether a roll-out moves, fails because of the release, is refused by the API server, or is held by nodes alone: when new
 * pods fail for a reason that does not pass, or when troubled nodes use up `maxUnavailable` or are all that is left to do.
 */
export function healthOf(
  daemonSet: DaemonSet,
  holds: readonly Pick<BareHold, 'cause' | 'side' | 'updated' | 'stuck' | 'nodes'>[],
): Health {
  if (holds.some(({ side, stuck, updated }) => side === 'release' && updated && stuck)) return 'release'
  if (holds.some(({ side, stuck }) => side === 'admission' && stuck)) return 'admission'
  // For what does not fit, room may be being made; what was on a node that is gone goes by itself.
  const lasting = holds.filter(
    ({ cause, side, stuck }) =>
      (side === 'nodes' && cause !== 'node-gone') || (side === 'scheduling' && stuck),
  )
  const troubled = new Set(lasting.flatMap(({ nodes }) => nodes)).size
  if (troubled === 0) return 'moving'
  const { desiredNumberScheduled, updatedNumberScheduled, numberAvailable } = daemonSet.status ?? {}
  const desired = desiredNumberScheduled ?? 0
  const left = desired - Math.min(updatedNumberScheduled ?? 0, numberAvailable ?? 0)
  const setting = daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
  const budget = scale(setting, desired, 'maxUnavailable')
  const spent = 'value' in budget && budget.value > 0 && troubled >= budget.value
  return spent || troubled >= left ? 'nodes' : 'moving'
}
