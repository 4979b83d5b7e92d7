import type { CreateReason } from '../actions.ts'
import { isAvailable } from '../daemon-pod.ts'
import { countNodes } from '../daemon-set-status.ts'
import type { PodChanges } from '../manage.ts'
import { manage } from '../manage.ts'
import type { Budget } from '../rolling-update.ts'
import { rollingUpdate } from '../rolling-update.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowsSurge, isUpdated } from '../update-strategy.ts'
import type { SimulatedNode, SimulatedPod, WaveRecord } from './simulated-node.ts'
import { failureFate } from './simulated-node.ts'
import { Timeline } from './timeline.ts'
import type { Wave } from './types.ts'

export interface Pace {
  /** Milliseconds. */
  readonly readyAfter: number
  readonly terminateAfter: number
}

interface PodEvent {
  readonly kind: 'ready' | 'available' | 'gone'
  readonly node: SimulatedNode
  readonly pod: SimulatedPod
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
 * The controller's rules played on a virtual clock. Only nodes on which something happened are looked at, so the work grows
 * with the number of pods replaced, not with nodes times syncs. The time that the controller itself takes is not counted.
 */
export class Rollout {
  readonly nodes: readonly SimulatedNode[]
  readonly counters: Record<(typeof counterNames)[number], number>
  budget: Budget | undefined
  error: string | undefined
  minAvailable: number
  #rules: PodRules
  readonly #pace: Pace
  /** How many candidates one sync can take at most. */
  readonly #candidates: number
  readonly #surges: boolean
  readonly #timeline = new Timeline<PodEvent>()
  readonly #dirty = new Set<SimulatedNode>()
  readonly #active = new Set<SimulatedNode>()
  readonly #waiting: SimulatedNode[] = []
  #firstWaiting = 0
  readonly #others = { desired: 0, available: 0 }
  readonly #waves: WaveRecord[] = []
  readonly #openWaves = new Set<WaveRecord>()
  readonly #start: number

  constructor(nodes: readonly SimulatedNode[], rules: PodRules, pace: Pace, candidates: number) {
    this.nodes = nodes
    this.#rules = rules
    this.#pace = pace
    this.#candidates = candidates
    this.#surges = allowsSurge(rules)
    this.#start = rules.now
    this.counters = { ...countNodes(nodes, rules) }
    this.minAvailable = this.counters.available
    for (const node of nodes) {
      node.counters = countNodes([node], rules)
      this.#active.add(node)
      for (const pod of node.pods) this.#goOnWith(node, pod)
      this.#place(node)
    }
  }

  /** Plays until nothing more happens by itself. */
  run(): void {
    while (this.#sync());
    for (let next = this.#timeline.takeNext(); next; next = this.#timeline.takeNext()) {
      this.#rules = { ...this.#rules, now: next.at }
      for (const event of next.events) this.#apply(event)
      this.#closeWaves()
      this.minAvailable = Math.min(this.minAvailable, this.counters.available)
      while (this.#sync());
    }
    this.#closeWaves()
  }

  /** Seconds from the start to the last thing that happened. */
  get elapsed(): number {
    return (this.#rules.now - this.#start) / 1000
  }

  get waves(): Wave[] {
    return this.#waves.map((wave, index) => ({
      number: index + 1,
      startSeconds: (wave.startAt - this.#start) / 1000,
      endSeconds: wave.endAt === undefined ? null : (wave.endAt - this.#start) / 1000,
      nodes: wave.nodes,
      counters: wave.counters ?? { ...this.counters },
    }))
  }

  /** One sync; false when it had nothing to do. As upstream, the update waits while pods are being made or removed. */
  #sync(): boolean {
    const rules = this.#rules
    const touched = [...this.#dirty]
    this.#dirty.clear()
    if (this.#carryOut(manage(touched, rules, undefined))) return true
    if (rules.onDelete) return false
    const passed = this.#nextWaiting()
    const rolled = rollingUpdate([...this.#active, ...passed], rules, {
      desired: this.#others.desired - passed.filter((node) => node.shouldRun).length,
      available: this.#others.available - passed.length,
    })
    this.budget = rolled.budget
    this.error = rolled.error
    return this.#carryOut(rolled)
  }

  #nextWaiting(): SimulatedNode[] {
    const found: SimulatedNode[] = []
    let place = this.#firstWaiting
    for (; place < this.#waiting.length && found.length < this.#candidates; place++) {
      const node = this.#waiting[place]
      if (node?.standing === 'waiting') found.push(node)
      else if (found.length === 0) this.#firstWaiting = place + 1
    }
    return found
  }

  #carryOut(changes: PodChanges): boolean {
    for (const { node, pod } of changes.deletions) this.#delete(node as SimulatedNode, pod as SimulatedPod)
    for (const { node, reason } of changes.creations) this.#create(node as SimulatedNode, reason)
    return changes.deletions.length + changes.creations.length > 0
  }

  #create(node: SimulatedNode, reason: CreateReason): void {
    this.#joinWave(node)
    const pod: SimulatedPod = {
      name: '',
      bound: false,
      createdAt: this.#rules.now,
      deleting: false,
      phase: 'Pending',
      ready: false,
      readyAt: Number.NaN,
      hash: this.#rules.hash,
      generation: this.#rules.generation ?? '',
      source: undefined,
      fate: undefined,
    }
    node.pods.push(pod)
    this.#schedule(node, pod, reason !== 'missing')
    this.#touch(node)
  }

  /** The scheduler's part: a pod that finds no room stays without a node. */
  #schedule(node: SimulatedNode, pod: SimulatedPod, ownPodsStay: boolean): void {
    const obstacle = node.obstacle(ownPodsStay)
    if (obstacle !== undefined) {
      pod.fate = { cause: 'unplaceable', text: obstacle }
      return
    }
    pod.bound = true
    pod.fate = undefined
    if (node.trouble !== undefined) pod.fate = { cause: 'node-not-ready', text: node.trouble }
    else if (node.failure) pod.fate = failureFate(node.failure)
    else this.#timeline.add(this.#rules.now + this.#pace.readyAfter, { kind: 'ready', node, pod })
  }

  #delete(node: SimulatedNode, pod: SimulatedPod): void {
    this.#joinWave(node)
    pod.deleting = true
    if (pod.bound) this.#terminate(node, pod)
    else this.#remove(node, pod)
    this.#touch(node)
  }

  #terminate(node: SimulatedNode, pod: SimulatedPod): void {
    if (node.trouble !== undefined)
      pod.fate = { cause: 'terminating-on-unreachable-node', text: `terminating, ${node.trouble}` }
    else this.#timeline.add(this.#rules.now + this.#pace.terminateAfter, { kind: 'gone', node, pod })
  }

  #remove(node: SimulatedNode, pod: SimulatedPod): void {
    node.pods = node.pods.filter((one) => one !== pod)
    for (const left of node.pods)
      if (left.fate?.cause === 'unplaceable' && !left.source) this.#schedule(node, left, node.pods.length > 1)
  }

  /** What becomes of a pod that was there before the start. */
  #goOnWith(node: SimulatedNode, pod: SimulatedPod): void {
    if (pod.deleting || (!node.exists && pod.bound)) {
      pod.deleting = true
      this.#terminate(node, pod)
    } else if (pod.ready) this.#awaitAvailable(node, pod)
    else if (!pod.fate) {
      const made = Number.isNaN(pod.createdAt) ? this.#rules.now : pod.createdAt
      this.#timeline.add(Math.max(this.#rules.now, made + this.#pace.readyAfter), {
        kind: 'ready',
        node,
        pod,
      })
    }
  }

  #awaitAvailable(node: SimulatedNode, pod: SimulatedPod): void {
    const at = pod.readyAt + this.#rules.minReady
    if (this.#rules.minReady > 0 && at > this.#rules.now)
      this.#timeline.add(at, { kind: 'available', node, pod })
  }

  #apply({ kind, node, pod }: PodEvent): void {
    if (!node.pods.includes(pod)) return
    if (kind === 'gone') this.#remove(node, pod)
    else if (kind === 'ready' && !pod.deleting) {
      pod.phase = 'Running'
      pod.ready = true
      pod.readyAt = this.#rules.now
      this.#awaitAvailable(node, pod)
    }
    this.#touch(node)
  }

  #touch(node: SimulatedNode): void {
    const counters = countNodes([node], this.#rules)
    for (const name of counterNames) this.counters[name] += counters[name] - node.counters[name]
    node.counters = counters
    this.#place(node)
  }

  #place(node: SimulatedNode): void {
    this.#dirty.add(node)
    const standing = this.#standingOf(node)
    if (standing === node.standing) return
    if (node.standing === 'active') this.#active.delete(node)
    else this.#leaveOthers(node)
    node.standing = standing
    if (standing === 'active') this.#active.add(node)
    else {
      this.#joinOthers(node)
      if (standing === 'waiting') this.#waiting.push(node)
    }
    if (standing === 'settled' && node.wave) {
      node.wave.pending--
      node.wave = undefined
    }
  }

  /** Keeps the sums over nodes that the rolling update need not see. A waiting or settled pod is an available one. */
  #leaveOthers(node: SimulatedNode): void {
    if (node.shouldRun) this.#others.desired--
    this.#others.available -= node.countedAvailable
  }

  #joinOthers(node: SimulatedNode): void {
    node.countedAvailable = node.pods.length
    if (node.shouldRun) this.#others.desired++
    this.#others.available += node.countedAvailable
  }

  #standingOf(node: SimulatedNode): SimulatedNode['standing'] {
    const [pod, second] = node.pods
    if (!pod) return node.shouldRun && node.exists ? 'active' : 'settled'
    if (second || pod.deleting || !node.exists || !node.shouldContinueRunning) return 'active'
    if (pod.phase === 'Failed' || pod.phase === 'Succeeded') return 'active'
    if (!isAvailable(pod, this.#rules.minReady, this.#rules.now)) return 'active'
    if (isUpdated(pod, this.#rules)) return 'settled'
    return node.shouldRun || !this.#surges ? 'waiting' : 'active'
  }

  #joinWave(node: SimulatedNode): void {
    if (node.wave !== undefined) return
    let wave = this.#waves.at(-1)
    if (wave?.startAt !== this.#rules.now) {
      wave = { startAt: this.#rules.now, nodes: [], pending: 0, endAt: undefined, counters: undefined }
      this.#waves.push(wave)
      this.#openWaves.add(wave)
    }
    node.wave = wave
    wave.nodes.push(node.name)
    wave.pending++
  }

  #closeWaves(): void {
    for (const wave of this.#openWaves) {
      if (wave.pending > 0) continue
      wave.endAt = this.#rules.now
      wave.counters = { ...this.counters }
      this.#openWaves.delete(wave)
    }
  }
}
