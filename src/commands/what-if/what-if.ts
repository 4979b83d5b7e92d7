import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { askedOverhead, requireDaemonSets } from '#commands/shared/overhead-of.ts'
import { type Whole, withWhole } from '#commands/shared/whole.ts'
import { whatIf } from '#controller/what-if/what-if.ts'
import { whatIfDocument } from '#views/what-if/document.ts'
import type { ShownWhatIf } from '#views/what-if/shown.ts'
import { whatIfTable, whatIfText } from '#views/what-if/text.ts'
import { changesOf } from './changes.ts'

async function show(shown: ShownWhatIf, output: string, { stdout, style }: Context): Promise<void> {
  if (output === 'json' || output === 'yaml')
    return stdout.write(await structured(whatIfDocument(shown), output))
  if (output === 'wide')
    return stdout.write(whatIfTable(shown, stdout.isTerminal ? stdout.columns : undefined))
  stdout.write(whatIfText(shown, { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }))
}

async function answer(whole: Whole, invocation: Invocation, context: Context): Promise<number> {
  const { ask, daemonSets, now, serverVersion, snapshot } = whole
  const { edits, added } = changesOf(invocation, snapshot.nodes)
  requireDaemonSets(daemonSets)
  const comparisonOperators = invocation.on('comparison-operators')
  const result = whatIf({
    ...snapshot,
    daemonSets,
    now,
    serverVersion,
    comparisonOperators,
    edits,
    added,
    ask,
  })
  const only = invocation.given('namespace') ? whole.namespace : undefined
  const chosen = result.daemonSets.filter(
    ({ daemonSet }) => only === undefined || daemonSet.namespace === only,
  )
  const cost = added.length > 0 ? askedOverhead(whole, added.slice(0, 1), { comparisonOperators }) : undefined
  const shown = { answer: { ...result, daemonSets: chosen }, edits, added: added.length, cost }
  await show(shown, invocation.text('output') ?? '', context)
  return 0
}

export const whatIfCommand: Command = {
  run: (invocation, context) => withWhole(invocation, context, (whole) => answer(whole, invocation, context)),
}
