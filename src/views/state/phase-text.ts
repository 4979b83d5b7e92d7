import type { DaemonSetState, Phase, PodRow, StateRow } from '#controller/state/types.ts'
import { roughDuration } from '#kube/duration.ts'

/** How far a pod is, for people. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  none: 'no pod',
  pending: 'pending',
  pulling: 'pulling',
  starting: 'starting',
  settling: 'waiting for minReadySeconds',
  ready: 'ready',
  failing: 'failing',
  terminating: 'terminating',
  finished: 'ended',
}

/** `ready for 3 d`, `terminating for 2 h`, `no pod`: how far a pod is, and for how long it has been. */
export function phaseText(row: PodRow | undefined, now: number): string {
  if (!row) return phaseWords.none
  const { phase, state } = row
  // A node's trouble began at another time than the deletion.
  const since = phase === 'terminating' ? (state.deleted?.at ?? row.since) : row.since
  const long = since === undefined || since > now ? '' : ` for ${roughDuration(now - since)}`
  return `${phase === 'settling' ? phaseWords.ready : phaseWords[phase]}${long}`
}

/** `4 ready, 1 pulling`: the nodes by their phase, those that are well first. */
export const countsText = ({ counts }: DaemonSetState): string =>
  worstPhases
    .toReversed()
    .flatMap((phase) => (counts[phase] ? [`${counts[phase]} ${phaseWords[phase]}`] : []))
    .join(', ')

/** The worst first: what fails, then what is on its way, then what is well. */
const worstPhases: readonly Phase[] = [
  'failing',
  'none',
  'pending',
  'terminating',
  'finished',
  'starting',
  'pulling',
  'settling',
  'ready',
]

/** For sorting: nodes that are worse off come first, misscheduled ones before those that are well. */
export const badness = ({ misscheduled, phase }: StateRow): number =>
  worstPhases.indexOf(phase) - (misscheduled && phase === 'ready' ? 0.5 : 0)
