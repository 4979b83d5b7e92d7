import { escapeLine } from '#base/escape.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import type { FoundStates } from '#commands/shared/states.ts'
import { podsDocument } from '#views/pods/document.ts'
import { labelColumns } from '#views/pods/label-columns.ts'
import { dispensable, type PodsLayout, podsHead, podsKeys, podsRows } from '#views/pods/table.ts'
import { headLines } from '#views/state/headline.ts'
import { narrowed } from '#views/state/narrow.ts'
import { nextCommands, nextLines } from '#views/state/next-lines.ts'

export interface PodsFlags {
  readonly output: string
  readonly labels: readonly string[]
  readonly problems: boolean
  /** False: rows alone. */
  readonly heads: boolean
}

export const flagsOf = (invocation: Invocation): PodsFlags => ({
  output: invocation.text('output') ?? '',
  labels: invocation.list('label-columns'),
  problems: invocation.on('problems'),
  heads: !invocation.on('no-headers'),
})

function layoutOf(
  { allNamespaces, states }: FoundStates,
  { labels, output, problems }: PodsFlags,
): PodsLayout {
  const nodes = () => states.flatMap(({ rows }) => rows.flatMap(({ object }) => object ?? []))
  const namespaces = new Set(states.map(({ daemonSet }) => daemonSet.metadata?.namespace)).size > 1
  return {
    namespaces: allNamespaces && namespaces,
    several: states.length > 1,
    labels: labelColumns(labels, nodes),
    wide: output === 'wide',
    problems,
  }
}

/** The table's lines, heads first unless they are not wanted. */
export async function tableLines(
  found: FoundStates,
  flags: PodsFlags,
  { stdout, style }: Context,
): Promise<string[]> {
  const bundle = await import('#commands/bundles/tables.ts')
  const layout = layoutOf(found, flags)
  const head = podsHead(layout)
  const rows = found.states.flatMap((state) => podsRows(state, layout, style.stdout))
  if (rows.length === 0) return []
  const narrow = stdout.isTerminal && !layout.wide
  const shown = narrow ? fitting(head, rows, stdout.columns) : { head, rows }
  const lines = bundle.tableLines({ ...shown, width: narrow ? stdout.columns : undefined })
  return flags.heads ? lines : lines.slice(1)
}

/** What tells the rows of the table from those of another time. */
export const rowKeys = (found: FoundStates, flags: PodsFlags): string[] =>
  found.states.flatMap((state) => podsKeys(state, layoutOf(found, flags)))

/** A cause of a few words is worth other columns; a longer one goes below its row. */
const shortCause = 28

function fitting(head: readonly string[], rows: readonly (readonly string[])[], width: number) {
  const cut = rows.map((row) =>
    row.with(-1, (row.at(-1) ?? '').length > shortCause ? '' : (row.at(-1) ?? '')),
  )
  const kept = narrowed(head, cut, width, dispensable)
  return { head: kept.head, rows: kept.rows.map((row, at) => row.with(-1, rows[at]?.at(-1) ?? '')) }
}

/** How each DaemonSet is, its pods node by node, and what to do. */
export async function podsLines(found: FoundStates, flags: PodsFlags, context: Context): Promise<string[]> {
  const rows = await tableLines(found, flags, context)
  if (!flags.heads) return rows
  const { stdout, style } = context
  const width = stdout.isTerminal ? stdout.columns : Number.POSITIVE_INFINITY
  const heads = found.states.flatMap((state) => headLines(state, { style: style.stdout, width }))
  const next = found.states.flatMap((state) => [...nextCommands(state)])
  return [...heads, ...(rows.length > 0 ? ['', ...rows] : []), ...nextLines(next)]
}

/** What `-o` asks for, or the lines. */
export async function podsText(found: FoundStates, flags: PodsFlags, context: Context): Promise<string> {
  const { states } = found
  if (flags.output === 'json' || flags.output === 'yaml')
    return structured(podsDocument(states, layoutOf(found, flags).labels), flags.output)
  if (flags.output === 'name')
    return states
      .flatMap(({ rows }) =>
        rows.flatMap(({ pods }) => pods.map(({ facts }) => `pod/${escapeLine(facts.name)}\n`)),
      )
      .join('')
  const lines = await podsLines(found, flags, context)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
