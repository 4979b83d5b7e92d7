import { escapeLine } from '#base/escape.ts'
import type { DaemonSetState, Hold, PodRow, StateRow } from '#controller/state/types.ts'
import { holdText, whyNotOn } from '../state/headline.ts'

const holdOf = ({ holds }: DaemonSetState, row: StateRow, pod: PodRow | undefined): Hold | undefined =>
  holds.find(({ nodes, pods }) =>
    pod ? pods.includes(pod.facts.name) : pods.length === 0 && nodes.includes(row.node),
  )

/**
 * Why a pod is not as it should be, escaped; empty where it is.
 *
 * @param whole A sentence with all that is known, instead of Kubernetes' word for it.
 */
export function causeText(
  state: DaemonSetState,
  row: StateRow,
  pod: PodRow | undefined,
  whole: boolean,
): string {
  const hold = holdOf(state, row, pod)
  // A dead node's own taint says nothing that its state does not.
  const misplaced =
    row.misscheduled && hold?.side !== 'nodes' ? [`misscheduled: ${whyNotOn(state, row)}`] : []
  const trouble = pod?.state.trouble
  const own = hold
    ? [whole ? holdText(hold) : shortOf(hold)]
    : trouble && trouble.reason !== ''
      ? [whole && trouble.message !== '' ? `${trouble.reason}: ${trouble.message}` : trouble.reason]
      : []
  return escapeLine([...own, ...misplaced].join('; '))
}

/** Kubernetes' own word; of a pod that does not fit, what there is too little of. */
function shortOf({ cause, fit, reason }: Hold): string {
  if (cause === 'not-created') return 'not created yet'
  if (cause !== 'no-room' || !fit || fit.fits) return reason
  return fit.couldPreempt ? 'room is being made' : fit.message
}
