import { readTyped } from '#cli/completion/typed.ts'
import type { Context } from '#cli/context.ts'
import { Ahead } from '#cluster/live/ahead.ts'
import { connectionFlags, connectionFlagsOf, namespaceFlag } from './connection-flags.ts'

const flags = [namespaceFlag, ...connectionFlags]

/** By what a call keeps for all its time. */
const begun = new WeakMap<Context['env'], Ahead>()

/**
 * Reads the configuration and begins so many connections to the cluster that a call's raw words seem to mean. Answered when they are
 * under way: whoever then keeps the process busy, as by loading code, keeps none of them waiting. `end` closes those that were not
 * asked for. Never throws: whatever is wrong is told to whoever asks.
 */
export async function beginConnecting(
  argv: readonly string[],
  outside: Pick<Context, 'cwd' | 'env'>,
  count: number,
): Promise<Ahead> {
  const ahead = new Ahead(connectionFlagsOf(readTyped({ flags }, argv)), outside, count)
  begun.set(outside.env, ahead)
  await ahead.underWay
  // The system is asked to connect in the turn after the name of the server is known, which for an address is this one.
  await new Promise((turn) => setImmediate(turn))
  return ahead
}

/** What was begun for a call, for the first who asks. */
export function takeAhead({ env }: Context): Ahead | undefined {
  const ahead = begun.get(env)
  begun.delete(env)
  return ahead
}
