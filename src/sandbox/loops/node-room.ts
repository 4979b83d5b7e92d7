import type { Pod } from '#kube/types.ts'
import { parseAmount } from '#scheduler/amounts.ts'
import { type HostPort, hostPorts, portsConflict } from '#scheduler/host-ports.ts'
import { podRequests } from '#scheduler/pod-requests.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { hasEnded } from './pod-conditions.ts'

interface Needs {
  readonly requests: ReadonlyMap<string, number>
  readonly ports: readonly HostPort[]
}

/** Pods of one template share their containers, and so what they need. */
const needsByContainers = new WeakMap<object, Needs>()

export function needsOf(pod: Pod): Needs {
  const containers = pod.spec?.containers ?? []
  const known = needsByContainers.get(containers)
  if (known) return known
  const needs = { requests: podRequests(pod.spec), ports: hostPorts(pod.spec) }
  needsByContainers.set(containers, needs)
  return needs
}

/** The pods on each node, kept up to date. */
export class NodeRoom {
  readonly #pods = new Map<string, Map<string, StoredPod>>()

  on(node: string): ReadonlyMap<string, StoredPod> {
    return this.#pods.get(node) ?? new Map()
  }

  /** Notes a pod's new state; undefined: it is gone. */
  note(previous: StoredPod | undefined, next: StoredPod | undefined): void {
    const before = previous?.spec?.nodeName
    if (previous && before) this.#pods.get(before)?.delete(previous.metadata.uid)
    const node = next?.spec?.nodeName
    if (!next || !node || hasEnded(next)) return
    const pods = this.#pods.get(node) ?? new Map<string, StoredPod>()
    pods.set(next.metadata.uid, next)
    this.#pods.set(node, pods)
  }

  /** Why the pod finds no room on the node, in the scheduler's words; empty: it does. */
  lacks(node: StoredNode, pod: Pod): string[] {
    const pods = [...this.on(node.metadata.name).values()]
    const needs = needsOf(pod)
    const reasons: string[] = []
    if (
      needs.ports.some((port) =>
        pods.some((other) => needsOf(other).ports.some((held) => portsConflict(port, held))),
      )
    )
      reasons.push("node(s) didn't have free ports for the requested pod ports")
    const allocatable = node.status?.allocatable ?? node.status?.capacity
    if (!allocatable) return reasons
    const amount = (resource: string) => parseAmount(resource, allocatable[resource] ?? 0) ?? 0
    if (allocatable.pods !== undefined && pods.length + 1 > amount('pods')) reasons.push('Too many pods')
    for (const [resource, wanted] of needs.requests) {
      if (wanted <= 0) continue
      let used = 0
      for (const other of pods) used += needsOf(other).requests.get(resource) ?? 0
      if (used + wanted > amount(resource)) reasons.push(`Insufficient ${resource}`)
    }
    return reasons
  }
}
