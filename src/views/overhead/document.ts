import type { NodeClass, Overhead } from '#controller/overhead.ts'
import { amountOf } from '#scheduler/amounts.ts'
import type { Requests } from '#scheduler/pod-requests.ts'

/** Amounts as `{value, text}` by resource: cores, bytes, pieces. */
const amounts = (of: Requests): object =>
  Object.fromEntries([...of].map(([resource, amount]) => [resource, amountOf(resource, amount, Math.ceil)]))

const nameOf = ({ namespace, name }: Overhead['daemonSets'][number]['daemonSet']) => `${namespace}/${name}`

/** A class of nodes as a part of a document. */
export const classDocument = (
  { names, allocatable, asks, share, runs }: NodeClass,
  { daemonSets }: Overhead,
  labels: object = {},
): object => ({
  nodes: names,
  ...labels,
  allocatable: amounts(allocatable),
  requests: amounts(asks),
  // JSON has no word for infinity.
  share: Number.isFinite(share) ? Math.round(share * 10_000) / 10_000 : null,
  daemonSets: runs.flatMap((at) => (daemonSets[at] ? [nameOf(daemonSets[at].daemonSet)] : [])),
})

/** A `kds/v1` document: `docs/overhead.schema.json` describes it. */
export const overheadDocument = (
  overhead: Overhead,
  labels: readonly string[],
  without?: Overhead,
): object => ({
  apiVersion: 'kds/v1',
  kind: 'Overhead',
  total: amounts(overhead.total),
  ...(without ? { totalWithoutFile: amounts(without.total) } : {}),
  classes: overhead.classes.map((one) =>
    classDocument(
      one,
      overhead,
      labels.length > 0
        ? { labels: Object.fromEntries(labels.map((label, at) => [label, one.labels[at] ?? null])) }
        : {},
    ),
  ),
  daemonSets: overhead.daemonSets.map(({ daemonSet, nodes, requests, unset }) => ({
    ...daemonSet,
    nodes,
    requests: amounts(requests),
    unset,
  })),
})
