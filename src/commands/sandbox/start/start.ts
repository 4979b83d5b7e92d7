import type { Context } from '#cli/context.ts'
import { interrupted } from '#cli/exit-codes.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { folderStands, sandboxFolder } from '../folder.ts'
import { openSandbox } from '../open.ts'
import { background, folderVariable } from './background.ts'
import { lookAgainMs, welcome } from './welcome.ts'

/** Serves until Ctrl-C, or until somebody removes the folder. */
async function foreground(invocation: Invocation, context: Context): Promise<number> {
  const { stdout } = context
  const signal = context.interrupts()
  const path = context.env[folderVariable]
  const sandbox = await openSandbox(invocation, context, path ? sandboxFolder(path) : undefined)
  stdout.write(welcome(sandbox, sandbox.folder, context, 'Ctrl-C stops it'))
  try {
    while (await folderStands(sandbox.folder)) await context.clock.sleep(lookAgainMs, signal)
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
