import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { chosen, nothingRuns } from '../choose.ts'
import { answers, type FoundSandbox, findSandboxes, removeFolder } from '../folder.ts'

const lookAgainMs = 100

/** A sandbox ends when its folder is gone. */
async function stop(sandbox: FoundSandbox, context: Context): Promise<void> {
  await removeFolder(sandbox)
  while (await answers(sandbox)) await context.clock.sleep(lookAgainMs, context.interrupts())
  context.stdout.write(`sandbox ${sandbox.url} stopped\n`)
}

export const stopCommand: Command = {
  async run(invocation, context) {
    const found = await findSandboxes(context)
    const all = invocation.on('all')
    if (found.length === 0 && invocation.args.length === 0) {
      if (all) return 0
      throw nothingRuns()
    }
    for (const sandbox of all ? found : chosen(found, invocation.args)) await stop(sandbox, context)
    return 0
  },
}
