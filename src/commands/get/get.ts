import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { printerOf } from '#commands/shared/printer/printer.ts'
import { type FoundStates, tellStateErrors, withStates } from '#commands/shared/states.ts'
import { flagsOf, type GetFlags, inOrder, printed, tableLines } from './show.ts'
import { watch } from './watch.ts'

async function show(found: FoundStates, flags: GetFlags, context: Context): Promise<void> {
  const { stdout } = context
  const states = inOrder(found, flags)
  const { printer } = flags
  if (printer && printer.output.kind !== 'wide') stdout.write(await printed(states, printer))
  else if (states.length > 0)
    stdout.write(`${(await tableLines(states, found, flags, context)).join('\n')}\n`)
}

export const getCommand: Command = {
  run(invocation, context) {
    const flags = flagsOf(invocation, printerOf(invocation, context, ['wide']))
    const goesOn = invocation.on('watch')
    if (goesOn && invocation.list('snapshot').length + invocation.list('nodes').length > 0)
      throw new UsageError('-w watches a cluster: it cannot be used with --snapshot or --nodes')
    return withStates(invocation, context, {}, async (found) => {
      if (goesOn && found.live && found.errors.length === 0) return watch(found, found.live, flags, context)
      await show(found, flags, context)
      return tellStateErrors(found, context)
    })
  },
}
