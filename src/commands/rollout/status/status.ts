import type { Command, Invocation } from '#cli/spec.ts'
import { withCluster } from '#commands/shared/connection.ts'
import { tellNothingFound } from '#commands/shared/failures.ts'
import { milliseconds, revisionNumber, timeLimit } from '#commands/shared/flag-values.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import { withinTime } from '#commands/shared/time-limit.ts'
import { detailedTimeout, followAll } from '../follow.ts'
import type { FollowFlags, LoadStates } from '../following.ts'

const flagsOf = (invocation: Invocation): Omit<FollowFlags, 'loadStates'> => ({
  watch: invocation.on('watch'),
  timeout: timeLimit(invocation),
  progressTimeout: milliseconds(invocation, 'progress-timeout'),
  settle: milliseconds(invocation, 'settle'),
  failFast: invocation.on('fail-fast'),
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
      if (found.daemonSets.length + found.errors.length === 0)
        await tellNothingFound(targets.allNamespaces, connected, context)
      return followAll(found.daemonSets, flags, connected, context, found.errors)
    })
  },
})
