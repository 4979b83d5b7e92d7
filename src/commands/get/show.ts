import { escapeLine } from '#base/escape.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { documentText, type Printer } from '#commands/shared/printer/printer.ts'
import type { FoundStates } from '#commands/shared/states.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import { statesDocument } from '#views/state/document.ts'
import { type GetColumns, getHead, getRow } from '#views/state/get.ts'
import { narrowed } from '#views/state/narrow.ts'
import { sortedBy, worstFirst } from './sort.ts'

export interface GetFlags {
  /** Undefined: the table. */
  readonly printer: Printer | undefined
  readonly problems: boolean
  readonly sortBy: string | undefined
  readonly heads: boolean
}

export const flagsOf = (invocation: Invocation, printer: Printer | undefined): GetFlags => ({
  printer,
  problems: invocation.on('problems'),
  sortBy: invocation.text('sort-by') || undefined,
  heads: !invocation.on('no-headers'),
})

export function inOrder({ states }: FoundStates, { problems, sortBy }: GetFlags): readonly DaemonSetState[] {
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
  states: readonly DaemonSetState[],
  found: FoundStates,
  { heads, printer }: GetFlags,
  { stdout, style }: Context,
): Promise<string[]> {
  const { table } = await import('#commands/bundles/tables.ts')
  const wide = printer?.output.kind === 'wide'
  const columns: GetColumns = { namespaces: found.allNamespaces, wide }
  const all = { head: getHead(columns), rows: states.map((state) => getRow(state, columns, style.stdout)) }
  const { head, rows } =
    stdout.isTerminal && !wide ? narrowed(all.head, all.rows, stdout.columns, dispensable) : all
  const lines = table({ head, rows }).trimEnd().split('\n')
  return heads ? lines : lines.slice(1)
}

/** What `-o` asks for other than tables. */
export async function printed(states: readonly DaemonSetState[], { output }: Printer): Promise<string> {
  if (output.kind === 'name')
    return states
      .map(({ daemonSet }) => `daemonset.apps/${escapeLine(daemonSet.metadata?.name ?? '')}\n`)
      .join('')
  return documentText(statesDocument(states), output)
}
