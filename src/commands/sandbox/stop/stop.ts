import { type Diagnostic, KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { chosen, nothingRuns } from '../choose.ts'
import { type FoundSandbox, findSandboxes, stateOf } from '../find.ts'
import { removeFolder } from '../folder.ts'

const lookAgainMs = 100
/** How long one that does not answer may take: it may be about to end, or cannot be told and is left to find out. */
const patienceMs = 5_000

/** A sandbox ends when its record is gone. Answers false for one that does not answer, and so does not see it. */
async function stop(sandbox: FoundSandbox, context: Context): Promise<boolean> {
  await removeFolder(sandbox)
  const { clock } = context
  let state = await stateOf(sandbox)
  for (let heard = clock.now(); state !== 'gone' && clock.now() - heard < patienceMs; ) {
    if (state === 'serving') heard = clock.now()
    await clock.sleep(lookAgainMs, context.interrupts())
    state = await stateOf(sandbox)
  }
  if (state === 'gone') context.stdout.write(`sandbox ${sandbox.url} stopped\n`)
  return state === 'gone'
}

const notStopped = ({ url, owner }: FoundSandbox): Diagnostic => ({
  severity: 'error',
  code: 'not-answering',
  message: `the sandbox ${url} does not answer; it stops as soon as its process continues`,
  ...(owner.running ? { hint: `kill -KILL ${owner.running.pid} stops it now` } : {}),
})

export const stopCommand: Command = {
  async run(invocation, context) {
    const all = invocation.on('all')
    const found = await findSandboxes(context, all)
    if (found.length === 0 && invocation.args.length === 0) {
      if (all) return 0
      throw nothingRuns()
    }
    const diagnostics: Diagnostic[] = []
    for (const sandbox of all ? found : chosen(found, invocation.args))
      if (!(await stop(sandbox, context))) diagnostics.push(notStopped(sandbox))
    if (diagnostics.length > 0) throw new KdsError('not-answering', '', { diagnostics })
    return 0
  },
}
