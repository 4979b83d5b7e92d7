import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { backoff } from '#cluster/live/retry.ts'
import { followAll } from '#commands/rollout/follow.ts'
import type { LoadStates } from '#commands/rollout/following.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound, tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf, milliseconds } from '#commands/shared/flag-values.ts'
import { objectText, type Printer, printerOf } from '#commands/shared/printer/printer.ts'
import { requireNamed } from '#commands/shared/require-named.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { imagePatch, setImages, withImages } from '#rollout/set-image.ts'
import { doneText } from '#views/done.ts'
import { type ImageArguments, imageArguments, requireImages } from './image-arguments.ts'

export interface SetImageFlags extends ImageArguments {
  readonly dryRun: DryRun
  /** Undefined: a line about it. */
  readonly printer: Printer | undefined
  readonly changeCause: string
  readonly fieldManager: string
  readonly wait: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number
}

/** The command line, as kubectl writes it down. */
function recordedCause(invocation: Invocation): string {
  const selected = [
    ...(invocation.text('selector') ? [`--selector=${invocation.text('selector')}`] : []),
    ...(invocation.on('all') ? ['--all=true'] : []),
  ]
  return ['kds set image', ...invocation.args, ...selected, '--record=true'].join(' ')
}

/** Reads them. @throws KdsError in kubectl's words */
export function setImageFlags(invocation: Invocation, context: Context): SetImageFlags {
  if (invocation.given('record'))
    context.stderr.write('Flag --record has been deprecated, --record will be removed in the future\n')
  const dryRun = dryRunOf(invocation, (text) => tellWarning(text, context))
  const recorded = invocation.on('record') ? recordedCause(invocation) : ''
  return {
    ...imageArguments(invocation.args),
    dryRun,
    printer: printerOf(invocation, context),
    changeCause: invocation.text('change-cause') ?? recorded,
    fieldManager: invocation.text('field-manager') || 'kubectl-set',
    wait: invocation.on('wait') && dryRun === 'none',
    timeout: milliseconds(invocation, 'timeout'),
  }
}

async function tell(daemonSet: DaemonSet, flags: SetImageFlags, { stdout }: Context): Promise<void> {
  stdout.write(
    flags.printer === undefined
      ? doneText(daemonSet.metadata?.name ?? '', 'image updated', flags.dryRun)
      : await objectText(daemonSet, flags.printer),
  )
}

/** Answers the DaemonSet where something was changed. */
async function setOne(
  daemonSet: DaemonSet,
  flags: SetImageFlags,
  failures: Failures,
  { cluster, signal }: Connected,
  context: Context,
): Promise<DaemonSet | undefined> {
  const { changeCause, dryRun, fieldManager, images } = flags
  const { daemonSet: wanted, missing } = withImages(daemonSet, images, changeCause)
  for (const name of missing)
    failures.add(new KdsError('not-found', `unable to find container named ${JSON.stringify(name)}`))
  if (dryRun === 'client') {
    if (Object.keys(imagePatch(daemonSet, images, changeCause)).length > 0) await tell(wanted, flags, context)
    return undefined
  }
  const after = await setImages(cluster, daemonSet, images, {
    changeCause,
    fieldManager,
    signal,
    dryRun: dryRun === 'server',
    pause: (attempt) => context.clock.sleep(backoff(attempt, Math.random), signal),
  })
  if (after) await tell(after, flags, context)
  return after
}

async function setAll(
  invocation: Invocation,
  flags: SetImageFlags & { readonly loadStates: LoadStates },
  connected: Connected,
  context: Context,
): Promise<number> {
  const given = { ...invocation, args: flags.targets }
  const targets = await requestedTargets(given, context)
  requireNamed(targets, invocation)
  const found = await getTargets(targets, connected)
  requireImages(flags.images)
  const failures = new Failures()
  failures.add(...found.errors)
  const changed: DaemonSet[] = []
  for (const daemonSet of found.daemonSets)
    await failures.collect(async () => {
      const after = await setOne(daemonSet, flags, failures, connected, context)
      if (after) changed.push(after)
    })
  if (found.daemonSets.length === 0 && !failures.some) await tellNothingFound(false, connected, context)
  const exit = await failures.report(connected, context)
  if (!flags.wait) return exit
  const { loadStates, timeout } = flags
  return Math.max(exit, await followAll(changed, { timeout, loadStates }, connected, context))
}

/** Gives DaemonSets of a cluster other images. Answers the exit code. */
export function setImageOnCluster(
  invocation: Invocation,
  flags: SetImageFlags & { readonly loadStates: LoadStates },
  context: Context,
): Promise<number> {
  return withCluster(invocation, context, (connected) => setAll(invocation, flags, connected, context))
}
