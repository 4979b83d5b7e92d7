import type { Context } from '#cli/context.ts'
import { ApiError } from '#cluster/api-error.ts'
import { found, ifReadable } from '#cluster/found.ts'
import { backoff } from '#cluster/live/retry.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import { warnOfWaves } from '#commands/rollout/change-each.ts'
import { follow } from '#commands/rollout/follow.ts'
import type { LoadStates } from '#commands/rollout/following.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { Failures, tellWarning } from '#commands/shared/failures.ts'
import type { ManifestToApply } from '#commands/shared/inputs/applied-files.ts'
import { objectsText, objectText } from '#commands/shared/printer/printer.ts'
import type { DaemonSet } from '#kube/types.ts'
import { applyDaemonSet } from '#rollout/apply.ts'
import { doneText } from '#views/done.ts'
import type { ApplyFlags } from './flags.ts'
import { followOrUndo } from './follow-or-undo.ts'

/** A DaemonSet after it was applied, and before. */
interface AppliedOne {
  readonly daemonSet: DaemonSet
  readonly before: DaemonSet | undefined
}

/** A server's refusal with the file that it is about, in kubectl's words. */
function withSource(error: unknown, source: string, doing: 'creating' | 'patching' | 'retrieving'): unknown {
  if (!(error instanceof ApiError) || error.serverMessage === '' || error.code === 'Invalid') return error
  const server = `error when ${doing} "${source}": ${error.serverMessage}`
  const reason = error.code === 'Unknown' ? '' : ` (${error.code})`
  return new ApiError(
    error.code,
    error.status,
    { shown: `Error from server${reason}: ${server}`, server },
    { details: error.details, ambiguous: error.ambiguous, cause: error },
  )
}

async function applyOne(
  { loaded, manifest }: ManifestToApply,
  flags: ApplyFlags,
  { cluster, signal }: Connected,
  context: Context,
): Promise<AppliedOne> {
  const { dryRun, fieldManager, fieldValidation, force, overwrite, printer, serverSide, undoOnFailure } =
    flags
  const source = loaded.source === 'stdin' ? 'STDIN' : loaded.source
  const name = nameOf(manifest as DaemonSet)
  // Server-side apply needs no right to read; going back does.
  const current = await (serverSide && !undoOnFailure
    ? ifReadable(cluster.get(daemonSets, name, { signal }))
    : found(cluster, name, signal)
  ).catch((error: unknown) => {
    throw withSource(error, source, 'retrieving')
  })
  const done = await applyDaemonSet(cluster, manifest, {
    current: Promise.resolve(current),
    dryRun,
    fieldManager,
    fieldValidation,
    force,
    overwrite,
    serverSide,
    signal,
    note: (text) => tellWarning(text, context),
    pause: (attempt) => context.clock.sleep(backoff(attempt, Math.random), signal),
  }).catch((error: unknown) => {
    throw serverSide ? error : withSource(error, source, current ? 'patching' : 'creating')
  })
  if (printer === undefined) context.stdout.write(doneText(name.name, done.outcome, dryRun))
  else if (printer.output.kind === 'name') context.stdout.write(await objectText(done.daemonSet, printer))
  if (dryRun === 'none') warnOfWaves(current, done.daemonSet, context)
  return { daemonSet: done.daemonSet, before: current }
}

/** Applies manifests and follows the roll-outs, as far as the flags say. Failures are told at the end. Answers the exit code. */
export async function applyManifests(
  manifests: readonly ManifestToApply[],
  flags: ApplyFlags & { readonly loadStates: LoadStates },
  connected: Connected,
  context: Context,
): Promise<number> {
  const failures = new Failures()
  const applied: AppliedOne[] = []
  for (const one of manifests)
    await failures.collect(async () => {
      applied.push(await applyOne(one, flags, connected, context))
    })
  if (flags.printer && flags.printer.output.kind !== 'name' && !failures.some)
    context.stdout.write(
      await objectsText(
        applied.map(({ daemonSet }) => daemonSet),
        flags.printer,
      ),
    )
  let exit = 0
  if (flags.wait)
    for (const { daemonSet, before } of applied)
      await failures.collect(async () => {
        const followed = flags.undoOnFailure
          ? await followOrUndo(daemonSet, before, flags, connected, context)
          : await follow(daemonSet, flags, connected, context)
        exit = Math.max(exit, followed)
      })
  return Math.max(exit, await failures.report(connected, context))
}
