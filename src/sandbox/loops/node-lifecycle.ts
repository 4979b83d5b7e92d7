import { sameIgnoringNulls } from '#base/json.ts'
import type { Condition, Taint } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import { type Cancel, timestamp } from '../clock.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { annotation, kubeletIsUp } from './behaviour.ts'
import { type LoopContext, nodesOf, podsOf, withStatus } from './context.ts'
import type { NodeRoom } from './node-room.ts'
import { defaultNodeStatus } from './node-status.ts'
import { coveringTolerations, untolerated } from './taints.ts'

const controller = { component: 'node-controller' }
const evictor = { component: 'taint-eviction-controller' }
/** How long a node's silence is borne (`--node-monitor-grace-period`). */
const graceSeconds = 50

const readyOf = (node: StoredNode) => node.status?.conditions?.find((condition) => condition.type === 'Ready')

/** Taints that say what a node's conditions say; they come and go with them. */
function conditionTaints(node: StoredNode): Taint[] {
  const taints: Taint[] = []
  const ready = readyOf(node)?.status
  // A node joins with this taint, and loses it when its kubelet has spoken.
  if (ready === undefined) taints.push({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' })
  const both = (key: string) => taints.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute' })
  if (ready === 'False') both('node.kubernetes.io/not-ready')
  else if (ready !== undefined && ready !== 'True') both('node.kubernetes.io/unreachable')
  const pressures = [
    ['MemoryPressure', 'memory-pressure'],
    ['DiskPressure', 'disk-pressure'],
    ['PIDPressure', 'pid-pressure'],
    ['NetworkUnavailable', 'network-unavailable'],
  ] as const
  for (const [type, name] of pressures)
    if (node.status?.conditions?.some((one) => one.type === type && one.status === 'True'))
      taints.push({ key: `node.kubernetes.io/${name}`, effect: 'NoSchedule' })
  if (node.spec?.unschedulable) taints.push({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
  return taints
}

const sameTaint = (a: Taint) => (b: Taint) => a.key === b.key && a.effect === b.effect

/**
 * The node controller and the taint eviction: nodes turn Ready when their kubelet comes up and NotReady when it falls
 * silent, carry the taints of their conditions and of a cordon, and lose the pods that do not tolerate a NoExecute taint.
 */
export class NodeLifecycle {
  readonly #context: LoopContext
  readonly #room: NodeRoom
  readonly #silent = new Map<string, Cancel>()
  readonly #evictions = new Map<string, Cancel>()

  constructor(context: LoopContext, room: NodeRoom) {
    this.#context = context
    this.#room = room
  }

  start(): void {
    const { store } = this.#context
    for (const node of [...nodesOf(store).values()]) this.#look(node, node)
    nodesOf(store).subscribe(({ type, object, previous }) => {
      if (type === 'DELETED') this.#forget(object.metadata.name)
      else this.#context.clock.schedule(0, () => this.#lookAgain(object.metadata.name, previous))
    })
    podsOf(store).subscribe(({ type, object, previous }) => {
      if (type === 'DELETED') this.#cancelEviction(object.metadata.uid)
      else if (object.spec?.nodeName && object.spec.nodeName !== previous?.spec?.nodeName) {
        const node = nodesOf(store).get(object.spec.nodeName)
        if (node) this.#judge(node, object)
      }
    })
  }

  #lookAgain(name: string, previous: StoredNode | undefined): void {
    const node = nodesOf(this.#context.store).get(name)
    if (node) this.#look(node, previous)
  }

  #look(node: StoredNode, previous: StoredNode | undefined): void {
    const { name } = node.metadata
    if (kubeletIsUp(node)) {
      this.#silent.get(name)?.()
      this.#silent.delete(name)
      if (!readyOf(node)) {
        this.#put(withStatus(node, defaultNodeStatus(node, timestamp(this.#context.clock.now()))))
        return
      }
      if (readyOf(node)?.status !== 'True') {
        this.#setReady(node, true)
        return
      }
    } else if (readyOf(node)?.status !== 'Unknown' && !this.#silent.has(name)) {
      this.#silent.set(
        name,
        this.#context.clock.schedule(graceSeconds * 1000, () => this.#fallSilent(name)),
      )
    }
    this.#taint(node, previous)
  }

  #fallSilent(name: string): void {
    this.#silent.delete(name)
    const node = nodesOf(this.#context.store).get(name)
    if (node && !kubeletIsUp(node)) this.#setReady(node, false)
  }

  #setReady(node: StoredNode, ready: boolean): void {
    const now = timestamp(this.#context.clock.now())
    const conditions = (node.status?.conditions ?? []).map((condition): Condition => {
      if (ready) return recovered(condition, now)
      return {
        ...condition,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: silence,
        lastTransitionTime: now,
      }
    })
    this.#context.recorder.record(node, {
      type: 'Normal',
      reason: ready ? 'NodeReady' : 'NodeNotReady',
      message: `Node ${node.metadata.name} status is now: ${ready ? 'NodeReady' : 'NodeNotReady'}`,
      source: ready ? { component: 'kubelet', host: node.metadata.name } : controller,
    })
    const { [annotation.silenced]: _mark, ...annotations } = node.metadata.annotations ?? {}
    const marked = ready ? annotations : { ...annotations, [annotation.silenced]: 'true' }
    const next = { ...node, metadata: { ...node.metadata, annotations: marked } }
    this.#put(withStatus(next, { ...node.status, conditions }))
    for (const pod of [...this.#room.on(node.metadata.name).values()]) this.#setPodReady(pod, ready, now)
  }

  /** Pods of a silent node count as not ready; those that ran are ready again when it speaks. */
  #setPodReady(pod: StoredPod, ready: boolean, now: string): void {
    const running = pod.status?.containerStatuses?.every((container) => container.ready) ?? false
    const conditions = pod.status?.conditions ?? []
    const word = ready ? 'True' : 'False'
    if (!running || !conditions.some((one) => one.type === 'Ready' && one.status !== word)) return
    const next = conditions.map((one) =>
      one.type === 'Ready' ? { ...one, status: word, lastTransitionTime: now } : one,
    )
    this.#context.registry.put(types.pods, withStatus(pod, { ...pod.status, conditions: next }))
  }

  #put(node: StoredNode): void {
    this.#context.registry.put(types.nodes, node)
  }

  /**
   * Follows what has changed about the node with its taints. What a dump or a person has put there is left as it is, though
   * the conditions say something else: the sandbox is there to try such things.
   */
  #taint(node: StoredNode, previous: StoredNode | undefined): void {
    const present = node.spec?.taints ?? []
    const wanted = conditionTaints(node)
    const now = timestamp(this.#context.clock.now())
    const before = previous ? conditionTaints(previous) : []
    const over = before.filter((taint) => !wanted.some(sameTaint(taint)))
    const kept = present.filter((taint) => !over.some(sameTaint(taint)))
    const added = wanted
      .filter((taint) => !before.some(sameTaint(taint)) && !present.some(sameTaint(taint)))
      .map((taint) => ({ ...taint, timeAdded: now }))
    const { taints: _old, ...spec } = node.spec ?? {}
    const taints = [...kept, ...added]
    if (!sameIgnoringNulls(taints, present))
      this.#put({ ...node, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } })
    for (const pod of [...this.#room.on(node.metadata.name).values()])
      this.#judge({ ...node, spec: { taints } }, pod)
  }

  /** Plans, or calls off, the eviction of a pod by its node's NoExecute taints. */
  #judge(node: StoredNode, pod: StoredPod): void {
    const { uid } = pod.metadata
    const taints = (node.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute')
    if (taints.length === 0 || pod.metadata.deletionTimestamp) {
      this.#cancelEviction(uid)
      return
    }
    const tolerations = pod.spec?.tolerations
    let seconds = Number.POSITIVE_INFINITY
    if (untolerated(taints, tolerations, ['NoExecute'])) seconds = 0
    else
      for (const taint of taints)
        for (const { tolerationSeconds } of coveringTolerations(tolerations, taint))
          if (tolerationSeconds !== null && tolerationSeconds !== undefined)
            seconds = Math.min(seconds, Math.max(0, tolerationSeconds))
    if (seconds === Number.POSITIVE_INFINITY) this.#cancelEviction(uid)
    else if (!this.#evictions.has(uid))
      this.#evictions.set(
        uid,
        this.#context.clock.schedule(seconds * 1000, () => this.#evict(pod)),
      )
  }

  #cancelEviction(uid: string): void {
    this.#evictions.get(uid)?.()
    this.#evictions.delete(uid)
  }

  #evict({ metadata }: StoredPod): void {
    this.#evictions.delete(metadata.uid)
    const { registry, store, recorder } = this.#context
    const pod = podsOf(store).get(keyOf(metadata.namespace, metadata.name))
    if (pod?.metadata.uid !== metadata.uid || pod.metadata.deletionTimestamp) return
    const message = `Marking for deletion Pod ${metadata.namespace}/${metadata.name}`
    recorder.record(pod, { type: 'Normal', reason: 'TaintManagerEviction', message, source: evictor })
    registry.delete(types.pods, metadata.namespace, metadata.name, {})
  }

  #forget(name: string): void {
    this.#silent.get(name)?.()
    this.#silent.delete(name)
  }
}

const silence = 'Kubelet stopped posting node status.'

const healthy: Readonly<Record<string, readonly [string, string, string]>> = {
  Ready: ['True', 'KubeletReady', 'kubelet is posting ready status'],
  MemoryPressure: ['False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
}

function recovered(condition: Condition, now: string): Condition {
  const known = healthy[condition.type ?? '']
  if (!known || condition.status === known[0]) return condition
  const [status, reason, message] = known
  return { ...condition, status, reason, message, lastTransitionTime: now }
}
