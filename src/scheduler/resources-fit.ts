import { oncePer } from '#base/once.ts'
import type { Node } from '#kube/types.ts'
import { parseAmount } from './amounts.ts'
import type { NodeFilter } from './filter.ts'
import type { PodInfo } from './pod-info.ts'

/** What was read already, by resource. */
const amountsOf = oncePer((_: Node) => new Map<string, number | undefined>())

/**
 * What of a resource a node gives out, in whole units. A resource that the node does not name is one of which it has none;
 * undefined: what it says cannot be read.
 */
export function allocatableOf(node: Node, resource: string): number | undefined {
  const known = amountsOf(node)
  if (known.has(resource)) return known.get(resource)
  const allocatable = node.status?.allocatable ?? {}
  const amount = Object.hasOwn(allocatable, resource) ? parseAmount(resource, allocatable[resource] ?? '') : 0
  known.set(resource, amount)
  return amount
}

/** What a pod takes of a resource; it takes one of `pods`. */
export const takesOf = (resource: string, pod: PodInfo): number =>
  resource === 'pods' ? 1 : (pod.requests.get(resource) ?? 0)

/** What pods take of it together. */
export function usedOf(resource: string, pods: readonly PodInfo[]): number {
  if (resource === 'pods') return pods.length
  let used = 0
  for (const pod of pods) used += takesOf(resource, pod)
  return used
}

/** What a pod wants of a node, `pods` first as the scheduler names it first; what it wants none of is left out. */
export function wantsOf({ requests }: PodInfo): readonly (readonly [resource: string, amount: number])[] {
  return [['pods', 1] as const, ...requests].filter(([, amount]) => amount > 0)
}

/**
 * The filter NodeResourcesFit. What is more than the whole node has no preemption could get; the count of pods is not taken
 * so. A node that says nothing of what it gives out is not judged.
 */
export function resourcesFit(pod: PodInfo): NodeFilter {
  const wants = wantsOf(pod)
  return {
    refusal(node, pods) {
      if (!node.status?.allocatable) return undefined
      const reasons: string[] = []
      let unresolvable = false
      for (const [resource, amount] of wants) {
        const room = allocatableOf(node, resource)
        if (room === undefined || amount <= room - usedOf(resource, pods)) continue
        reasons.push(resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`)
        if (resource !== 'pods' && amount > room) unresolvable = true
      }
      return reasons.length === 0 ? undefined : { reasons, unresolvable }
    },
  }
}
