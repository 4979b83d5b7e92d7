import type { StoredNode } from '../store/store.ts'
import { healthyConditions } from './node-conditions.ts'

/** How much a node has of which nothing is said, and how much of that is for pods. */
export const sizes = { cpu: '8', 'ephemeral-storage': '100Gi', memory: '32Gi', pods: '110' }
export const usable = { cpu: '7910m', 'ephemeral-storage': '90Gi', memory: '31Gi', pods: '110' }

/** What a kubelet tells of its node when it first speaks, wherever the node does not tell it itself. */
export function defaultNodeStatus(node: StoredNode, now: string): object {
  const { name } = node.metadata
  const labels = node.metadata.labels ?? {}
  const status = (node.status ?? {}) as Readonly<Record<string, unknown>>
  return {
    capacity: sizes,
    allocatable: status.capacity ?? usable,
    addresses: [
      { type: 'InternalIP', address: addressOf(name) },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: name,
      systemUUID: name,
      bootID: name,
      kernelVersion: '6.1.0',
      osImage: 'kds sandbox',
      containerRuntimeVersion: 'containerd://2.1.0',
      kubeletVersion: 'v1.36.2',
      kubeProxyVersion: '',
      operatingSystem: labels['kubernetes.io/os'] ?? 'linux',
      architecture: labels['kubernetes.io/arch'] ?? 'amd64',
    },
    ...status,
    conditions: healthyConditions(now),
  }
}

/** An address that is the same for a name every time. */
function addressOf(name: string): string {
  let hash = 0
  for (const char of name) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return `10.${(hash >>> 16) & 127}.${(hash >>> 8) & 255}.${hash & 255}`
}
