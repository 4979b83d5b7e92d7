import { KdsError } from '#base/errors.ts'
import type { Judgement } from '#controller/rollout-status.ts'
import { goQuote } from '#kube/go-text.ts'

/**
 * What `kubectl rollout status` prints about a DaemonSet, one line without its newline.
 *
 * @throws KdsError in kubectl's words for a strategy that has no roll-out to wait for.
 */
export function statusLine(name: string, judgement: Judgement): string {
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
        hint: '--on-delete follows a DaemonSet whose pods are replaced when you delete them',
      })
  }
}
