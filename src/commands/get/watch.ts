import type { Context } from '#cli/context.ts'
import { LiveScreen } from '#cli/screen.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { FoundStates } from '#commands/shared/states.ts'
import { type GetFlags, inOrder, printed, tableLines } from './show.ts'

/** How soon after a change of a DaemonSet it is looked at again, and how soon without one. */
const soonMs = 1_000
const laterMs = 10_000

/** Shows what changes until it is interrupted: in place on a terminal, changed rows on a pipe, documents with `-o`. */
export async function watch(
  first: FoundStates,
  connected: Connected,
  flags: GetFlags,
  context: Context,
): Promise<number> {
  const { clock } = context
  const show = shower(flags, context)
  const changes = changesOf(first, connected, context)
  let found = first
  for (;;) {
    await show(found)
    const asked = clock.now()
    await changes.next()
    found = await found.again()
    // A cluster that takes long to answer is asked less often.
    await clock.sleep(Math.max(soonMs, 10 * (clock.now() - asked - laterMs)), connected.signal)
  }
}

/** Waits for a DaemonSet to change, and no longer than a while: nodes and ages change, too. */
function changesOf(
  { allNamespaces, namespace }: FoundStates,
  { cluster, signal }: Connected,
  { clock }: Context,
) {
  let wake: () => void = () => undefined
  let changed = false
  const listening = async () => {
    for await (const event of cluster.watch(daemonSets, {
      signal,
      ...(allNamespaces ? {} : { namespace }),
    })) {
      if (event.type === 'SYNCED') continue
      changed = true
      wake()
    }
  }
  // Whoever waits learns of its end by the next look.
  listening().catch(() => undefined)
  return {
    async next(): Promise<void> {
      if (changed) {
        changed = false
        return
      }
      const over = new AbortController()
      const either = AbortSignal.any([signal, over.signal])
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve
        }),
        clock.sleep(laterMs, either).catch(() => undefined),
      ])
      over.abort()
      changed = false
      signal.throwIfAborted()
    },
  }
}

function shower(flags: GetFlags, context: Context): (found: FoundStates) => Promise<void> {
  const { stdout } = context
  if (flags.printer && flags.printer.output.kind !== 'wide') return documents(flags, context)
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
const withoutAge = (state: FoundStates['states'][number]) =>
  JSON.stringify([
    state.daemonSet.status,
    state.verdict,
    state.restarts,
    state.misscheduled,
    state.daemonSet.spec?.template,
  ])

const keyOf = ({ daemonSet }: FoundStates['states'][number]) =>
  `${daemonSet.metadata?.namespace}/${daemonSet.metadata?.name}`

/** Tells which rows are new or changed since it was asked last. */
function memory() {
  const seen = new Map<string, string>()
  return (states: FoundStates['states']) =>
    states.map((state) => {
      const text = withoutAge(state)
      const changed = seen.get(keyOf(state)) !== text
      seen.set(keyOf(state), text)
      return changed
    })
}

function changedRows(flags: GetFlags, context: Context): (found: FoundStates) => Promise<void> {
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

function documents(flags: GetFlags, { stdout }: Context): (found: FoundStates) => Promise<void> {
  const changedOf = memory()
  return async (found) => {
    const states = inOrder(found, flags)
    const changed = changedOf(states)
    const news = states.filter((_, at) => changed[at])
    if (news.length > 0 && flags.printer) stdout.write(await printed(news, flags.printer))
  }
}
