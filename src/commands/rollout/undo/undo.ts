import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { type Asker, asker, confirmed, somebodyIsThere } from '#cli/questions.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { backoff } from '#cluster/live/retry.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import { wholeNumber } from '#commands/shared/flag-values.ts'
import { getTargets, namesNothing, requestedTargets } from '#commands/shared/targets.ts'
import { templateDiff } from '#commands/shared/template-diff.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { applyUndo, defaultChangeCause, planUndo, type UndoPlan, undoWarning } from '#rollout/undo.ts'
import { type UndoOutcome, undoText } from '#views/history/undo.ts'
import { describePodTemplate } from '#views/pod-template/pod-template.ts'
import { type ChangeFlags, changeEach, changeFlagsOf, tellChanged } from '../change-each.ts'
import type { LoadStates } from '../following.ts'
import { chooseTarget } from './choose-target.ts'

interface UndoFlags extends ChangeFlags {
  readonly toRevision: number
  /** Undefined: the default one. */
  readonly changeCause: string | undefined
  readonly fieldManager: string | undefined
  readonly ask: boolean
}

function flagsOf(invocation: Invocation, loadStates: LoadStates, context: Context): UndoFlags {
  const toRevision = wholeNumber(invocation, 'to-revision')
  const flags = changeFlagsOf(invocation, loadStates, context)
  return {
    ...flags,
    toRevision,
    changeCause: invocation.given('change-cause') ? (invocation.text('change-cause') ?? '') : undefined,
    fieldManager: invocation.text('field-manager') || undefined,
    ask: flags.dryRun === 'none' && !invocation.on('yes') && somebodyIsThere(context),
  }
}

const tellResult = (
  { daemonSet }: UndoPlan,
  outcome: UndoOutcome,
  object: DaemonSet,
  flags: UndoFlags,
  context: Context,
): Promise<void> =>
  tellChanged(object, undoText(daemonSet.metadata?.name ?? '', outcome, flags.dryRun), flags, context)

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
  try {
    const targets = await requestedTargets(invocation, context)
    const found = namesNothing(targets)
      ? { daemonSets: [await chooseTarget(connected, context, ask)], errors: [] }
      : await getTargets(targets, connected)
    const change = (daemonSet: DaemonSet) => undoOne(daemonSet, flags, ask, connected, context)
    return await changeEach(found, change, { flags }, connected, context)
  } finally {
    ask.close()
  }
}

export const undoCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const flags = flagsOf(invocation, loadStates, context)
    return withCluster(invocation, context, (connected) => undo(invocation, flags, connected, context))
  },
})
