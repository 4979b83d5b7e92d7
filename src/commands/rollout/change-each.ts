import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { nameOf } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound, tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf, timeLimit } from '#commands/shared/flag-values.ts'
import { objectText, type Printer, printerOf } from '#commands/shared/printer/printer.ts'
import type { getTargets } from '#commands/shared/targets.ts'
import { templateGeneration } from '#controller/update-strategy.ts'
import { isInWaves } from '#controller/waves/annotations.ts'
import type { DaemonSet } from '#kube/types.ts'
import { followAll } from './follow.ts'
import type { FollowFlags, LoadStates } from './following.ts'

/** What all commands that change DaemonSets as kubectl does are told by flags. */
export interface ChangeFlags extends Pick<FollowFlags, 'loadStates' | 'timeout'> {
  readonly dryRun: DryRun
  /** Undefined: a line about it. */
  readonly printer: Printer | undefined
  /** Follow the roll-out to its end. */
  readonly wait: boolean
}

/** Reads them. @throws KdsError in kubectl's words */
export function changeFlagsOf(invocation: Invocation, loadStates: LoadStates, context: Context): ChangeFlags {
  const dryRun = dryRunOf(invocation, (text) => tellWarning(text, context))
  return {
    loadStates,
    dryRun,
    printer: printerOf(invocation, context),
    wait: invocation.on('wait') && dryRun === 'none',
    timeout: timeLimit(invocation),
  }
}

/** Prints a DaemonSet as `-o` asks, or the line about it. */
export async function tellChanged(
  daemonSet: DaemonSet,
  line: string,
  { printer }: Pick<ChangeFlags, 'printer'>,
  { stdout }: Context,
): Promise<void> {
  stdout.write(printer === undefined ? line : await objectText(daemonSet, printer))
}

/** Who changes the template of what goes in waves stops them: its pods stay as they are, because its strategy is OnDelete. */
export function warnOfWaves(before: DaemonSet | undefined, after: DaemonSet, context: Context): void {
  if (!before || !isInWaves(after) || templateGeneration(before) === templateGeneration(after)) return
  const { name, namespace } = nameOf(after)
  tellWarning(
    `daemonset.apps/${name} is being rolled out in waves, which stop now that someone else has changed the template: kds rollout waves abort ds/${name} -n ${namespace} brings its own strategy back`,
    context,
  )
}

/**
 * Changes one after the other of those found, and follows their roll-outs if the flags say so. `change` answers the DaemonSet where
 * it changed something. Failures are told after the others are dealt with. Answers the exit code.
 */
export async function changeEach(
  found: Awaited<ReturnType<typeof getTargets>>,
  change: (daemonSet: DaemonSet, failures: Failures) => Promise<DaemonSet | undefined>,
  { flags, allNamespaces = false }: { readonly flags: ChangeFlags; readonly allNamespaces?: boolean },
  connected: Connected,
  context: Context,
): Promise<number> {
  const failures = new Failures()
  failures.add(...found.errors)
  const changed: DaemonSet[] = []
  for (const daemonSet of found.daemonSets)
    await failures.collect(async () => {
      const after = await change(daemonSet, failures)
      if (!after) return
      changed.push(after)
      if (flags.dryRun === 'none') warnOfWaves(daemonSet, after, context)
    })
  if (found.daemonSets.length === 0 && !failures.some)
    await tellNothingFound(allNamespaces, connected, context)
  const exit = await failures.report(connected, context)
  return flags.wait ? Math.max(exit, await followAll(changed, flags, connected, context)) : exit
}
