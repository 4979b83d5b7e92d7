import { escapeLine } from '#base/escape.ts'
import { oncePer } from '#base/once.ts'
import type { DaemonSetState, Hold, PodRow, StateRow } from '#controller/state/types.ts'
import { holdText, whyNotOn } from '../state/headline.ts'

/** The holds of pods by their names, and those of nodes without a pod by the nodes'; of several the first. */
const holdsByName = oncePer(({ holds }: DaemonSetState) => {
  const byName = { pods: new Map<string, Hold>(), nodes: new Map<string, Hold>() }
  for (const hold of holds) {
    const { nodes, pods } = hold
    const [names, of] = pods.length > 0 ? [pods, byName.pods] : [nodes, byName.nodes]
    for (const name of names) if (!of.has(name)) of.set(name, hold)
  }
  return byName
})

function holdOf(state: DaemonSetState, row: StateRow, pod: PodRow | undefined): Hold | undefined {
  const { nodes, pods } = holdsByName(state)
  return pod ? pods.get(pod.facts.name) : nodes.get(row.node)
}

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
