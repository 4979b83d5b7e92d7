import type { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { backoff } from '#cluster/live/retry.ts'
import { nameOf } from '#cluster/resources.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { Failures } from '#commands/shared/failures.ts'
import { requireNamed } from '#commands/shared/require-named.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { countOwned, deleteDaemonSet, untilGone } from '#rollout/delete.ts'
import { deletedText, whatGoes } from '#views/done.ts'
import { type DeleteFlags, deleteFlags } from './flags.ts'

async function deleteOne(
  daemonSet: DaemonSet,
  flags: DeleteFlags,
  { cluster, signal }: Connected,
  { clock, stderr, stdout }: Context,
): Promise<void> {
  const { cascade, dryRun, gracePeriod, nameOnly } = flags
  const owned = await countOwned(cluster, daemonSet, { signal })
  if (dryRun !== 'client')
    await deleteDaemonSet(cluster, daemonSet, {
      signal,
      dryRun: dryRun === 'server',
      propagationPolicy: cascade,
      ...(gracePeriod === undefined ? {} : { gracePeriodSeconds: gracePeriod }),
      pause: (attempt) => clock.sleep(backoff(attempt, Math.random), signal),
    })
  const name = nameOf(daemonSet)
  stdout.write(
    nameOnly
      ? `daemonset.apps/${escapeLine(name.name)}\n`
      : deletedText(name, { dryRun, force: gracePeriod === 0 }),
  )
  if (owned) stderr.write(whatGoes(owned, cascade === 'Orphan', dryRun !== 'none'))
}

async function deleteAll(
  invocation: Invocation,
  flags: DeleteFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const targets = await requestedTargets(invocation, context)
  requireNamed(targets, invocation)
  const found = await getTargets(targets, connected, { unread: true })
  const failures = new Failures()
  const ignored = ({ code }: KdsError) => flags.ignoreNotFound && code === 'NotFound'
  failures.add(...found.errors.filter((error) => !ignored(error)))
  const deleted: DaemonSet[] = []
  for (const daemonSet of found.daemonSets)
    await failures.collect(async () => {
      await deleteOne(daemonSet, flags, connected, context)
      deleted.push(daemonSet)
    }, ignored)
  const several = targets.request.kind === 'all'
  if (found.daemonSets.length === 0 && several && !failures.some) context.stdout.write('No resources found\n')
  if (flags.wait)
    for (const daemonSet of deleted)
      await failures.collect(
        () =>
          untilGone(connected.cluster, daemonSet, {
            ...context,
            signal: connected.signal,
            timeout: flags.timeout,
          }),
        // It is deleted, though it may not be watched.
        ({ code }) => code === 'Forbidden',
      )
  return failures.report(connected, context)
}

export const deleteCommand: Command = {
  async run(invocation, context) {
    const flags = deleteFlags(invocation, context)
    return withCluster(invocation, context, (connected) => deleteAll(invocation, flags, connected, context))
  },
}
