import { byText } from '#base/compare.ts'
import { addTo } from '#base/grouped.ts'
import { labelValue } from '#kube/requirements.ts'
import type { KubeObject } from '#kube/types.ts'

/** Labels by which nodes are grouped, the first of which they have several values. */
const usualLabels = [
  'cloud.google.com/gke-nodepool',
  'eks.amazonaws.com/nodegroup',
  'karpenter.sh/nodepool',
  'kubernetes.azure.com/agentpool',
  'agentpool',
  'node.kubernetes.io/pool',
  'nodepool',
  'node-pool',
  'pool',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
]

/** Nodes that are drawn together. */
export interface Grouped<T> {
  readonly name: string
  readonly members: readonly T[]
}

type Labelled = Pick<KubeObject, 'metadata'> | undefined

const labelOf = (node: Labelled, key: string) => labelValue(node?.metadata?.labels, key)

/** `zone eu-1` by one label, `eu-1 m5.large` by several. */
function placeText(node: Labelled, keys: readonly string[]): string {
  const [first = '', ...more] = keys.map((key) => labelOf(node, key) ?? '<none>')
  return more.length > 0 ? [first, ...more].join(' ') : `${keys[0]?.split('/').at(-1)} ${first}`
}

function usualPlace(label: string, node: Labelled): string {
  const value = labelOf(node, label) ?? 'others'
  return label.endsWith('/zone') ? `zone ${value}` : value
}

/** The groups of lists of nodes, each by its first node. */
const known = new WeakMap<
  object,
  { readonly nodes: readonly Labelled[]; readonly places: readonly string[] }
>()

/** The group of each node. A live view asks again and again about the same nodes. */
function placesOf(nodes: readonly Labelled[], keys: readonly string[]): readonly string[] {
  const [first] = nodes
  if (keys.length > 0) return nodes.map((node) => placeText(node, keys))
  const last = first && known.get(first)
  if (last?.nodes.length === nodes.length && nodes.every((node, at) => node === last.nodes[at]))
    return last.places
  const isTelling = (key: string) => nodes.some((node) => labelOf(node, key) !== labelOf(first, key))
  const usual = usualLabels.find(isTelling)
  const places = nodes.map((node) => (usual === undefined ? 'nodes' : usualPlace(usual, node)))
  if (first) known.set(first, { nodes, places })
  return places
}

/**
 * Things of nodes in groups, sorted by name. `keys` are labels of which each combination of values is a group. Without any,
 * nodes are grouped by pool, else by zone: by the first of the usual labels of which they have several values (`others` are
 * without it), and are one group called `nodes` where no label tells them apart.
 */
export function groupedByPlace<T>(
  all: readonly T[],
  nodeOf: (one: T) => Labelled,
  keys: readonly string[] = [],
): Grouped<T>[] {
  const places = placesOf(all.map(nodeOf), keys)
  const groups = new Map<string, T[]>()
  for (const [at, one] of all.entries()) addTo(groups, places[at] as string, one)
  return [...groups].map(([name, members]) => ({ name, members })).sort(byText(({ name }) => name))
}
