import type { Context } from '#cli/context.ts'
import { LiveScreen } from '#cli/screen.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { FoundStates } from '#commands/shared/states.ts'
import { watchStates } from '#commands/shared/watch-states.ts'
import type { StateSummary } from '#controller/state/types.ts'
import { type GetFlags, inOrder, type Text, tableLines } from './show.ts'

/** Shows what changes until it is interrupted: in place on a terminal, changed rows on a pipe, documents with `-o`. */
export const watch = <S extends StateSummary>(
  first: FoundStates<S>,
  connected: Connected,
  flags: GetFlags,
  text: Text<S> | undefined,
  context: Context,
): Promise<number> => watchStates(first, connected, shower(flags, text, context), context)

type Show<S extends StateSummary> = (found: FoundStates<S>) => Promise<void>

function shower<S extends StateSummary>(
  flags: GetFlags,
  text: Text<S> | undefined,
  context: Context,
): Show<S> {
  const { stdout } = context
  if (text) return changedTexts(flags, text, context)
  if (!stdout.isTerminal || context.env.TERM === 'dumb') return changedRows(flags, context)
  const screen = new LiveScreen(stdout)
  return async (found) => {
    const lines = await tableLines(inOrder(found, flags), found, flags, context)
    const room = Math.max(2, stdout.rows - 1)
    const more = lines.length - room
    screen.draw(more > 0 ? [...lines.slice(0, room - 1), `… and ${more + 1} more`] : lines)
  }
}

/** Nothing but a row's age may differ. */
const withoutAge = (state: StateSummary) =>
  JSON.stringify([
    state.daemonSet.status,
    state.verdict,
    state.restarts,
    state.misscheduled,
    state.daemonSet.spec?.template,
  ])

const keyOf = ({ daemonSet }: StateSummary) => `${daemonSet.metadata?.namespace}/${daemonSet.metadata?.name}`

/** Tells which rows are new or changed since it was asked last. */
function memory() {
  const seen = new Map<string, string>()
  return (states: readonly StateSummary[]) =>
    states.map((state) => {
      const text = withoutAge(state)
      const changed = seen.get(keyOf(state)) !== text
      seen.set(keyOf(state), text)
      return changed
    })
}

function changedRows<S extends StateSummary>(flags: GetFlags, context: Context): Show<S> {
  const changedOf = memory()
  let first = true
  return async (found) => {
    const states = inOrder(found, flags)
    const changed = changedOf(states)
    const lines = await tableLines(states, found, flags, context)
    const heads = flags.heads ? lines.slice(0, 1) : []
    const rows = flags.heads ? lines.slice(1) : lines
    const shown = [...(first ? heads : []), ...rows.filter((_, at) => changed[at])]
    first = false
    if (shown.length > 0) context.stdout.write(`${shown.join('\n')}\n`)
  }
}

function changedTexts<S extends StateSummary>(flags: GetFlags, text: Text<S>, { stdout }: Context): Show<S> {
  const changedOf = memory()
  return async (found) => {
    const states = inOrder(found, flags)
    const changed = changedOf(states)
    const news = states.filter((_, at) => changed[at])
    if (news.length > 0) stdout.write(await text(news))
  }
}
