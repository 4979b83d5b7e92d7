import type { DaemonSet, Node, NodeSelectorTerm, PodSpec, StringMap, Taint } from '#kube/types.ts'

/** A DaemonSet of which only the pod spec matters. */
export function daemonSet(spec: PodSpec): DaemonSet {
  return { metadata: { name: 'agent', namespace: 'default' }, spec: { template: { spec } } }
}

/** A DaemonSet with required node affinity of these terms. */
export function withTerms(...nodeSelectorTerms: readonly (NodeSelectorTerm | null)[]): DaemonSet {
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } }
  return daemonSet({ affinity: { nodeAffinity: required } })
}

export function node(name: string, labels: StringMap = {}, taints: readonly Taint[] = []): Node {
  return { metadata: { name, labels }, spec: { taints } }
}
