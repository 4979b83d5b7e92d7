import type { Command } from '#cli/spec.ts'
import { withCluster } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound } from '#commands/shared/failures.ts'
import { printerOf } from '#commands/shared/printer/printer.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import { refusal } from '#rollout/refusals.ts'

/** A verb that a DaemonSet does not know: kubectl's refusal for each DaemonSet that is there. */
export function refusingCommand(verb: 'pause' | 'resume'): Command {
  return {
    async run(invocation, context) {
      printerOf(invocation, context)
      return withCluster(invocation, context, async (connected) => {
        const found = await getTargets(await requestedTargets(invocation, context), connected)
        const failures = new Failures()
        failures.add(...found.errors, ...found.daemonSets.map((daemonSet) => refusal(verb, daemonSet)))
        if (!failures.some) await tellNothingFound(false, connected, context)
        return failures.report(connected, context)
      })
    },
  }
}
