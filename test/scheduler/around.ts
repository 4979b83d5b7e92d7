import type { DaemonSet, Node, Pod, PodSpec } from '#kube/types.ts'
import { Fitter, type FitterInput } from '#scheduler/fitter.ts'

/** `a1`, `a2` in zone a and so on; `x` is in none. */
export const nodeOf = (name: string): Node => ({
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, ...(name === 'x' ? {} : { zone: name.slice(0, 1) }) },
  },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
})

export const podOf = (name: string, nodeName: string, labels: object = {}, spec: PodSpec = {}): Pod => ({
  metadata: { name, namespace: 'other', labels: { ...labels } },
  spec: { nodeName, ...spec },
  status: { phase: 'Running' },
})

export const daemonSetOf = (spec: PodSpec): DaemonSet => ({
  metadata: { name: 'agent', namespace: 'n', uid: 'ds' },
  spec: { template: { metadata: { labels: { app: 'agent' } }, spec } },
})

/** What becomes of the pods on these nodes, made one after the other: nothing, or why one does not start. */
export function startOn(names: readonly string[], spec: PodSpec, more: Partial<FitterInput> = {}) {
  const nodes = ['a1', 'a2', 'b1', 'b2', 'x'].map(nodeOf)
  const fitter = new Fitter({ daemonSet: daemonSetOf(spec), pods: [], nodes, ...more })
  return names.map((name) => {
    const fit = fitter.start(nodeOf(name))
    return fit.fits ? '' : fit.evicts.length > 0 ? `evicts ${fit.evicts.map((one) => one.name)}` : fit.message
  })
}
