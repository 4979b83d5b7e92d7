import { KdsError } from '#base/errors.ts'
import type { Judgement } from '#controller/rollout-status.ts'
import { wavesGoingOn } from '#controller/waves/annotations.ts'
import { goQuote } from '#kube/go-text.ts'
import type { DaemonSet } from '#kube/types.ts'
import { shellWord } from '../state/next-step.ts'

const onDeleteHint = '--on-delete follows a DaemonSet whose pods are replaced when you delete them'

/** What to do where kubectl has no roll-out to wait for: a DaemonSet in waves is one of them. */
function hintOf(daemonSet: DaemonSet | undefined): string {
  const waves = daemonSet && wavesGoingOn(daemonSet)
  if (!waves) return onDeleteHint
  const { name = '', namespace = '' } = daemonSet.metadata ?? {}
  const verb = waves.paused === undefined ? 'status' : 'resume'
  const command = `kds rollout waves ${verb} ${shellWord(`ds/${name}`)} -n ${shellWord(namespace ?? '')}`
  return waves.paused === undefined
    ? `it is rolled out in waves: ${command} tells how far they are`
    : `it is rolled out in waves, which are paused (${waves.paused}): ${command} goes on, abort goes back`
}

/**
 * What `kubectl rollout status` prints about a DaemonSet, one line without its newline.
 *
 * @throws KdsError in kubectl's words for a strategy that has no roll-out to wait for.
 */
export function statusLine(name: string, judgement: Judgement, daemonSet?: DaemonSet): string {
  const subject = `daemon set ${goQuote(name)}`
  switch (judgement.state) {
    case 'unobserved':
      return 'Waiting for daemon set spec update to be observed...'
    case 'updating':
      return `Waiting for ${subject} rollout to finish: ${judgement.updated} out of ${judgement.desired} new pods have been updated...`
    case 'waiting':
      return `Waiting for ${subject} rollout to finish: ${judgement.available} of ${judgement.desired} updated pods are available...`
    case 'done':
      return `${subject} successfully rolled out`
    case 'unsupported':
      throw new KdsError('unsupported', 'rollout status is only available for RollingUpdate strategy type', {
        hint: hintOf(daemonSet),
      })
  }
}
