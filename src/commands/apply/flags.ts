import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { somebodyIsThere } from '#cli/questions.ts'
import type { Invocation } from '#cli/spec.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf, timeLimit } from '#commands/shared/flag-values.ts'
import { fieldValidation, validateMode } from '#commands/shared/inputs/validate-mode.ts'
import { type Printer, printerOf } from '#commands/shared/printer/printer.ts'
import { clientSideManager } from '#rollout/apply.ts'
import { serverSideManager } from '#rollout/server-side-apply.ts'

export interface ApplyFlags {
  readonly dryRun: DryRun
  /** Undefined: a line about it. */
  readonly printer: Printer | undefined
  readonly serverSide: boolean
  readonly force: boolean
  readonly fieldManager: string
  readonly fieldValidation: string
  readonly overwrite: boolean
  /** Somebody sees what is done: the plan is shown. */
  readonly show: boolean
  readonly ask: boolean
  readonly wait: boolean
  readonly undoOnFailure: boolean
  /** Milliseconds; 0 follows for ever. */
  readonly timeout: number
}

/** Why kds does not honour them. */
const refusedFlags: Readonly<Record<string, string>> = {
  prune: 'kds deletes only what is named; kubectl apply --prune does',
  force: 'kds does not delete and recreate a DaemonSet; kds delete --cascade=orphan, then apply',
}

const usage = (message: string) => new KdsError('usage', message)

/** Reads them. @throws KdsError in kubectl's words for what it refuses together, and for what kds does not do */
export function applyFlags(invocation: Invocation, context: Context): ApplyFlags {
  for (const [flag, why] of Object.entries(refusedFlags))
    if (invocation.on(flag)) throw usage(`--${flag} is not supported: ${why}`)
  if (invocation.list('filename').length === 0 && invocation.text('kustomize') === undefined)
    throw usage('must specify one of -f and -k')
  if (invocation.list('filename').length > 0 && invocation.text('kustomize') !== undefined)
    throw usage('only one of -f or -k can be specified')
  const dryRun = dryRunOf(invocation, (text) => tellWarning(text, context))
  const serverSide = invocation.on('server-side')
  const force = invocation.on('force-conflicts')
  if (force && !serverSide) throw usage('--force-conflicts only works with --server-side')
  if (dryRun === 'client' && serverSide)
    throw usage("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
  const printer = printerOf(invocation, context)
  const isReal = dryRun === 'none'
  const isSeen = isReal && somebodyIsThere(context)
  const undoOnFailure = isReal && invocation.on('undo-on-failure')
  return {
    dryRun,
    printer,
    serverSide,
    force,
    fieldManager: invocation.given('field-manager')
      ? (invocation.text('field-manager') ?? '')
      : serverSide
        ? serverSideManager
        : clientSideManager,
    fieldValidation: fieldValidation[validateMode(invocation.text('validate') ?? 'strict')],
    overwrite: invocation.on('overwrite'),
    show: isSeen && printer === undefined,
    ask: isSeen && !invocation.on('yes'),
    wait:
      undoOnFailure ||
      (isReal && (invocation.given('wait') ? invocation.on('wait') : isSeen && printer === undefined)),
    undoOnFailure,
    timeout: timeLimit(invocation),
  }
}
