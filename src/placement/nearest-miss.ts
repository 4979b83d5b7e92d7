/**
 * For a DaemonSet that matches no node: what no node has, and which node came nearest.
 */
import { nameOf } from '#kube/names.ts'
import { labelValue } from '#kube/requirements.ts'
import type { Node } from '#kube/types.ts'
import { actualValue, requirementHolds } from './affinity.ts'
import { explainAll } from './explain.ts'

const nameKey = 'metadata.name'

/** One thing that is asked of a node, in a form that all nodes can be held against. */
interface Asked extends Pick<Demand, 'rule' | 'path' | 'text' | 'key'> {
  /** What the node has, undefined when it has no such label. */
  readonly read: (node: Node) => string | undefined
  readonly holds: (actual: string | undefined, nodeName: string) => boolean
}

function asked(prepared: PreparedDaemonSet): Asked[] {
  const list: Asked[] = []
  const { nodeName } = prepared
  if (nodeName !== null) {
    const path = ['spec', 'template', 'spec', 'nodeName']
    const holds = (actual?: string) => actual === nodeName
    list.push({ rule: 'nodeName', path, text: `${nameKey}=${nodeName}`, key: nameKey, read: nameOf, holds })
  }
  for (const { key, value, path } of prepared.nodeSelector) {
    const read = (node: Node) => labelValue(node.metadata?.labels, key)
    const holds = (actual?: string) => actual === value
    list.push({ rule: 'nodeSelector', path, text: `${key}=${value}`, key, read, holds })
  }
  const requirements = (prepared.terms ?? []).flatMap((term) => (term.usable ? term.requirements : []))
  for (const requirement of requirements) {
    const { path, text, key } = requirement
    const read = (node: Node) => actualValue(requirement, node.metadata?.labels, nameOf(node))
    const holds = (actual: string | undefined, name: string) => requirementHolds(requirement, actual, name)
    list.push({ rule: 'nodeAffinity', path, text, key, read, holds })
  }
  return list
}

function demand({ read, holds, ...plain }: Asked, nodes: readonly Node[]): Demand {
  const counts = new Map<string, number>()
  let matchingNodes = 0
  let nodesWithKey = 0
  for (const node of nodes) {
    const value = read(node)
    if (holds(value, nameOf(node))) matchingNodes++
    if (value === undefined) continue
    nodesWithKey++
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const seenValues = [...counts]
    .map(([value, count]) => ({ value, nodes: count }))
    .sort((a, b) => b.nodes - a.nodes || (a.value < b.value ? -1 : 1))
    .slice(0, 5)
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

import type { FieldPath } from '#base/field-path.ts'
import type { NodeDecision, Reason } from './decision.ts'
import type { PreparedDaemonSet } from './prepared.ts'

/** How many of the nodes one wanted label or expression holds on, and what the nodes have instead. */
export interface Demand {
  readonly rule: 'nodeName' | 'nodeSelector' | 'nodeAffinity'
  readonly path: FieldPath
  /** For people: `disktype=ssd`, `zone in (a,b)`, `node name n1`. */
  readonly text: string
  /** The label's key, `metadata.name` for names and fields. */
  readonly key: string
  readonly matchingNodes: number
  /** Nodes that have a label of this key, whatever its value. */
  readonly nodesWithKey: number
  /** The most frequent values of that label, at most five, most frequent first. */
  readonly seenValues: readonly { readonly value: string; readonly nodes: number }[]
}

/** Why no node matches: what no node has, and the node that came nearest. */
export interface NearestMiss {
  /** Every wanted label, expression and name, in rule order. Those with `matchingNodes` 0 are what no node has. */
  readonly demands: readonly Demand[]
  /** The first node with the fewest failing rules; null when there are no nodes. */
  readonly nearest: {
    readonly nodeName: string
    readonly failingRules: number
    readonly decision: NodeDecision
    /** How many other nodes have as few failing rules. */
    readonly others: number
  } | null
}

/** What the DaemonSet asks and how many nodes have it, and the node with the fewest failing rules. */
export function nearestMiss(prepared: PreparedDaemonSet, nodes: readonly Node[]): NearestMiss {
  const demands = asked(prepared).map((one) => demand(one, nodes))
  const alike = explainAll(prepared, nodes).each()
  const failing = alike.map(({ answer }) => failingRules(answer.reasons))
  const fewest = failing.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const near = alike.filter((_, at) => failing[at] === fewest)
  const [nearest] = near
  if (nearest === undefined) return { demands, nearest: null }
  const nodeName = nameOf(nodes[nearest.first] ?? {})
  const others = near.reduce((sum, one) => sum + one.nodes, -1)
  return { demands, nearest: { nodeName, failingRules: fewest, decision: nearest.answer, others } }
}
