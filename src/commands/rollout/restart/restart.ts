import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound, tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf, milliseconds } from '#commands/shared/flag-values.ts'
import { objectText, type Printer, printerOf } from '#commands/shared/printer/printer.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { restart, restarted } from '#rollout/restart.ts'
import { doneText } from '#views/done.ts'
import { followAll } from '../follow.ts'
import type { LoadStates } from '../following.ts'

interface RestartFlags {
  readonly loadStates: LoadStates
  readonly dryRun: DryRun
  /** Undefined: a line about it. */
  readonly printer: Printer | undefined
  readonly fieldManager: string
  readonly wait: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number
}

function flagsOf(invocation: Invocation, context: Context): Omit<RestartFlags, 'loadStates'> {
  const dryRun = dryRunOf(invocation, (text) => tellWarning(text, context))
  return {
    dryRun,
    printer: printerOf(invocation, context),
    fieldManager: invocation.text('field-manager') || 'kubectl-rollout',
    wait: invocation.on('wait') && dryRun === 'none',
    timeout: milliseconds(invocation, 'timeout'),
  }
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
  context.stdout.write(
    flags.printer === undefined
      ? doneText(daemonSet.metadata?.name ?? '', 'restarted', flags.dryRun)
      : await objectText(after, flags.printer),
  )
  return after
}

async function restartAll(
  invocation: Invocation,
  flags: RestartFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const targets = await requestedTargets(invocation, context)
  const found = await getTargets(targets, connected)
  const failures = new Failures()
  failures.add(...found.errors)
  const changed: DaemonSet[] = []
  for (const daemonSet of found.daemonSets)
    await failures.collect(async () => {
      changed.push(await restartOne(daemonSet, flags, connected, context))
    })
  if (found.daemonSets.length === 0 && !failures.some)
    await tellNothingFound(targets.allNamespaces, connected, context)
  const exit = await failures.report(connected, context)
  if (!flags.wait) return exit
  return Math.max(
    exit,
    await followAll(changed, { timeout: flags.timeout, loadStates: flags.loadStates }, connected, context),
  )
}

export const restartCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const flags = { ...flagsOf(invocation, context), loadStates }
    return withCluster(invocation, context, (connected) => restartAll(invocation, flags, connected, context))
  },
})
