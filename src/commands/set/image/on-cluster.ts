import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { backoff } from '#cluster/live/retry.ts'
import { type ChangeFlags, changeEach, changeFlagsOf, tellChanged } from '#commands/rollout/change-each.ts'
import type { LoadStates } from '#commands/rollout/following.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import type { Failures } from '#commands/shared/failures.ts'
import { requireNamed } from '#commands/shared/require-named.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { imagePatch, setImages, withImages } from '#rollout/set-image.ts'
import { doneText } from '#views/done.ts'
import { type ImageArguments, imageArguments, noContainer, requireImages } from './image-arguments.ts'

export interface SetImageFlags extends ImageArguments, ChangeFlags {
  readonly changeCause: string
  readonly fieldManager: string
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
export function setImageFlags(
  invocation: Invocation,
  loadStates: LoadStates,
  context: Context,
): SetImageFlags {
  if (invocation.given('record'))
    context.stderr.write('Flag --record has been deprecated, --record will be removed in the future\n')
  const recorded = invocation.on('record') ? recordedCause(invocation) : ''
  return {
    ...imageArguments(invocation.args),
    ...changeFlagsOf(invocation, loadStates, context),
    changeCause: invocation.text('change-cause') ?? recorded,
    fieldManager: invocation.text('field-manager') || 'kubectl-set',
  }
}

const tell = (daemonSet: DaemonSet, flags: SetImageFlags, context: Context): Promise<void> =>
  tellChanged(
    daemonSet,
    doneText(daemonSet.metadata?.name ?? '', 'image updated', flags.dryRun),
    flags,
    context,
  )

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
  for (const name of missing) failures.add(noContainer(name))
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

/** Gives DaemonSets of a cluster other images. Answers the exit code. */
export function setImageOnCluster(
  invocation: Invocation,
  flags: SetImageFlags,
  context: Context,
): Promise<number> {
  return withCluster(invocation, context, async (connected) => {
    const targets = await requestedTargets({ ...invocation, args: flags.targets }, context)
    requireNamed(targets, invocation)
    const { daemonSets, errors } = await getTargets(targets, connected)
    requireImages(flags.images)
    // As with kubectl, one that cannot be had leaves the others as they are.
    const found = { daemonSets: errors.length > 0 ? [] : daemonSets, errors }
    const change = (daemonSet: DaemonSet, failures: Failures) =>
      setOne(daemonSet, flags, failures, connected, context)
    return changeEach(found, change, { flags }, connected, context)
  })
}
