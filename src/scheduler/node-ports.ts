import type { NodeFilter } from './filter.ts'
import { portsConflict } from './host-ports.ts'
import type { PodInfo } from './pod-info.ts'

const taken = {
  reasons: ["node(s) didn't have free ports for the requested pod ports"],
  unresolvable: false,
}

/** The filter NodePorts; undefined for a pod that wants no port of the node. */
export function nodePorts({ ports }: PodInfo): NodeFilter | undefined {
  if (ports.length === 0) return undefined
  const conflicts = (other: PodInfo) =>
    other.ports.some((held) => ports.some((port) => portsConflict(port, held)))
  return { refusal: (_, pods) => (pods.some(conflicts) ? taken : undefined) }
}
