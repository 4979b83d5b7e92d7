import { KdsError } from '#base/errors.ts'

/** What kubectl says to `rollout pause` and `rollout resume` of a DaemonSet, and what can be done instead. */
export function refusal(verb: 'pause' | 'resume', name: string): KdsError {
  const doing = verb === 'pause' ? 'pausing' : 'resuming'
  const strategy = (type: string) =>
    `kubectl patch daemonset ${name} --type=merge -p '{"spec":{"updateStrategy":{"type":"${type}"${type === 'OnDelete' ? ',"rollingUpdate":null' : ''}}}}'`
  const hint =
    verb === 'pause'
      ? `a DaemonSet cannot be paused; with OnDelete its pods stay until you delete them: ${strategy('OnDelete')}`
      : `a DaemonSet that waits with OnDelete goes on by itself with: ${strategy('RollingUpdate')}`
  return new KdsError('unsupported', `error: daemonsets.apps "${name}" ${doing} is not supported`, {
    verbatim: true,
    hint,
  })
}
