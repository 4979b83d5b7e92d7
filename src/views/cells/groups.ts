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

const labelOf = (node: Labelled, key: string) => node?.metadata?.labels?.[key]

/** `zone eu-1` by one label, `eu-1 m5.large` by several. */
function placeText(node: Labelled, keys: readonly string[]): string {
  const [first = '', ...more] = keys.map((key) => labelOf(node, key) ?? '<none>')
  return more.length > 0 ? [first, ...more].join(' ') : `${keys[0]?.split('/').at(-1)} ${first}`
}

function usualPlace(label: string, node: Labelled): string {
  const value = labelOf(node, label) ?? 'others'
  return label.endsWith('/zone') ? `zone ${value}` : value
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
  const isTelling = (key: string) => new Set(all.map((one) => labelOf(nodeOf(one), key))).size > 1
  const usual = keys.length > 0 ? undefined : usualLabels.find(isTelling)
  const nameOf = (node: Labelled): string => {
    if (keys.length > 0) return placeText(node, keys)
    return usual === undefined ? 'nodes' : usualPlace(usual, node)
  }
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const name = nameOf(nodeOf(one))
    const group = groups.get(name)
    if (group) group.push(one)
    else groups.set(name, [one])
  }
  return [...groups]
    .map(([name, members]) => ({ name, members }))
    .sort(({ name: one }, { name: other }) => (one < other ? -1 : one > other ? 1 : 0))
}
