import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { type Asker, asker, confirmed, somebodyIsThere } from '#cli/questions.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { backoff } from '#cluster/live/retry.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound, tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf, milliseconds, wholeNumber } from '#commands/shared/flag-values.ts'
import { objectText, type Printer, printerOf } from '#commands/shared/printer/printer.ts'
import { getTargets, namesNothing, requestedTargets } from '#commands/shared/targets.ts'
import { templateDiff } from '#commands/shared/template-diff.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { applyUndo, defaultChangeCause, planUndo, type UndoPlan, undoWarning } from '#rollout/undo.ts'
import { type UndoOutcome, undoText } from '#views/history/undo.ts'
import { describePodTemplate } from '#views/pod-template/pod-template.ts'
import { followAll } from '../follow.ts'
import type { LoadStates } from '../following.ts'
import { chooseTarget } from './choose-target.ts'

interface UndoFlags {
  readonly loadStates: LoadStates
  readonly toRevision: number
  readonly dryRun: DryRun
  /** Undefined: a line about it. */
  readonly printer: Printer | undefined
  /** Undefined: the default one. */
  readonly changeCause: string | undefined
  readonly fieldManager: string | undefined
  readonly ask: boolean
  readonly wait: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number
}

function flagsOf(invocation: Invocation, context: Context): Omit<UndoFlags, 'loadStates'> {
  const toRevision = wholeNumber(invocation, 'to-revision')
  const dryRun = dryRunOf(invocation, (text) => tellWarning(text, context))
  return {
    toRevision,
    dryRun,
    printer: printerOf(invocation, context),
    changeCause: invocation.given('change-cause') ? (invocation.text('change-cause') ?? '') : undefined,
    fieldManager: invocation.text('field-manager') || undefined,
    ask: dryRun === 'none' && !invocation.on('yes') && somebodyIsThere(context),
    wait: invocation.on('wait') && dryRun === 'none',
    timeout: milliseconds(invocation, 'timeout'),
  }
}

async function tellResult(
  { daemonSet }: UndoPlan,
  outcome: UndoOutcome,
  object: DaemonSet,
  flags: UndoFlags,
  { stdout }: Context,
): Promise<void> {
  stdout.write(
    flags.printer === undefined
      ? undoText(daemonSet.metadata?.name ?? '', outcome, flags.dryRun)
      : await objectText(object, flags.printer),
  )
}

async function tellClientDryRun(plan: UndoPlan, flags: UndoFlags, context: Context): Promise<void> {
  const description = describePodTemplate(plan.result.spec?.template)
  await tellResult(plan, { kind: 'would-roll-back', description }, plan.result, flags, context)
}

/** Shows what will change and asks. @throws KdsError when the answer is no. */
async function askFirst(plan: UndoPlan, ask: Asker, context: Context): Promise<void> {
  const { daemonSet, result, target } = plan
  const diff = templateDiff(
    { label: 'now', template: daemonSet.spec?.template },
    { label: `revision ${target.revision}`, template: result.spec?.template },
    { style: context.style.stderr },
  )
  const name = `daemonset.apps/${daemonSet.metadata?.name}`
  context.stderr.write(`${name} would change like this:\n\n${diff}\n`)
  if (await confirmed(ask, `Roll back ${name} to revision ${target.revision}?`)) return
  throw new KdsError('cancelled', 'undo is cancelled: nothing was changed')
}

async function undoOne(
  daemonSet: DaemonSet,
  flags: UndoFlags,
  ask: Asker,
  { cluster, signal }: Connected,
  context: Context,
): Promise<DaemonSet | undefined> {
  const warning = undoWarning(daemonSet)
  if (warning !== undefined) tellWarning(warning, context)
  const plan = planUndo(daemonSet, await loadHistory(cluster, daemonSet, { signal }), flags.toRevision)
  const { target } = plan
  if (flags.dryRun === 'client') {
    await tellClientDryRun(plan, flags, context)
    return undefined
  }
  if (plan.skipped) {
    await tellResult(plan, { kind: 'skipped', revision: target.revision }, daemonSet, flags, context)
    return daemonSet
  }
  if (flags.ask) await askFirst(plan, ask, context)
  const { fieldManager } = flags
  const done = await applyUndo(cluster, plan, {
    signal,
    dryRun: flags.dryRun === 'server',
    changeCause: flags.changeCause ?? defaultChangeCause(plan),
    pause: (attempt) => context.clock.sleep(backoff(attempt, Math.random), signal),
    ...(fieldManager === undefined ? {} : { fieldManager }),
  })
  await tellResult(plan, { kind: 'rolled-back' }, done.daemonSet, flags, context)
  if (flags.dryRun === 'none' && plan.newRevision !== target.revision)
    context.stderr.write(`rolled back to revision ${target.revision} (now revision ${plan.newRevision})\n`)
  if (done.causeNotRecorded !== undefined)
    tellWarning(`the change cause could not be recorded: ${done.causeNotRecorded}`, context)
  return done.daemonSet
}

async function undo(
  invocation: Invocation,
  flags: UndoFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const ask = asker(context)
  const failures = new Failures()
  const changed: DaemonSet[] = []
  try {
    const targets = await requestedTargets(invocation, context)
    const unnamed = namesNothing(targets)
    const found = unnamed
      ? { daemonSets: [await chooseTarget(connected, context, ask)], errors: [] }
      : await getTargets(targets, connected)
    for (const daemonSet of found.daemonSets) {
      await failures.collect(async () => {
        const after = await undoOne(daemonSet, flags, ask, connected, context)
        if (after) changed.push(after)
      })
    }
    failures.add(...found.errors)
    if (found.daemonSets.length === 0 && !failures.some) await tellNothingFound(false, connected, context)
  } finally {
    ask.close()
  }
  const exit = await failures.report(connected, context)
  if (!flags.wait) return exit
  return Math.max(
    exit,
    await followAll(changed, { timeout: flags.timeout, loadStates: flags.loadStates }, connected, context),
  )
}

export const undoCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const flags = { ...flagsOf(invocation, context), loadStates }
    return withCluster(invocation, context, (connected) => undo(invocation, flags, connected, context))
  },
})
