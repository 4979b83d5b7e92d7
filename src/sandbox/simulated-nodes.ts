import type { Node, QuantityMap, Taint } from '#kube/types.ts'
import { sizes, usable } from './loops/node-status.ts'

/** Nodes that are alike. */
export interface NodePool {
  readonly count: number
  /** Names with the number in place of `%d`, or of `%03d` with zeros in front. */
  readonly names: string
  /** Of the `node-role.kubernetes.io/` label. */
  readonly role: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  /** What differs of how much a node has. */
  readonly resources: QuantityMap
}

/** The name of the node with this number, from 1. */
export const nodeName = (pattern: string, number: number): string =>
  pattern.replace(/%(?:0(\d+))?d/, (_, width) => String(number).padStart(Number(width ?? 0), '0'))

const region = 'region-1'

/** The labels that a kubelet, and the cloud that it runs in, give a node: those of old among them. */
function usualLabels(name: string, role: string, at: number): Record<string, string> {
  const zone = `zone-${'abc'[at % 3]}`
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/instance-type': 'simulated-8x32',
    'beta.kubernetes.io/os': 'linux',
    'failure-domain.beta.kubernetes.io/region': region,
    'failure-domain.beta.kubernetes.io/zone': zone,
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    [`node-role.kubernetes.io/${role}`]: '',
    'node.kubernetes.io/instance-type': 'simulated-8x32',
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zone,
  }
}

/** `count` nodes on three zones, called `node-1` (or `node-01` …), unless the pool says otherwise. */
export function simulatedNodes(count: number, pool: Partial<NodePool> = {}): Node[] {
  const { names = `node-%0${String(count).length}d`, role = 'worker', labels, taints, resources } = pool
  const capacity = resources && { ...sizes, ...resources }
  return Array.from({ length: count }, (_, at): Node => {
    const name = nodeName(names, at + 1)
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { ...usualLabels(name, role, at), ...labels } },
      ...(taints && taints.length > 0 ? { spec: { taints } } : {}),
      ...(capacity ? { status: { capacity, allocatable: { ...usable, ...resources } } } : {}),
    }
  })
}
