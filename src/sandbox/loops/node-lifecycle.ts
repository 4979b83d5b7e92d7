import { sameIgnoringNulls } from '#base/json.ts'
import type { Taint } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import type { Cancel } from '../clock.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import { annotation, kubeletIsUp } from './behaviour.ts'
import { type LoopContext, nodesOf, podsOf, withStatus } from './context.ts'
import { conditionTaints, readinessOf, recovered, unknown } from './node-conditions.ts'
import type { NodeRoom } from './node-room.ts'
import { defaultNodeStatus } from './node-status.ts'
import { TaintEviction } from './taint-eviction.ts'

const controller = { component: 'node-controller' }
/** How long a node's silence is borne (`--node-monitor-grace-period`). */
const graceSeconds = 50

const sameTaint = (a: Taint) => (b: Taint) => a.key === b.key && a.effect === b.effect

/**
 * The node controller: nodes turn Ready when their kubelet comes up and NotReady when it falls
 * silent, carry the taints of their conditions and of a cordon, and lose the pods that do not tolerate a NoExecute taint.
 */
export function keepNodes(context: LoopContext, room: NodeRoom): void {
  const { clock, recorder, registry, store } = context
  const silent = new Map<string, Cancel>()
  const eviction = new TaintEviction(context)
  for (const node of [...nodesOf(store).values()]) look(node, node)
  nodesOf(store).subscribe(({ type, object, previous }) => {
    if (type === 'DELETED') forget(object.metadata.name)
    else clock.schedule(0, () => lookAgain(object.metadata.name, previous))
  })
  podsOf(store).subscribe(({ type, object, previous }) => {
    if (type === 'DELETED') eviction.cancel(object.metadata.uid)
    else if (object.spec?.nodeName && object.spec.nodeName !== previous?.spec?.nodeName) {
      const node = nodesOf(store).get(object.spec.nodeName)
      if (node) eviction.judge(node, object)
    }
  })

  function lookAgain(name: string, previous: StoredNode | undefined): void {
    const node = nodesOf(store).get(name)
    if (node) look(node, previous)
  }

  function look(node: StoredNode, previous: StoredNode | undefined): void {
    const { name } = node.metadata
    if (kubeletIsUp(node)) {
      silent.get(name)?.()
      silent.delete(name)
      if (readinessOf(node) === undefined) {
        put(withStatus(node, defaultNodeStatus(node, timestamp(clock.now()))))
        return
      }
      if (readinessOf(node) !== 'True') {
        setReady(node, true)
        return
      }
    } else if (readinessOf(node) !== 'Unknown' && !silent.has(name)) {
      silent.set(
        name,
        clock.schedule(graceSeconds * 1000, () => fallSilent(name)),
      )
    }
    taint(node, previous)
  }

  function fallSilent(name: string): void {
    silent.delete(name)
    const node = nodesOf(store).get(name)
    if (node && !kubeletIsUp(node)) setReady(node, false)
  }

  function setReady(node: StoredNode, ready: boolean): void {
    const now = timestamp(clock.now())
    const conditions = (node.status?.conditions ?? []).map((condition) =>
      ready ? recovered(condition, now) : unknown(condition, now),
    )
    recorder.record(node, {
      type: 'Normal',
      reason: ready ? 'NodeReady' : 'NodeNotReady',
      message: `Node ${node.metadata.name} status is now: ${ready ? 'NodeReady' : 'NodeNotReady'}`,
      source: ready ? { component: 'kubelet', host: node.metadata.name } : controller,
    })
    const { [annotation.silenced]: _mark, ...annotations } = node.metadata.annotations ?? {}
    const marked = ready ? annotations : { ...annotations, [annotation.silenced]: 'true' }
    const next = { ...node, metadata: { ...node.metadata, annotations: marked } }
    put(withStatus(next, { ...node.status, conditions }))
    for (const pod of [...room.on(node.metadata.name).values()]) setPodReady(pod, ready, now)
  }

  /** Pods of a silent node count as not ready; those that ran are ready again when it speaks. */
  function setPodReady(pod: StoredPod, ready: boolean, now: string): void {
    const running = pod.status?.containerStatuses?.every((container) => container.ready) ?? false
    const conditions = pod.status?.conditions ?? []
    const word = ready ? 'True' : 'False'
    if (!running || !conditions.some((one) => one.type === 'Ready' && one.status !== word)) return
    const next = conditions.map((one) =>
      one.type === 'Ready' ? { ...one, status: word, lastTransitionTime: now } : one,
    )
    const by = { manager: 'kube-controller-manager', status: true }
    registry.write(types.pods, withStatus(pod, { ...pod.status, conditions: next }), by)
  }

  function put(node: StoredNode): void {
    registry.write(types.nodes, node, { manager: 'kube-controller-manager' })
  }

  /**
   * Follows what has changed about the node with its taints. What a dump or a person has put there is left as it is, though
   * the conditions say something else: the sandbox is there to try such things.
   */
  function taint(node: StoredNode, previous: StoredNode | undefined): void {
    const present = node.spec?.taints ?? []
    const wanted = conditionTaints(node)
    const now = timestamp(clock.now())
    const before = previous ? conditionTaints(previous) : []
    const over = before.filter((taint) => !wanted.some(sameTaint(taint)))
    const kept = present.filter((taint) => !over.some(sameTaint(taint)))
    const added = wanted
      .filter((taint) => !before.some(sameTaint(taint)) && !present.some(sameTaint(taint)))
      .map((taint) => ({ ...taint, timeAdded: now }))
    const { taints: _old, ...spec } = node.spec ?? {}
    const taints = [...kept, ...added]
    if (!sameIgnoringNulls(taints, present))
      put({ ...node, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } })
    for (const pod of [...room.on(node.metadata.name).values()])
      eviction.judge({ ...node, spec: { taints } }, pod)
  }

  function forget(name: string): void {
    silent.get(name)?.()
    silent.delete(name)
  }
}
