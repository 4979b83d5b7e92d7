import { targetNodeOf } from '#controller/daemon-pod.ts'
import { listOf } from '#kube/read.ts'
import type { Pod } from '#kube/types.ts'
import { nodeSelection, selectsNode } from '#placement/placement.ts'
import { firstUntolerated, givenTolerations, indexTolerations, nodeTaint } from '#placement/tolerations.ts'
import { types } from '../api/resources.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import { type LoopContext, nodesOf, podsOf } from './context.ts'
import type { NodeRoom } from './node-room.ts'
import { hasEnded, withTransition } from './pod-conditions.ts'
import { WorkQueue } from './work-queue.ts'

const source = { component: 'default-scheduler' }
const noMatch = "node(s) didn't match Pod's node affinity/selector"
const otherNodes = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
/** Nothing that preemption could help with. */
const unresolvable = [noMatch, otherNodes, 'node(s) had untolerated taint', 'node(s) were unschedulable']

interface Verdict {
  readonly node: StoredNode | undefined
  /** How many nodes gave each reason. */
  readonly reasons: ReadonlyMap<string, number>
}

/**
 * Binds pods to nodes: daemon pods to the node that their affinity names, others to the emptiest that takes them. What
 * finds no place stays Pending with the scheduler's message, and is looked at again when something changes.
 */
export class Scheduler {
  readonly #context: LoopContext
  readonly #room: NodeRoom
  readonly #queue: WorkQueue
  readonly #pending = new Set<string>()

  constructor(context: LoopContext, room: NodeRoom) {
    this.#context = context
    this.#room = room
    this.#queue = new WorkQueue(context.clock, (key) => this.#schedule(key))
  }

  start(): void {
    const { store } = this.#context
    const pods = podsOf(store)
    for (const pod of pods.values()) this.#consider(pod)
    pods.subscribe(({ type, object, previous }) => {
      if (type === 'DELETED') this.#pending.delete(keyOf(object.metadata.namespace, object.metadata.name))
      else if (!object.spec?.nodeName && (type === 'ADDED' || previous?.spec !== object.spec))
        this.#consider(object)
      const leaves = type === 'DELETED' || (hasEnded(object) && !(previous && hasEnded(previous)))
      if (leaves && object.spec?.nodeName) this.#retryAll(object.spec.nodeName)
    })
    nodesOf(store).subscribe(({ object, previous }) => {
      if (
        !previous ||
        previous.spec !== object.spec ||
        previous.metadata.labels !== object.metadata.labels ||
        previous.status?.allocatable !== object.status?.allocatable
      )
        this.#retryAll(object.metadata.name)
    })
  }

  #consider(pod: StoredPod): void {
    const scheduler = (pod.spec as { readonly schedulerName?: string } | undefined)?.schedulerName
    if (pod.spec?.nodeName || (scheduler && scheduler !== 'default-scheduler')) return
    const key = keyOf(pod.metadata.namespace, pod.metadata.name)
    this.#pending.add(key)
    this.#queue.add(key)
  }

  /** Something changed on a node: whatever waits for it, or for any, gets another chance. */
  #retryAll(node: string): void {
    for (const key of this.#pending) {
      const pod = podsOf(this.#context.store).get(key)
      const target = pod && targetNodeOf(pod)
      if (target === undefined || target === node) this.#queue.add(key)
    }
  }

  #schedule(key: string): void {
    const { store, registry, recorder } = this.#context
    const pod = podsOf(store).get(key)
    if (!pod || pod.spec?.nodeName || pod.metadata.deletionTimestamp) {
      this.#pending.delete(key)
      return
    }
    const { node, reasons } = this.#judge(pod)
    if (!node) {
      this.#leavePending(pod, this.#message(reasons))
      return
    }
    this.#pending.delete(key)
    const { name } = node.metadata
    // Recorded before it is done, so that the Event comes before those of the kubelet.
    const message = `Successfully assigned ${key} to ${name}`
    recorder.record(pod, { type: 'Normal', reason: 'Scheduled', message, source })
    const condition = withTransition(pod, { type: 'PodScheduled', status: 'True' }, this.#now())
    const status = { ...pod.status, conditions: [condition] }
    registry.put(types.pods, { ...pod, spec: { ...pod.spec, nodeName: name }, status })
  }

  #judge(pod: StoredPod): Verdict {
    const nodes = nodesOf(this.#context.store)
    const target = targetNodeOf(pod)
    const reasons = new Map<string, number>()
    const count = (reason: string, by = 1) => reasons.set(reason, (reasons.get(reason) ?? 0) + by)
    const candidates =
      target === undefined ? [...nodes.values()] : [nodes.get(target)].filter((node) => node !== undefined)
    let best: StoredNode | undefined
    for (const node of candidates) {
      const found = this.#reasonsAgainst(node, pod)
      for (const reason of found) count(reason)
      const pods = this.#room.on(node.metadata.name).size
      if (found.length === 0 && (!best || pods < this.#room.on(best.metadata.name).size)) best = node
    }
    if (candidates.length < nodes.size) count(otherNodes, nodes.size - candidates.length)
    return { node: best, reasons }
  }

  /** In the order of the scheduler's filters; like there, the first that says no has the word. */
  #reasonsAgainst(node: StoredNode, pod: Pod): string[] {
    const tolerations = indexTolerations(givenTolerations(pod.spec?.tolerations))
    if (firstUntolerated(tolerations, cordonOf(node), ['NoSchedule'])) return ['node(s) were unschedulable']
    const taints = listOf(node.spec?.taints).map(nodeTaint)
    const taint = firstUntolerated(tolerations, taints, ['NoSchedule', 'NoExecute'])
    if (taint) return [`node(s) had untolerated taint {${taint.key}: ${taint.value}}`]
    if (!selectsNode(nodeSelection(pod.spec, []), node)) return [noMatch]
    return this.#room.lacks(node, pod)
  }

  #message(reasons: ReadonlyMap<string, number>): string {
    const all = nodesOf(this.#context.store).size
    const list = (counts: ReadonlyMap<string, number>) =>
      [...counts]
        .map(([reason, count]) => `${count} ${reason}`)
        .sort()
        .join(', ')
    const hopeless = [...reasons].filter(([reason]) => unresolvable.some((start) => reason.startsWith(start)))
    const lost = hopeless.reduce((sum, [, count]) => sum + count, 0)
    const help = new Map<string, number>()
    if (lost > 0) help.set('Preemption is not helpful for scheduling', lost)
    if (all > lost) help.set('No preemption victims found for incoming pod', all - lost)
    if (all === 0) return 'no nodes available to schedule pods'
    return `0/${all} nodes are available: ${list(reasons)}. no new claims to deallocate, preemption: 0/${all} nodes are available: ${list(help)}.`
  }

  #now(): string {
    return timestamp(this.#context.clock.now())
  }

  #leavePending(pod: StoredPod, message: string): void {
    const { registry, recorder } = this.#context
    const old = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
    if (old?.message !== message) {
      const refused = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
      const condition = withTransition(pod, refused, this.#now())
      const by = { manager: 'kube-scheduler', status: true }
      registry.write(types.pods, { ...pod, status: { ...pod.status, conditions: [condition] } }, by)
    }
    recorder.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, source })
  }
}

const cordonOf = (node: StoredNode) =>
  node.spec?.unschedulable
    ? [nodeTaint({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })]
    : []
