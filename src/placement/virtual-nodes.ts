import type { Node } from '#kube/types.ts'

/** The label by which a node without a kubelet of its own is told, for an expression that keeps pods off it. */
interface VirtualLabel {
  readonly key: string
  readonly value: string
}

const computeType = 'eks.amazonaws.com/compute-type'

/** Undefined for a node that runs daemon pods; AWS Fargate and virtual kubelets (Azure Container Instances, …) run none. */
export function virtualLabelOf({ metadata, spec }: Node): VirtualLabel | undefined {
  if (metadata?.labels?.[computeType] === 'fargate') return { key: computeType, value: 'fargate' }
  const isVirtual =
    metadata?.labels?.type === 'virtual-kubelet' ||
    (spec?.taints ?? []).some((taint) => taint?.key === 'virtual-kubelet.io/provider')
  return isVirtual ? { key: 'type', value: 'virtual-kubelet' } : undefined
}
