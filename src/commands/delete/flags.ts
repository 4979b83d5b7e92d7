import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf, timeLimit, wholeNumber } from '#commands/shared/flag-values.ts'

type Cascade = 'Background' | 'Foreground' | 'Orphan'

export interface DeleteFlags {
  readonly cascade: Cascade
  readonly dryRun: DryRun
  /** Seconds; undefined: as the object says. */
  readonly gracePeriod: number | undefined
  readonly nameOnly: boolean
  readonly ignoreNotFound: boolean
  readonly wait: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number
}

const cascades: Readonly<Record<string, Cascade>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
}

function cascadeOf(invocation: Invocation, { stderr }: Context): Cascade {
  const text = invocation.text('cascade') ?? 'background'
  const known = Object.hasOwn(cascades, text) ? cascades[text] : undefined
  if (known) return known
  const on = /^(1|t|T|true|TRUE|True)$/.test(text)
  if (!on && !/^(0|f|F|false|FALSE|False)$/.test(text))
    throw new KdsError(
      'usage',
      `invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`,
    )
  const instead = on ? 'background' : 'orphan'
  stderr.write(
    `warning: --cascade=${text} is deprecated (boolean value) and can be replaced with --cascade=${instead}.\n`,
  )
  return cascades[instead] ?? 'Background'
}

/** kubectl's rules: without `--force` no deletion is instant. */
function gracePeriodOf(invocation: Invocation, context: Context): number | undefined {
  const given = wholeNumber(invocation, 'grace-period')
  const force = invocation.on('force')
  if (invocation.on('now') && given !== -1)
    throw new KdsError('usage', '--now and --grace-period cannot be specified together')
  const seconds = invocation.on('now') || (given === 0 && !force) ? 1 : given
  if (!force) return seconds < 0 ? undefined : seconds
  if (seconds > 0)
    throw new KdsError('usage', '--force and --grace-period greater than 0 cannot be specified together')
  tellWarning(
    'Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.',
    context,
  )
  return 0
}

/** Reads them. @throws KdsError in kubectl's words */
export function deleteFlags(invocation: Invocation, context: Context): DeleteFlags {
  const output = invocation.text('output') ?? ''
  if (output !== '' && output !== 'name')
    throw new KdsError('usage', `unexpected -o output mode: ${output}. We only support '-o name'`)
  const dryRun = dryRunOf(invocation, (text) => tellWarning(text, context))
  const several = invocation.on('all') || Boolean(invocation.text('selector'))
  return {
    cascade: cascadeOf(invocation, context),
    dryRun,
    gracePeriod: gracePeriodOf(invocation, context),
    nameOnly: output === 'name',
    ignoreNotFound: invocation.given('ignore-not-found') ? invocation.on('ignore-not-found') : several,
    wait: invocation.on('wait') && dryRun === 'none',
    timeout: timeLimit(invocation),
  }
}
