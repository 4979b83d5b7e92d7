import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound, tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf, milliseconds } from '#commands/shared/flag-values.ts'
import { objectText, type Printer, printerOf } from '#commands/shared/printer/printer.ts'
import { getTargets, targetWish } from '#commands/shared/targets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { restart, restarted } from '#rollout/restart.ts'
import { waitForAll } from '../follow.ts'

interface RestartWish {
  readonly dryRun: DryRun
  /** Undefined: a line about it. */
  readonly printer: Printer | undefined
  readonly fieldManager: string
  readonly wait: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number
}

function wishOf(invocation: Invocation, context: Context): RestartWish {
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
  wish: RestartWish,
  { cluster, signal }: Connected,
  context: Context,
): Promise<DaemonSet> {
  const now = context.clock.now()
  const options = { now, offsetMinutes: -new Date(now).getTimezoneOffset() }
  const after =
    wish.dryRun === 'client'
      ? restarted(daemonSet, options)
      : await restart(cluster, daemonSet, {
          ...options,
          signal,
          dryRun: wish.dryRun === 'server',
          fieldManager: wish.fieldManager,
        })
  const { restartText } = await import('#views/history/undo.ts')
  context.stdout.write(
    wish.printer === undefined
      ? restartText(daemonSet.metadata?.name ?? '', wish.dryRun)
      : await objectText(after, wish.printer),
  )
  return after
}

async function restartAll(
  invocation: Invocation,
  wish: RestartWish,
  connected: Connected,
  context: Context,
): Promise<number> {
  const targets = await targetWish(invocation, context)
  const found = await getTargets(targets, connected)
  const failures = new Failures()
  failures.add(...found.errors)
  const changed: DaemonSet[] = []
  for (const daemonSet of found.daemonSets)
    await failures.collect(async () => {
      changed.push(await restartOne(daemonSet, wish, connected, context))
    })
  if (found.daemonSets.length === 0 && !failures.some)
    tellNothingFound(targets.allNamespaces, connected.namespace, context)
  const exit = await failures.report(connected, context)
  if (!wish.wait) return exit
  return Math.max(exit, await waitForAll(changed, { timeout: wish.timeout }, connected, context))
}

export const restartCommand: Command = {
  async run(invocation, context) {
    const wish = wishOf(invocation, context)
    return withCluster(invocation, context, (connected) => restartAll(invocation, wish, connected, context))
  },
}
