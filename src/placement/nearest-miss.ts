/**
 * For a DaemonSet that matches no node: what no node has, and which node came nearest.
 */
import { labelValue } from '#kube/requirements.ts'
import type { Node } from '#kube/types.ts'
import { actualValue, requirementHolds } from './affinity.ts'
import { explainAll } from './explain.ts'
import type { Demand, FieldPath, NearestMiss, NodeDecision, PreparedDaemonSet, Reason } from './types.ts'

const nameKey = 'metadata.name'

/** One thing that is asked of a node, in a form that all nodes can be held against. */
interface Asked {
  readonly rule: Demand['rule']
  readonly path: FieldPath
  readonly text: string
  readonly key: string
  readonly holds: (node: Node) => boolean
}

function asked(prepared: PreparedDaemonSet): Asked[] {
  const list: Asked[] = []
  const { nodeName } = prepared
  if (nodeName !== null) {
    const path = ['spec', 'template', 'spec', 'nodeName']
    const holds = (node: Node) => node.metadata?.name === nodeName
    list.push({ rule: 'nodeName', path, text: `${nameKey}=${nodeName}`, key: nameKey, holds })
  }
  for (const { key, value, path } of prepared.nodeSelector) {
    const holds = (node: Node) => labelValue(node.metadata?.labels, key) === value
    list.push({ rule: 'nodeSelector', path, text: `${key}=${value}`, key, holds })
  }
  for (const term of prepared.terms ?? []) {
    if (!term.usable) continue
    for (const requirement of term.requirements) {
      const { path, text, key } = requirement
      const holds = (node: Node) => {
        const name = node.metadata?.name ?? ''
        return requirementHolds(requirement, actualValue(requirement, node.metadata?.labels, name), name)
      }
      list.push({ rule: 'nodeAffinity', path, text, key, holds })
    }
  }
  return list
}

function demand({ holds, ...plain }: Asked, nodes: readonly Node[]): Demand {
  const counts = new Map<string, number>()
  let matchingNodes = 0
  let nodesWithKey = 0
  for (const node of nodes) {
    if (holds(node)) matchingNodes++
    const name = plain.key === nameKey ? (node.metadata?.name ?? '') : undefined
    const value = name ?? labelValue(node.metadata?.labels, plain.key)
    if (value === undefined) continue
    nodesWithKey++
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const seenValues = [...counts]
    .sort(([a, nodesOfA], [b, nodesOfB]) => nodesOfB - nodesOfA || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([value, count]) => ({ value, nodes: count }))
  return { ...plain, matchingNodes, nodesWithKey, seenValues }
}

/** How many single rules fail. Of affinity's terms the one nearest to matching counts. */
function failingRules(reasons: readonly Reason[]): number {
  let count = 0
  for (const reason of reasons) {
    if (reason.code !== 'NodeAffinityMismatch') count++
    else {
      const failing = reason.terms
        .filter((term) => term.state === 'mismatched')
        .map((term) => term.requirements.filter((requirement) => !requirement.matched).length)
      count += failing.length === 0 ? 1 : Math.min(...failing)
    }
  }
  return count
}

/** What the DaemonSet asks and how many nodes have it, and the node with the fewest failing rules. */
export function nearestMiss(prepared: PreparedDaemonSet, nodes: readonly Node[]): NearestMiss {
  const demands = asked(prepared).map((one) => demand(one, nodes))
  const counts = new Map<NodeDecision, number>()
  let nearest: { node: Node; decision: NodeDecision; failing: number } | null = null
  let others = 0
  for (const [i, decision] of explainAll(prepared, nodes).entries()) {
    const node = nodes[i]
    if (node === undefined) continue
    const failing = counts.get(decision) ?? failingRules(decision.reasons)
    counts.set(decision, failing)
    if (nearest === null || failing < nearest.failing) {
      nearest = { node, decision, failing }
      others = 0
    } else if (failing === nearest.failing) others++
  }
  if (nearest === null) return { demands, nearest: null }
  const { node, decision, failing } = nearest
  const nodeName = node.metadata?.name ?? ''
  return { demands, nearest: { nodeName, failingRules: failing, decision, others } }
}
