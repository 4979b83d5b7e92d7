import { KdsError } from '#base/errors.ts'
import { nameOf } from '#cluster/resources.ts'
import { isInWaves } from '#controller/waves/annotations.ts'
import type { DaemonSet } from '#kube/types.ts'

/** What kubectl says to `rollout pause` and `rollout resume` of a DaemonSet, and what can be done instead. */
export function refusal(verb: 'pause' | 'resume', daemonSet: DaemonSet): KdsError {
  const { name } = nameOf(daemonSet)
  const doing = verb === 'pause' ? 'pausing' : 'resuming'
  return new KdsError('unsupported', `error: daemonsets.apps "${name}" ${doing} is not supported`, {
    verbatim: true,
    hint: wayOut(verb, daemonSet),
  })
}

function wayOut(verb: 'pause' | 'resume', daemonSet: DaemonSet): string {
  const { name, namespace } = nameOf(daemonSet)
  const waves = (words: string) => `kds rollout waves${words} ds/${name} -n ${namespace}`
  if (isInWaves(daemonSet)) return `it is rolled out in waves: ${waves(` ${verb}`)}`
  return verb === 'pause'
    ? `a roll-out in waves can be paused, and others cannot: ${waves('')} --set-image CONTAINER=IMAGE`
    : `a DaemonSet that waits with OnDelete goes on by itself with: kubectl patch daemonset ${name} -n ${namespace} --type=merge -p '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}'`
}
