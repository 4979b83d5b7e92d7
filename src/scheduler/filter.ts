import type { Node } from '#kube/types.ts'
import type { PodInfo } from './pod-info.ts'

/** Why a filter keeps a pod off a node. */
export interface Refusal {
  /** In the scheduler's words, as its Events count them: `Insufficient cpu`. */
  readonly reasons: readonly string[]
  /** No pod's leaving the node would help: `UnschedulableAndUnresolvable`. */
  readonly unresolvable: boolean
  /** The same with names, for people. */
  readonly because?: readonly string[]
  /** Said of the pod before any node is looked at: `PreFilter`. */
  readonly beforehand?: true
}

/**
 * One of the scheduler's filters, made ready for one pod. `pods` are those taken to be on the node, which need not be those
 * that are: preemption asks what would be without some of them.
 */
export interface NodeFilter {
  refusal(node: Node, pods: readonly PodInfo[]): Refusal | undefined
  /** Other pods are on the node from now on. */
  changed?(node: Node): void
  /** It refuses every node, and no other filter is asked. */
  readonly refusesAll?: true
}

/** Refuses the pod before any node is looked at; no pod's leaving would help. */
export function refusesAll(reason: string, because = reason): NodeFilter {
  const refusal: Refusal = { reasons: [reason], unresolvable: true, because: [because], beforehand: true }
  return { refusal: () => refusal, refusesAll: true }
}

/** The first filter that refuses has the word: `RunFilterPlugins`. */
export function firstRefusal(
  filters: readonly NodeFilter[],
  node: Node,
  pods: readonly PodInfo[],
): Refusal | undefined {
  for (const filter of filters) {
    const refusal = filter.refusal(node, pods)
    if (refusal) return refusal
  }
  return undefined
}

/** Several filters as one; undefined without any. */
export function filterOfAll(filters: readonly NodeFilter[]): NodeFilter | undefined {
  if (filters.length === 0) return undefined
  return {
    refusal: (node, pods) => firstRefusal(filters, node, pods),
    changed(node) {
      for (const filter of filters) filter.changed?.(node)
    },
  }
}
