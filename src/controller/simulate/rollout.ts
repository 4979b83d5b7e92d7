import type { Evicted } from '#scheduler/fit.ts'
import { isFinished } from '../daemon-pod.ts'
import { countNodes } from '../daemon-set-status.ts'
import type { FailedPodsBackoff } from '../failed-pods-backoff.ts'
import type { PodChange } from '../manage.ts'
import { newDaemonPod } from '../new-pod.ts'
import type { Budget } from '../rolling-update.ts'
import { syncPods } from '../sync-pods.ts'
import type { PodRules } from '../update-strategy.ts'
import { NodesInPlay } from './nodes-in-play.ts'
import type { Pace } from './pod-life.ts'
import { PodLife } from './pod-life.ts'
import type { SimulatedNode, SimulatedPod } from './simulated-node.ts'
import { phaseOf } from './simulated-node.ts'
import type { Wave } from './waves.ts'
import { Waves } from './waves.ts'

/** Pods of others that leave a node for a new pod. */
export interface Eviction {
  readonly node: string
  /** Since the start. */
  readonly atSeconds: number
  readonly pods: readonly Evicted[]
}

const counterNames = [
  'desired',
  'current',
  'ready',
  'updated',
  'available',
  'unavailable',
  'misscheduled',
] as const

/**
 * The controller's syncs on a virtual clock, each over the nodes on which something has happened. The time that the
 * controller itself takes is not counted.
 */
export class Rollout {
  readonly nodes: readonly SimulatedNode[]
  readonly counters: Record<(typeof counterNames)[number], number>
  budget: Budget | undefined
  error: string | undefined
  minAvailable: number
  #rules: PodRules
  #waits: FailedPodsBackoff = new Map()
  readonly #start: number
  readonly #life: PodLife
  readonly #inPlay: NodesInPlay
  readonly #waves = new Waves()
  /** More syncs than any roll-out takes. */
  readonly #mostSyncs: number

  /** @param candidates How many nodes with an old pod in good order one sync can take at most. */
  constructor(nodes: readonly SimulatedNode[], rules: PodRules, pace: Pace, candidates: number) {
    this.nodes = nodes
    this.#rules = rules
    this.#start = rules.now
    this.#life = new PodLife(pace, rules.minReady)
    this.#inPlay = new NodesInPlay(nodes, candidates)
    this.#mostSyncs = 100 + 20 * nodes.reduce((sum, node) => sum + 1 + node.pods.length, 0)
    this.counters = { ...countNodes(nodes, rules) }
    this.minAvailable = this.counters.available
    for (const node of nodes) {
      for (const pod of node.pods) this.#life.goOnWith(node, pod, rules.now)
      this.#inPlay.note(node, phaseOf(node, rules))
    }
  }

  /** Plays until nothing more happens by itself. A model that would go on for ever is a defect, and throws. */
  run(mostSyncs = this.#mostSyncs): void {
    let syncs = 0
    const syncAll = () => {
      while (this.sync())
        if (++syncs > mostSyncs) throw new Error(`the roll-out has not finished in ${mostSyncs} syncs`)
    }
    syncAll()
    for (let next = this.#life.takeNext(); next; next = this.#life.takeNext()) {
      this.#rules = { ...this.#rules, now: next.at }
      for (const event of next.events) if (this.#life.apply(event, next.at)) this.#note(event.node)
      this.#waves.close(next.at, this.counters)
      this.minAvailable = Math.min(this.minAvailable, this.counters.available)
      syncAll()
    }
    this.#waves.close(this.#rules.now, this.counters)
  }

  /** Seconds from the start to the last thing that happened. */
  get elapsed(): number {
    return (this.#rules.now - this.#start) / 1000
  }

  get evictions(): Eviction[] {
    const { evictions } = this.#life
    return evictions.map(({ node, at, pods }) => ({ node, atSeconds: (at - this.#start) / 1000, pods }))
  }

  get waves(): Wave[] {
    return this.#waves.list(this.#start, this.counters)
  }

  /** One sync of the controller; false when it had nothing to do, or was refused all of it. */
  sync(): boolean {
    const changed = this.#inPlay.takeChanged()
    const { changes, cut, backoff, retryAt, update } = syncPods(
      { changed, toUpdate: () => this.#inPlay.toUpdate() },
      this.#rules,
      this.#waits,
    )
    this.#waits = backoff
    if (update) {
      this.budget = update.budget
      this.error = update.error
    }
    if (retryAt !== undefined) this.#retry(changed, retryAt)
    if (cut) this.#inPlay.lookAgain(changed)
    const done = changes.filter((change) => this.#carryOut(change))
    return done.length > 0
  }

  #retry(nodes: readonly SimulatedNode[], at: number): void {
    for (const node of nodes)
      for (const pod of node.pods) if (isFinished(pod)) this.#life.addDue(at, node, pod)
  }

  /** False when the API server refuses it. */
  #carryOut(change: PodChange): boolean {
    const node = change.node as SimulatedNode
    const { now } = this.#rules
    if (!('pod' in change)) {
      node.refused = node.admit()
      if (node.refused !== undefined) {
        this.#inPlay.lookAgain([node])
        return false
      }
    }
    this.#waves.join(node, now)
    if ('pod' in change) this.#life.delete(node, change.pod as SimulatedPod, now)
    else {
      const pod: SimulatedPod = newDaemonPod(this.#rules)
      node.pods.push(pod)
      this.#life.schedule(node, pod, change.reason !== 'missing', now)
    }
    this.#note(node)
    return true
  }

  /** Something has happened on the node. */
  #note(node: SimulatedNode): void {
    const counters = countNodes([node], this.#rules)
    for (const name of counterNames) this.counters[name] += counters[name] - node.counters[name]
    node.counters = counters
    this.#waves.note(node, this.counters)
    const phase = phaseOf(node, this.#rules)
    if (phase === 'settled') this.#waves.leave(node)
    this.#inPlay.note(node, phase)
  }
}
