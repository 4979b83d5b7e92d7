import type { PodTemplate } from '#kube/types.ts'
import type { HistoryRow } from './history.ts'

interface HistoryDocumentInput {
  readonly namespace: string
  readonly name: string
  readonly rows: readonly (HistoryRow & { readonly template: PodTemplate })[]
}

/** The revisions of DaemonSets as one `kds/v1` document. `pods` is missing where pods were not looked at. */
export function historyDocument(histories: readonly HistoryDocumentInput[]): object {
  const [only] = histories
  const one = ({ namespace, name, rows }: HistoryDocumentInput) => ({
    kind: 'RolloutHistory',
    daemonSet: { namespace, name },
    items: rows.map(({ revision, current, hash, createdAt, changeCause, images, pods, template }) => ({
      revision,
      current,
      hash,
      createdAt,
      changeCause,
      images,
      ...(pods ? { pods } : {}),
      template,
    })),
  })
  if (only && histories.length === 1) return { apiVersion: 'kds/v1', ...one(only) }
  return { apiVersion: 'kds/v1', kind: 'RolloutHistoryList', items: histories.map(one) }
}
