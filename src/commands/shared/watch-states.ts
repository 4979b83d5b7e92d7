import type { Context } from '#cli/context.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { StateSummary } from '#controller/state/types.ts'
import type { Connected } from './connection.ts'
import type { FoundStates } from './states.ts'

/** How soon after a change of a DaemonSet it is looked at again, and how soon without one. */
const soonMs = 1_000
const laterMs = 10_000

/** Shows states anew whenever something has changed, until it is interrupted. */
export async function watchStates<S extends StateSummary>(
  first: FoundStates<S>,
  connected: Connected,
  show: (found: FoundStates<S>) => Promise<void>,
  context: Context,
): Promise<number> {
  const { clock } = context
  const changes = changesOf(first, connected, context)
  let found = first
  for (;;) {
    await show(found)
    const asked = clock.now()
    await changes.next()
    found = await found.again()
    // A cluster that takes long to answer is asked less often.
    await clock.sleep(Math.max(soonMs, 10 * (clock.now() - asked - laterMs)), connected.signal)
  }
}

/** Waits for a DaemonSet to change, and no longer than a while: nodes and ages change, too. */
function changesOf(
  { allNamespaces, namespace }: FoundStates<StateSummary>,
  { cluster, signal }: Connected,
  { clock }: Context,
) {
  let wake: () => void = () => undefined
  let changed = false
  const listening = async () => {
    for await (const event of cluster.watch(daemonSets, {
      signal,
      ...(allNamespaces ? {} : { namespace }),
    })) {
      if (event.type === 'SYNCED') continue
      changed = true
      wake()
    }
  }
  // Whoever waits learns of its end by the next look.
  listening().catch(() => undefined)
  return {
    async next(): Promise<void> {
      if (changed) {
        changed = false
        return
      }
      const over = new AbortController()
      const either = AbortSignal.any([signal, over.signal])
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve
        }),
        clock.sleep(laterMs, either).catch(() => undefined),
      ])
      over.abort()
      changed = false
      signal.throwIfAborted()
    },
  }
}
