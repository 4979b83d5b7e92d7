import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { tellNothingFound } from '#commands/shared/failures.ts'
import { presentTime } from '#commands/shared/inputs/present-time.ts'
import { onLiveCluster } from '#commands/shared/live-state.ts'
import { diffRange, revisionDiff } from '#commands/shared/revision-diff.ts'
import { historyOf } from '#rollout/history.ts'
import { revisionPage } from '#views/revisions/describe.ts'
import { revisionsDocument } from '#views/revisions/document.ts'
import { nextCommand, type RevisionRow } from '#views/revisions/row.ts'
import { revisionsTable } from '#views/revisions/table.ts'
import { dumpInventory, type Inventory, liveInventory, type Named, namedIn, selectorOf } from './inventory.ts'
import { rowsOf } from './rows.ts'

interface Question {
  readonly args: readonly string[]
  readonly range: string | undefined
  readonly output: string
  readonly now: number
}

function questionOf(invocation: Invocation, context: Context): Question {
  const { args, range } = diffRange(invocation)
  const output = invocation.text('output') ?? ''
  if (range !== undefined && output !== '')
    throw new UsageError('--diff shows two revisions: -o does not go with it')
  return { args, range, output, now: presentTime(invocation, context) }
}

/** Is the row one of those that were asked for? */
const isMeant = (named: readonly Named[]) => (row: RevisionRow) =>
  named.length === 0 ||
  named.some((one) => {
    const { metadata } = one.kind === 'daemonset' ? one.daemonSet : one.revision
    const name = one.kind === 'daemonset' ? row.daemonSet : row.name
    return name === metadata?.name && row.namespace === (metadata?.namespace ?? '')
  })

function showDiffs(
  named: readonly Named[],
  range: string,
  { revisions, daemonSets }: Inventory,
  context: Context,
) {
  const chosen =
    named.length > 0
      ? named
      : (daemonSets ?? []).map((daemonSet) => ({ kind: 'daemonset' as const, daemonSet }))
  if (named.length === 0 && chosen.length > 1)
    throw new UsageError('--diff compares two revisions of a DaemonSet: name it')
  for (const one of chosen) {
    if (one.kind === 'revision')
      throw new UsageError('--diff takes the name of a DaemonSet, not of a revision')
    const history = historyOf(one.daemonSet, revisions)
    context.stdout.write(revisionDiff(one.daemonSet, history, { range, style: context.style.stdout }))
  }
}

/** What nobody will ever clear away, as one command. */
function tellLeftovers(rows: readonly RevisionRow[], { stderr }: Context): void {
  const left = rows.filter(({ standing }) => standing === 'orphan' || standing === 'stale')
  if (left.length === 0) return
  const what = left.length === 1 ? '1 revision is leftover' : `${left.length} revisions are leftover`
  stderr.write(`hint: ${what}; to delete ${left.length === 1 ? 'it' : 'them'}:\n`)
  for (const row of left) stderr.write(`  ${nextCommand(row)}\n`)
}

/** A terminal's width; `-o wide` may be as wide as it likes. */
const narrow = (wide: boolean, { stdout }: Context) =>
  stdout.isTerminal && !wide ? stdout.columns : undefined

async function showTable(
  rows: readonly RevisionRow[],
  question: Question,
  invocation: Invocation,
  context: Context,
) {
  const { table } = await import('../bundles/tables.ts')
  const all = invocation.given('all-namespaces') && invocation.on('all-namespaces')
  const namespaces = all || new Set(rows.map(({ namespace }) => namespace)).size > 1
  const wide = question.output === 'wide'
  const text = table(
    revisionsTable(rows, { now: question.now, wide, namespaces, width: narrow(wide, context) }),
  )
  context.stdout.write(invocation.on('no-headers') ? text.slice(text.indexOf('\n') + 1) : text)
  tellLeftovers(rows, context)
}

async function show(
  inventory: Inventory,
  question: Question,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const { args, now, output, range } = question
  const isSelected = selectorOf(invocation)
  const named = namedIn(args, inventory)
  if (range !== undefined) {
    showDiffs(named, range, inventory, context)
    return 0
  }
  const rows = rowsOf(inventory).filter(isSelected).filter(isMeant(named))
  const { stdout } = context
  if (output === 'json' || output === 'yaml') stdout.write(await structured(revisionsDocument(rows), output))
  else if (output === 'name') for (const { name } of rows) stdout.write(`controllerrevision.apps/${name}\n`)
  else if (rows.length === 0)
    await tellNothingFound(inventory.namespace === undefined, inventory.where, context)
  else if (output === '' && named.length > 0 && named.every(({ kind }) => kind === 'revision'))
    stdout.write(rows.map((row) => revisionPage(row, now)).join('\n\n'))
  else await showTable(rows, question, invocation, context)
  return 0
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  const question = questionOf(invocation, context)
  if (invocation.list('snapshot').length > 0)
    return show(await dumpInventory(invocation, context), question, invocation, context)
  return onLiveCluster(invocation, context, async (connected) =>
    show(await liveInventory(invocation, connected), question, invocation, context),
  )
}

export const revisionsCommand: Command = { run }
