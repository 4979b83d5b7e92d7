import { refusal } from '#rollout/refusals.ts'
import { withCluster } from '../connection.ts'
import { printerOf } from '../printer.ts'
import type { Command } from '../spec.ts'
import { Failures } from './failures.ts'
import { getTargets, targetWish } from './targets.ts'

/** `pause` and `resume`: kubectl's refusal for each DaemonSet that is there. */
export function refusingCommand(verb: 'pause' | 'resume'): Command {
  return {
    async run(invocation, context) {
      printerOf(invocation, context)
      return withCluster(invocation, context, async (connected) => {
        const found = await getTargets(await targetWish(invocation, context), connected)
        const failures = new Failures()
        failures.add(
          ...found.errors,
          ...found.daemonSets.map(({ metadata }) => refusal(verb, metadata?.name ?? '')),
        )
        return failures.report(connected, context)
      })
    },
  }
}
