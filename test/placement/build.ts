import type { Affinity, DaemonSet, Node, NodeSelectorTerm, PodSpec, StringMap, Taint } from '#kube/types.ts'

/** A DaemonSet of which only the pod spec matters. */
export function daemonSet(spec: PodSpec): DaemonSet {
  return { metadata: { name: 'agent', namespace: 'default' }, spec: { template: { spec } } }
}

/** Required node affinity of these terms. */
export function requiring(...nodeSelectorTerms: readonly (NodeSelectorTerm | null)[]): Affinity {
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } }
}

/** A DaemonSet with required node affinity of these terms. */
export function withTerms(...terms: readonly (NodeSelectorTerm | null)[]): DaemonSet {
  return daemonSet({ affinity: requiring(...terms) })
}

export function node(name: string, labels: StringMap = {}, taints: readonly Taint[] = []): Node {
  return { metadata: { name, labels }, spec: { taints } }
}
