import type { Invocation } from '#cli/spec.ts'
import { usualStopAfter } from '../flags.ts'
import { durationFlag } from '../options.ts'

/** After how many milliseconds without a request a sandbox ends; undefined for never. @throws UsageError */
export function stopAfter(invocation: Invocation): number | undefined {
  const usual = invocation.on('detach') ? usualStopAfter : undefined
  return durationFlag(invocation, 'stop-after', usual) || undefined
}
