import { nextCommand, type RevisionRow } from './row.ts'

/** What `-o json` and `-o yaml` print; docs/revisions.schema.json describes it. Templates stay away: they hold environments. */
export function revisionsDocument(rows: readonly RevisionRow[]): object {
  return {
    apiVersion: 'kds/v1',
    kind: 'RevisionList',
    items: rows.map((row) => ({
      namespace: row.namespace,
      name: row.name,
      revision: row.revision,
      state: row.standing,
      ...(row.daemonSet === undefined ? {} : { daemonSet: row.daemonSet }),
      ...(row.controller === '<none>' ? {} : { controller: row.controller }),
      hash: row.hash,
      createdAt: row.createdAt,
      changeCause: row.changeCause,
      images: row.images,
      sizeBytes: row.size,
      ...(row.pods ? { pods: row.pods } : {}),
      ...(nextCommand(row) === undefined ? {} : { next: nextCommand(row) }),
    })),
  }
}
