import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { LiveScreen } from '#cli/screen.ts'
import type { Command } from '#cli/spec.ts'
import { type FoundStates, tellStateErrors, withStates } from '#commands/shared/states.ts'
import { watchStates } from '#commands/shared/watch-states.ts'
import { flagsOf, type PodsFlags, podsLines, podsText, rowKeys, tableLines } from './show.ts'

/** In place on a terminal; elsewhere the rows that are new or changed. */
function shower(flags: PodsFlags, context: Context): (found: FoundStates) => Promise<void> {
  const { stdout } = context
  if (stdout.isTerminal && context.env.TERM !== 'dumb') {
    const screen = new LiveScreen(stdout)
    return async (found) => {
      const lines = await podsLines(found, flags, context)
      const room = Math.max(2, stdout.rows - 1)
      const more = lines.length - room
      screen.draw(more > 0 ? [...lines.slice(0, room - 1), `… and ${more + 1} more lines`] : lines)
    }
  }
  let seen: ReadonlySet<string> = new Set(['heads'])
  let first = true
  return async (found) => {
    const lines = await tableLines(found, flags, context)
    const keys = [...(flags.heads ? ['heads'] : []), ...rowKeys(found, flags)]
    const news = lines.filter((_, at) => first || !seen.has(keys[at] ?? ''))
    seen = new Set(['heads', ...keys])
    first = false
    if (news.length > 0) stdout.write(`${news.join('\n')}\n`)
  }
}

export const podsCommand: Command = {
  run(invocation, context) {
    const flags = flagsOf(invocation)
    const goesOn = invocation.on('watch')
    if (goesOn && invocation.list('snapshot').length + invocation.list('nodes').length > 0)
      throw new UsageError('-w watches a cluster: it cannot be used with --snapshot or --nodes')
    if (goesOn && flags.output !== '' && flags.output !== 'wide')
      throw new UsageError('-w shows rows: -o json, yaml and name do not go with it')
    return withStates(invocation, context, { revisions: true, withoutNodes: true }, async (found) => {
      if (goesOn && found.live && found.errors.length === 0)
        return watchStates(found, found.live, shower(flags, context), context)
      if (found.states.length > 0 || found.errors.length === 0)
        context.stdout.write(await podsText(found, flags, context))
      return tellStateErrors(found, context)
    })
  },
}
