import type { Invocation } from '#cli/spec.ts'
import { durationFlag } from '#commands/shared/behaviour-flags.ts'
import { usualStopAfter } from '../flags.ts'

/** After how many milliseconds without a request a sandbox ends; undefined for never. @throws UsageError */
export function stopAfter(invocation: Invocation): number | undefined {
  const usual = invocation.on('detach') ? usualStopAfter : undefined
  return durationFlag(invocation, 'stop-after', usual) || undefined
}
