/**
 * For a DaemonSet that matches no node: what no node has, and which node came nearest.
 */
import type { FieldPath } from '#base/field-path.ts'
import { oncePer } from '#base/once.ts'
import { nameOf } from '#kube/names.ts'
import type { Node } from '#kube/types.ts'
import { type Asked, askedBy } from './asked.ts'
import { countsOf, toAsk, type ValueColumn } from './columns.ts'
import type { Explanation, Reason } from './decision.ts'
import { explainKinds } from './explain.ts'
import { nodeTable } from './node-table.ts'
import type { PreparedDaemonSet } from './prepared.ts'

type Seen = Demand['seenValues'][number]

/** The most frequent values of a column with the number of their nodes, at most five. */
const mostFrequent = oncePer((column: ValueColumn) => {
  const counts = countsOf(column)
  const before = (a: Seen, b: Seen) => b.nodes - a.nodes || (a.value < b.value ? -1 : 1)
  const top: Seen[] = []
  for (const [value, code] of column.of) {
    if (value === undefined) continue
    const seen = { value, nodes: counts[code] ?? 0 }
    const last = top[4]
    if (last && before(last, seen) < 0) continue
    top.splice(4, 1)
    top.push(seen)
    top.sort(before)
  }
  return top
})

function demand({ rule, path, text, key, holds, named, of, shown }: Asked, nodes: readonly Node[]): Demand {
  const table = nodeTable(nodes)
  const column = table.values(of)
  const counts = countsOf(column)
  const { other, own } = toAsk(column, named)
  let [matchingNodes, others] = [0, nodes.length]
  for (const [value, code] of own) {
    const count = counts[code] ?? 0
    others -= count
    if (holds(value)) matchingNodes += count
  }
  if (other !== undefined && holds(other)) matchingNodes += others
  const values = table.values(shown)
  const none = values.of.get(undefined)
  const nodesWithKey = nodes.length - (none === undefined ? 0 : (countsOf(values)[none] ?? 0))
  return { rule, path, text, key, matchingNodes, nodesWithKey, seenValues: mostFrequent(values) }
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

/** How many of the nodes one wanted label or expression holds on, and what the nodes have instead. */
export interface Demand {
  readonly rule: Asked['rule']
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
    readonly decision: Explanation
    /** How many other nodes have as few failing rules. */
    readonly others: number
  } | null
}

/** What the DaemonSet asks and how many nodes have it, and the node with the fewest failing rules. */
export function nearestMiss(prepared: PreparedDaemonSet, nodes: readonly Node[]): NearestMiss {
  const demands = askedBy(prepared).map((one) => demand(one, nodes))
  const alike = explainKinds(prepared, nodes).each()
  const failing = alike.map(({ answer }) => failingRules(answer.reasons))
  const fewest = failing.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const near = alike.filter((_, at) => failing[at] === fewest)
  const [nearest] = near
  if (nearest === undefined) return { demands, nearest: null }
  const nodeName = nameOf(nodes[nearest.first] ?? {})
  const others = near.reduce((sum, one) => sum + one.nodes, -1)
  return { demands, nearest: { nodeName, failingRules: fewest, decision: nearest.answer, others } }
}
