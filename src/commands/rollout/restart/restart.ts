import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { restart, restarted } from '#rollout/restart.ts'
import { doneText } from '#views/done.ts'
import { type ChangeFlags, changeEach, changeFlagsOf, tellChanged } from '../change-each.ts'
import type { LoadStates } from '../following.ts'

interface RestartFlags extends ChangeFlags {
  readonly fieldManager: string
}

async function restartOne(
  daemonSet: DaemonSet,
  flags: RestartFlags,
  { cluster, signal }: Connected,
  context: Context,
): Promise<DaemonSet> {
  const now = context.clock.now()
  const options = { now, offsetMinutes: -new Date(now).getTimezoneOffset() }
  const after =
    flags.dryRun === 'client'
      ? restarted(daemonSet, options)
      : await restart(cluster, daemonSet, {
          ...options,
          signal,
          dryRun: flags.dryRun === 'server',
          fieldManager: flags.fieldManager,
        })
  await tellChanged(
    after,
    doneText(daemonSet.metadata?.name ?? '', 'restarted', flags.dryRun),
    flags,
    context,
  )
  return after
}

export const restartCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const fieldManager = invocation.text('field-manager') || 'kubectl-rollout'
    const flags = { ...changeFlagsOf(invocation, loadStates, context), fieldManager }
    return withCluster(invocation, context, async (connected) => {
      const targets = await requestedTargets(invocation, context)
      const found = await getTargets(targets, connected)
      const change = (daemonSet: DaemonSet) => restartOne(daemonSet, flags, connected, context)
      return changeEach(found, change, { flags, allNamespaces: targets.allNamespaces }, connected, context)
    })
  },
})
