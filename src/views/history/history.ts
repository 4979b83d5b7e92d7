import { humanDuration, parseTime } from '#kube/duration.ts'
import { tabColumns } from '../tab-columns.ts'
import type { TableOptions } from '../table.ts'

/** One revision of a DaemonSet's history, as far as its tables tell. */
export interface HistoryRow {
  readonly revision: number
  readonly changeCause: string
  readonly hash: string
  readonly createdAt: string
  readonly images: readonly string[]
  readonly current: boolean
  /** Pods of the revision; absent where they were not looked at. */
  readonly pods?: { readonly ready: number; readonly total: number } | undefined
}

/** `daemonset.apps/NAME ` and kubectl's table of revisions, an empty line at the end. */
export function historyText(name: string, rows: readonly HistoryRow[]): string {
  const table =
    rows.length === 0
      ? 'No rollout history found.'
      : tabColumns(
          `REVISION\tCHANGE-CAUSE\n${rows.map((row) => `${row.revision}\t${causeOf(row)}\n`).join('')}`,
        )
  return `daemonset.apps/${name} \n${table}\n`
}

/** `daemonset.apps/NAME with revision #N` and the pod template, described; an empty line at the end. */
export function revisionText(name: string, revision: number, description: string): string {
  return `daemonset.apps/${name} with revision #${revision}\n${description}\n`
}

/** What the table of `-o wide` shows: REVISION first, CHANGE-CAUSE last, `*` at the current revision. */
export function wideHistory(history: readonly HistoryRow[], now: number): TableOptions {
  const head = ['REVISION', 'CURRENT', 'HASH', 'AGE', 'PODS', 'IMAGES', 'CHANGE-CAUSE']
  const rows = history.map((row) => {
    const created = parseTime(row.createdAt)
    return [
      String(row.revision),
      row.current ? '*' : '',
      row.hash || '<none>',
      created === undefined ? '<unknown>' : humanDuration(now - created),
      row.pods ? `${row.pods.ready}/${row.pods.total}` : '<unknown>',
      row.images.join(',') || '<none>',
      causeOf(row).replaceAll('\n', ' ').replaceAll('\t', ' '),
    ]
  })
  return { head, rows }
}

function causeOf({ changeCause }: HistoryRow): string {
  return changeCause === '' ? '<none>' : changeCause
}
