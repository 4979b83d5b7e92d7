import { nodePlaces } from '#kube/named-nodes.ts'
import type { Node } from '#kube/types.ts'
import type { Answers } from './answers.ts'
import type { Decision, NodeDecision, Reason } from './decision.ts'
import { groupKey } from './grouping.ts'

/** The controller's two answers in one word: create a pod; only leave one that is there; neither. */
export type Result = 'run' | 'stay' | 'no'

const results: readonly Result[] = ['run', 'stay', 'no']

/** What nodes that look alike to the DaemonSet have in common. */
export interface Verdict {
  readonly result: Result
  readonly decision: NodeDecision
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
  /** The same reasons as they differ from node to node. */
  readonly variants: readonly (readonly Reason[])[]
  /** What some of the nodes have against the pod in addition, and would not have mattered. */
  readonly also: readonly { readonly reason: Reason; readonly nodes: number }[]
  readonly nodes: PlannedNodes
}

function resultOf(decision: Decision): Result {
  if (decision.shouldRun) return 'run'
  return decision.shouldContinueRunning ? 'stay' : 'no'
}

const onlyStopsNewPods = (reason: Reason) => reason.code === 'UntoleratedTaint' && !reason.evicts

export function verdictOf(decision: NodeDecision): Verdict {
  const result = resultOf(decision)
  const incidental = result === 'no' ? decision.reasons.filter(onlyStopsNewPods) : []
  const deciding = decision.reasons.filter((reason) => !incidental.includes(reason))
  return { result, decision, deciding, incidental, groupKey: [result, ...deciding.map(groupKey)].join('\n') }
}

/** Nodes of a plan, in the input's order. Of millions only those are made that somebody asks for. */
export class PlannedNodes implements Iterable<PlannedNode> {
  readonly #nodes: readonly Node[]
  readonly #verdicts: Answers<Verdict>
  /** Which of the nodes they are; undefined: all. */
  readonly #places: Int32Array | undefined

  constructor(nodes: readonly Node[], verdicts: Answers<Verdict>, places?: Int32Array) {
    this.#nodes = nodes
    this.#verdicts = verdicts
    this.#places = places
  }

  get length(): number {
    return this.#places?.length ?? this.#nodes.length
  }

  at(i: number): PlannedNode {
    const place = this.#placeOf(i)
    const node = this.#nodes[place] ?? {}
    return { name: node.metadata?.name ?? '', node, ...this.#verdicts.at(place) }
  }

  *[Symbol.iterator](): Iterator<PlannedNode> {
    for (let i = 0; i < this.length; i++) yield this.at(i)
  }

  /** Their names alone. */
  get names(): Iterable<string> & { readonly length: number } {
    const { length } = this
    const name = (i: number) => this.#nodes[this.#placeOf(i)]?.metadata?.name ?? ''
    return {
      length,
      *[Symbol.iterator]() {
        for (let i = 0; i < length; i++) yield name(i)
      },
    }
  }

  /** What is said of each, once for all that look alike. */
  get verdicts(): Answers<Verdict> {
    return this.#places ? this.#verdicts.pick(this.#places) : this.#verdicts
  }

  /** The nodes themselves. */
  get objects(): readonly Node[] {
    return this.#places ? Array.from(this.#places, (place) => this.#nodes[place] ?? {}) : this.#nodes
  }

  /** Where the first of a name stands; -1: nowhere. */
  placeOf(name: string): number {
    const place = nodePlaces(this.#nodes).get(name) ?? -1
    return this.#places ? this.#places.indexOf(place) : place
  }

  /** The places here of those with each result. */
  byResult(): Map<Result, Int32Array> {
    return this.verdicts.groups(({ result }) => result)
  }

  /** Some of them, by their places here. */
  pick(places: Int32Array): PlannedNodes {
    const picked = this.#places ? places.map((i) => this.#placeOf(i)) : places
    return new PlannedNodes(this.#nodes, this.#verdicts, picked)
  }

  /** By result and deciding reasons: `run` first, then `stay`, then `no`; the larger group first. */
  groups(): PlanGroup[] {
    const verdicts = this.verdicts
    const kinds = new Map<string, Kind[]>()
    for (const kind of verdicts.each()) {
      const group = kinds.get(kind.answer.groupKey)
      if (group) group.push(kind)
      else kinds.set(kind.answer.groupKey, [kind])
    }
    return [...verdicts.groups(({ groupKey }) => groupKey)]
      .map(([key, places]) => groupOf(kinds.get(key) ?? [], this.pick(places)))
      .sort(
        (a, b) => results.indexOf(a.result) - results.indexOf(b.result) || b.nodes.length - a.nodes.length,
      )
  }

  #placeOf(i: number): number {
    return this.#places ? (this.#places[i] ?? -1) : i
  }
}

/** So many nodes that look alike. */
interface Kind {
  readonly answer: Verdict
  readonly nodes: number
}

function groupOf(kinds: readonly Kind[], nodes: PlannedNodes): PlanGroup {
  const { result, deciding } = nodes.at(0)
  return {
    result,
    reasons: deciding,
    variants: kinds.map(({ answer }) => answer.deciding),
    also: countIncidental(kinds),
    nodes,
  }
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
