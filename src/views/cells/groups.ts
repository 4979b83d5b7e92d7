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

/**
 * Things of nodes in groups by pool, else by zone: by the first of the usual labels of which the nodes have several values;
 * sorted by name, `others` are without the label. One group called `nodes` where no label tells them apart.
 */
export function groupedByPlace<T>(
  all: readonly T[],
  nodeOf: (one: T) => Pick<KubeObject, 'metadata'> | undefined,
): Grouped<T>[] {
  const labelOf = (one: T, label: string) => nodeOf(one)?.metadata?.labels?.[label]
  const label = usualLabels.find((each) => new Set(all.map((one) => labelOf(one, each))).size > 1)
  if (label === undefined) return [{ name: 'nodes', members: all }]
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const value = labelOf(one, label) ?? 'others'
    const name = label.endsWith('/zone') ? `zone ${value}` : value
    const group = groups.get(name)
    if (group) group.push(one)
    else groups.set(name, [one])
  }
  return [...groups]
    .map(([name, members]) => ({ name, members }))
    .sort(({ name: one }, { name: other }) => (one < other ? -1 : one > other ? 1 : 0))
}
