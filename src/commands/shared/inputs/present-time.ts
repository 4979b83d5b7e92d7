import type { Context } from '#cli/context.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { parseTime } from '#kube/duration.ts'

/** The present, in milliseconds: the clock's, or what `--at` says. */
export function presentTime(invocation: Invocation, context: Context): number {
  const text = invocation.text('at')
  if (text === undefined) return context.clock.now()
  const time = parseTime(text)
  if (time !== undefined) return time
  throw invalidArgument('at', text, 'give a time such as 2026-11-21T09:30:00Z')
}
