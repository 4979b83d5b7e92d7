import { grouped } from '#base/grouped.ts'
import { nodePlaces } from '#kube/named-nodes.ts'
import type { Node } from '#kube/types.ts'
import type { Answers } from './answers.ts'
import { nodeLabel } from './asked.ts'
import type { Places } from './columns.ts'
import type { Decision, Explanation, Reason } from './decision.ts'
import { groupKey } from './grouping.ts'
import { nodeTable } from './node-table.ts'

/** The controller's two answers in one word: create a pod; only leave one that is there; neither. */
export type Result = 'run' | 'stay' | 'no'

const results: readonly Result[] = ['run', 'stay', 'no']

/** What nodes that look alike to the DaemonSet have in common. */
export interface Verdict {
  readonly result: Result
  readonly decision: Explanation
  /** The reasons that made the result: a selector miss says `no`, whatever NoSchedule taints the node also has. */
  readonly deciding: readonly Reason[]
  /** The reasons that would not have mattered. */
  readonly incidental: readonly Reason[]
  /** Equal for nodes of one group. */
  readonly groupKey: string
}

export interface PlannedNode extends Verdict {
  readonly name: string
  readonly node: Node
}

/** Nodes with the same result for the same reasons, in the input's order. */
export interface PlanGroup {
  readonly result: Result
  /**
   * What made the result, as on the group's first node; on the others it differs in values only, if at all. For `no` these
   * are the reasons that also end a pod that is there.
   */
  readonly reasons: readonly Reason[]
  /** What some of the nodes have against the pod in addition, and would not have mattered. */
  readonly also: readonly { readonly reason: Reason; readonly nodes: number }[]
  readonly nodes: PlannedNodes
}

function resultOf(decision: Decision): Result {
  if (decision.shouldRun) return 'run'
  return decision.shouldContinueRunning ? 'stay' : 'no'
}

const onlyStopsNewPods = (reason: Reason) => reason.code === 'UntoleratedTaint' && !reason.evicts

export function verdictOf(decision: Explanation): Verdict {
  const result = resultOf(decision)
  const incidental = result === 'no' ? decision.reasons.filter(onlyStopsNewPods) : []
  const deciding = decision.reasons.filter((reason) => !incidental.includes(reason))
  return { result, decision, deciding, incidental, groupKey: [result, ...deciding.map(groupKey)].join('\n') }
}

/** What is known of all nodes of a plan. */
interface Planned {
  readonly nodes: readonly Node[]
  /** The verdict on nodes on which the same rules hold, with the values of the first of them. */
  readonly kinds: Answers<Verdict>
  /** The verdict on each, with its values. */
  readonly verdicts: () => Answers<Verdict>
  /** The same for a single one. */
  readonly verdict: (node: Node) => Verdict
}

/** Nodes of a plan, in the input's order. Of millions only those are made that somebody asks for. */
export class PlannedNodes implements Iterable<PlannedNode> {
  readonly #of: Planned
  /** Which of the nodes they are; undefined: all. */
  readonly #places: Places | undefined

  constructor(of: Planned, places?: Places) {
    this.#of = of
    this.#places = places
  }

  get length(): number {
    return this.#places?.length ?? this.#of.nodes.length
  }

  at(i: number): PlannedNode {
    return this.#at(this.#placeOf(i))
  }

  *[Symbol.iterator](): Iterator<PlannedNode> {
    for (const place of this.#all()) yield this.#at(place)
  }

  /** Their names alone. */
  get names(): Iterable<string> & { readonly length: number } {
    const places = this.#all()
    const { nodes } = this.#of
    return {
      length: this.length,
      *[Symbol.iterator]() {
        for (const place of places) yield nodes[place]?.metadata?.name ?? ''
      },
    }
  }

  /** On which of them it would run. */
  get runs(): Answers<boolean> {
    return this.#kinds().map(({ result }) => result === 'run')
  }

  /** The nodes themselves. */
  get objects(): readonly Node[] {
    return this.#places ? Array.from(this.#places, (place) => this.#of.nodes[place] ?? {}) : this.#of.nodes
  }

  /** Where the first of a name stands; -1: nowhere. */
  placeOf(name: string): number {
    const place = nodePlaces(this.#of.nodes).get(name) ?? -1
    return this.#places ? Array.from(this.#places).indexOf(place) : place
  }

  /** Whether all of them have the same value of a label. */
  shareLabel(key: string): boolean {
    const { codes } = nodeTable(this.#of.nodes).values(nodeLabel(key))
    const first = codes[this.#placeOf(0)]
    for (const place of this.#all()) if (codes[place] !== first) return false
    return true
  }

  /** The places here of those with each result. */
  byResult(): Map<Result, Places> {
    return this.#kinds().groups(({ result }) => result)
  }

  /** Some of them, by their places here. */
  pick(places: Places): PlannedNodes {
    return new PlannedNodes(
      this.#of,
      this.#places ? Int32Array.from(places, (i) => this.#placeOf(i)) : places,
    )
  }

  /** By result and deciding reasons: `run` first, then `stay`, then `no`; the larger group first. */
  groups(): PlanGroup[] {
    const verdicts = this.#kinds()
    const kinds = grouped<string, Kind>(verdicts.each(), ({ answer }) => answer.groupKey)
    return [...verdicts.groups(({ groupKey }) => groupKey)]
      .map(([key, places]) => this.#group(kinds.get(key) as [Kind], this.pick(places)))
      .sort(
        (a, b) => results.indexOf(a.result) - results.indexOf(b.result) || b.nodes.length - a.nodes.length,
      )
  }

  #group(kinds: readonly [Kind, ...Kind[]], nodes: PlannedNodes): PlanGroup {
    const [{ answer }] = kinds
    // The first of a kind is among all nodes, not always among some of them.
    const { deciding, result } = this.#places ? this.#of.verdict(nodes.#objectAt(0)) : answer
    return { result, reasons: deciding, also: countIncidental(kinds), nodes }
  }

  #at(place: number): PlannedNode {
    const { nodes, verdicts } = this.#of
    const node = nodes[place] ?? {}
    return { name: node.metadata?.name ?? '', node, ...verdicts().at(place) }
  }

  #objectAt(i: number): Node {
    return this.#of.nodes[this.#placeOf(i)] ?? {}
  }

  #placeOf(i: number): number {
    return this.#places ? (this.#places.at(i) ?? -1) : i
  }

  /** Their places among all nodes. */
  #all(): Iterable<number> {
    return this.#places ?? this.#of.nodes.keys()
  }

  #kinds(): Answers<Verdict> {
    const { kinds } = this.#of
    return this.#places ? kinds.pick(this.#places) : kinds
  }
}

/** So many nodes that look alike. */
interface Kind {
  readonly answer: Verdict
  readonly nodes: number
}

function countIncidental(kinds: readonly Kind[]): PlanGroup['also'] {
  const found = new Map<string, { reason: Reason; nodes: number }>()
  for (const { answer, nodes } of kinds)
    for (const reason of answer.incidental) {
      const key = groupKey(reason)
      const entry = found.get(key)
      if (entry) entry.nodes += nodes
      else found.set(key, { reason, nodes })
    }
  return [...found.values()].sort((a, b) => b.nodes - a.nodes)
}
