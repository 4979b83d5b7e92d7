import { escapeLine } from '#base/escape.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { FoundStates } from '#commands/shared/states.ts'
import type { StateSummary } from '#controller/state/types.ts'
import { type GetColumns, getHead, getRow } from '#views/state/get.ts'
import { narrowed } from '#views/state/narrow.ts'
import { sortedBy, worstFirst } from './sort.ts'

export interface GetFlags {
  readonly wide: boolean
  readonly watch: boolean
  readonly problems: boolean
  readonly sortBy: string | undefined
  readonly heads: boolean
}

/** What `-o` prints instead of a table. */
export type Text<S> = (states: readonly S[]) => string | Promise<string>

export const flagsOf = (invocation: Invocation, wide: boolean): GetFlags => ({
  wide,
  watch: invocation.on('watch'),
  problems: invocation.on('problems'),
  sortBy: invocation.text('sort-by') || undefined,
  heads: !invocation.on('no-headers'),
})

export function inOrder<S extends StateSummary>(
  { states }: FoundStates<S>,
  { problems, sortBy }: GetFlags,
): readonly S[] {
  const sorted = sortBy === undefined ? states : sortedBy(sortBy, states)
  return problems ? worstFirst(sorted) : sorted
}

/** Left out on a terminal that is too narrow, in this order; the verdict and the names stay. */
const dispensable = [
  'NODE SELECTOR',
  'CURRENT',
  'MISSCHEDULED',
  'UP-TO-DATE',
  'AVAILABLE',
  'RESTARTS',
  'AGE',
  'DESIRED',
]

/** The lines of the table, heads first. */
export async function tableLines(
  states: readonly StateSummary[],
  found: FoundStates<StateSummary>,
  { heads, wide }: GetFlags,
  { stdout, style }: Context,
): Promise<string[]> {
  const { table } = await import('#commands/bundles/tables.ts')
  const columns: GetColumns = { namespaces: found.allNamespaces, wide }
  const all = { head: getHead(columns), rows: states.map((state) => getRow(state, columns, style.stdout)) }
  const { head, rows } =
    stdout.isTerminal && !wide ? narrowed(all.head, all.rows, stdout.columns, dispensable) : all
  const lines = table({ head, rows }).trimEnd().split('\n')
  return heads ? lines : lines.slice(1)
}

export const namesText: Text<StateSummary> = (states) =>
  states.map(({ daemonSet }) => `daemonset.apps/${escapeLine(daemonSet.metadata?.name ?? '')}\n`).join('')
