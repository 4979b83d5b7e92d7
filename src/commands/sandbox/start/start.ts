import type { Context } from '#cli/context.ts'
import { interrupted } from '#cli/exit-codes.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { recordStands, sandboxFolder } from '../folder.ts'
import { openSandbox } from '../open.ts'
import { sandboxOptions } from '../options.ts'
import { background, folderVariable } from './background.ts'
import { stopAfter } from './stop-after.ts'
import { lookAgainMs, welcome } from './welcome.ts'

/** Serves until Ctrl-C, until somebody removes the record, or until it has been idle for long. */
async function foreground(invocation: Invocation, context: Context): Promise<number> {
  const { stdout } = context
  const path = context.env[folderVariable]
  const limit = stopAfter(invocation)
  const wanted = await sandboxOptions(invocation, context)
  // From here on there is something to put in order.
  const signal = context.interrupts()
  const sandbox = await openSandbox(wanted, context, {
    ...(path ? { given: sandboxFolder(path) } : {}),
    ...(limit === undefined ? {} : { stopAfter: limit }),
  })
  stdout.write(welcome(sandbox, sandbox.folder, context, 'Ctrl-C stops it'))
  try {
    while ((await recordStands(sandbox.folder)) && sandbox.idle() < (limit ?? Number.POSITIVE_INFINITY))
      await context.clock.sleep(lookAgainMs, signal)
    return 0
  } catch (error) {
    if (signal.aborted) return interrupted
    throw error
  } finally {
    await sandbox.close()
  }
}

export const startCommand: Command = {
  run: (invocation, context) =>
    invocation.on('detach') ? background(invocation, context) : foreground(invocation, context),
}
