import type { DaemonSet } from '#kube/types.ts'
import { type Consequences, consequencesDocument, type Outlook } from '../consequences.ts'
import type { Change } from './changes.ts'

/** One DaemonSet of a diff. */
export interface DiffItem {
  readonly daemonSet: DaemonSet
  /** Whether it is there. */
  readonly exists: boolean
  readonly changes: readonly Change[]
  readonly consequences: Consequences
  readonly outlook: Outlook | undefined
}

/** What `kds diff -o json` and `-o yaml` print; docs/diff.schema.json describes it. */
export function diffDocument(items: readonly DiffItem[]): object {
  return {
    apiVersion: 'kds/v1',
    kind: 'DiffList',
    items: items.map(({ daemonSet, exists, changes, consequences, outlook }) => ({
      namespace: daemonSet.metadata?.namespace ?? '',
      name: daemonSet.metadata?.name ?? '',
      exists,
      differs: !exists || changes.length > 0,
      consequences: consequencesDocument(consequences, outlook),
      changes,
    })),
  }
}
