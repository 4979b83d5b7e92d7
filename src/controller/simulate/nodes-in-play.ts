import type { NodesToSync } from '../sync-pods.ts'
import type { NodePhase, SimulatedNode } from './simulated-node.ts'

/**
 * The nodes by their phases, so that a sync looks only at those on which something may be to do, and the work grows with the
 * number of pods replaced, not with nodes times syncs.
 */
export class NodesInPlay {
  readonly #changed: Set<SimulatedNode>
  readonly #active: Set<SimulatedNode>
  readonly #nodes: readonly SimulatedNode[]
  /** No node before this one waits. */
  #firstWaiting = 0
  /** Sums over the nodes that are not active. */
  readonly #inactive = { desired: 0, available: 0 }
  /** How many candidates one sync can take at most. */
  readonly #candidates: number

  constructor(nodes: readonly SimulatedNode[], candidates: number) {
    this.#nodes = nodes
    this.#changed = new Set(nodes)
    this.#active = new Set(nodes)
    this.#candidates = candidates
  }

  /** Something has happened on the node, which is in this phase now. */
  note(node: SimulatedNode, phase: NodePhase): void {
    this.#changed.add(node)
    if (phase === node.phase) return
    if (node.phase === 'active') this.#active.delete(node)
    else this.#count(node, -1)
    node.phase = phase
    if (phase === 'active') {
      this.#active.add(node)
      return
    }
    node.inactivePods = node.pods.length === 0 ? 0 : 1
    this.#count(node, 1)
    if (phase === 'waiting') this.#firstWaiting = Math.min(this.#firstWaiting, node.place)
  }

  #count(node: SimulatedNode, by: 1 | -1): void {
    if (node.shouldRun) this.#inactive.desired += by
    this.#inactive.available += by * node.inactivePods
  }

  /** Those on which something has happened since this was asked last. */
  takeChanged(): SimulatedNode[] {
    const changed = [...this.#changed]
    this.#changed.clear()
    return changed
  }

  /** For those with which the last sync has not come to its end. */
  lookAgain(nodes: readonly SimulatedNode[]): void {
    for (const node of nodes) this.#changed.add(node)
  }

  /** The active ones, and as many that wait as a sync can serve; the others are counted. */
  toUpdate(): ReturnType<NodesToSync['toUpdate']> {
    const next = this.#nextWaiting()
    return {
      nodes: [...this.#active, ...next],
      settled: {
        desired: this.#inactive.desired - next.filter((node) => node.shouldRun).length,
        available: this.#inactive.available - next.length,
      },
    }
  }

  #nextWaiting(): SimulatedNode[] {
    const found: SimulatedNode[] = []
    for (let at = this.#firstWaiting; at < this.#nodes.length && found.length < this.#candidates; at++) {
      const node = this.#nodes[at]
      if (node?.phase === 'waiting') found.push(node)
      else if (found.length === 0) this.#firstWaiting = at + 1
    }
    return found
  }
}
