import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { documentText, printerOf } from '#commands/shared/printer/printer.ts'
import { type FoundStates, tellStateErrors, withStates, withSummaries } from '#commands/shared/states.ts'
import type { StateSummary } from '#controller/state/types.ts'
import { statesDocument } from '#views/state/document.ts'
import { flagsOf, type GetFlags, inOrder, namesText, type Text, tableLines } from './show.ts'
import { watch } from './watch.ts'

async function show<S extends StateSummary>(
  found: FoundStates<S>,
  flags: GetFlags,
  text: Text<S> | undefined,
  context: Context,
): Promise<number> {
  const { stdout } = context
  const states = inOrder(found, flags)
  if (flags.watch && found.live && found.errors.length === 0)
    return watch(found, found.live, flags, text, context)
  if (text) stdout.write(await text(states))
  else if (states.length > 0)
    stdout.write(`${(await tableLines(states, found, flags, context)).join('\n')}\n`)
  return tellStateErrors(found, context)
}

export const getCommand: Command = {
  run(invocation, context) {
    const output = printerOf(invocation, context, ['wide'])?.output
    const flags = flagsOf(invocation, output?.kind === 'wide')
    if (flags.watch && invocation.list('snapshot').length + invocation.list('nodes').length > 0)
      throw new UsageError('-w watches a cluster: it cannot be used with --snapshot or --nodes')
    if (!output || output.kind === 'wide' || output.kind === 'name') {
      const text = output?.kind === 'name' ? namesText : undefined
      return withSummaries(invocation, context, (found) => show(found, flags, text, context))
    }
    return withStates(invocation, context, { withoutNodes: true }, (found) =>
      show(found, flags, (states) => documentText(statesDocument(states), output), context),
    )
  },
}
