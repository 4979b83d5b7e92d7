import type { Command, Invocation } from '#cli/spec.ts'
import { withCluster } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound } from '#commands/shared/failures.ts'
import { milliseconds, revisionNumber } from '#commands/shared/flag-values.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import { withinTime } from '#commands/shared/time-limit.ts'
import { detailedTimeout, type FollowFlags, follow, type LoadStates } from '../follow.ts'

const flagsOf = (invocation: Invocation): Omit<FollowFlags, 'loadStates'> => ({
  watch: invocation.on('watch'),
  timeout: milliseconds(invocation, 'timeout'),
  revision: revisionNumber(invocation),
  onDelete: invocation.on('on-delete'),
  json: invocation.text('output') === 'json',
  detailed: invocation.on('detailed-exitcode'),
})

export const statusCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const flags = { ...flagsOf(invocation), loadStates }
    return withCluster(invocation, context, async (connected) => {
      const targets = await requestedTargets(invocation, context)
      const found = await withinTime(flags.timeout, context.clock, connected.signal, (signal) =>
        getTargets(targets, { ...connected, signal }),
      ).catch((error: unknown) => {
        throw flags.detailed ? detailedTimeout(error) : error
      })
      const failures = new Failures()
      let exit = 0
      for (const daemonSet of found.daemonSets)
        await failures.collect(async () => {
          exit = Math.max(exit, await follow(daemonSet, flags, connected, context))
        })
      failures.add(...found.errors)
      if (found.daemonSets.length === 0 && !failures.some)
        tellNothingFound(targets.allNamespaces, connected.namespace, context)
      return Math.max(exit, await failures.report(connected, context))
    })
  },
})
