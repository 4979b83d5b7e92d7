import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { Ahead } from '#cluster/live/ahead.ts'
import { connectionFlagsOf } from './connection-flags.ts'

const begun = new WeakMap<Context, Ahead>()

/**
 * Reads the configuration and begins so many connections to the cluster of a call. Answered when they are under way: whoever then
 * keeps the process busy, as by loading code, keeps none of them waiting. `end` closes those that were not asked for.
 */
export async function beginConnecting(
  invocation: Invocation,
  context: Context,
  count: number,
): Promise<{ end(): void }> {
  const ahead = new Ahead(connectionFlagsOf(invocation), context, count)
  begun.set(context, ahead)
  await ahead.underWay
  // The system is asked to connect in the turn after the name of the server is known, which for an address is this one.
  await new Promise((turn) => setImmediate(turn))
  return ahead
}

/** What was begun for a call, for the first who asks. */
export function takeAhead(context: Context): Ahead | undefined {
  const ahead = begun.get(context)
  begun.delete(context)
  return ahead
}
