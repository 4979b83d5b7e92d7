import type { DaemonSet, Node, Pod, PodSpec } from '#kube/types.ts'
import type { Fit } from '#scheduler/fit.ts'
import { Fitter, type FitterInput } from '#scheduler/fitter.ts'

export const container = (requests: Record<string, string>, more: object = {}) => ({
  name: 'c',
  resources: { requests },
  ...more,
})

export const daemonSetOf = (spec: PodSpec): DaemonSet => ({
  metadata: { name: 'a', namespace: 'n', uid: 'ds' },
  spec: { template: { spec } },
})

export const nodeOf = (allocatable: Record<string, string>): Node => ({
  metadata: { name: 'n1' },
  status: { allocatable },
})

export const podOf = (name: string, spec: PodSpec, more: Partial<Pod> = {}): Pod => ({
  metadata: { name, namespace: 'other' },
  spec: { nodeName: 'n1', ...spec },
  status: { phase: 'Running' },
  ...more,
})

export const judgeFit = ({
  node,
  ownPodsStay,
  ...input
}: FitterInput & { readonly node: Node; readonly ownPodsStay?: boolean }): Fit =>
  new Fitter(input).judge(node, ownPodsStay)

export const roomy = nodeOf({ cpu: '4', memory: '8Gi', pods: '110' })
