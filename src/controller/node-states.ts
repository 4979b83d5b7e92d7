import { namedOnce, nodePlaces } from '#kube/named-nodes.ts'
import type { Pod } from '#kube/types.ts'
import type { Action } from './actions.ts'
import { claim } from './claim.ts'
import type { NodeState } from './daemon-pod.ts'
import { isFinished } from './daemon-pod.ts'
import type { StepInput } from './step-input.ts'
import type { DaemonSetReading, Reader } from './step-memory.ts'

/** The cluster as the rules for pods see it. */
export interface World {
  readonly nodes: NodeState[]
  readonly ownership: readonly Action[]
  /** The hash labels of all its pods. */
  readonly liveHashes: ReadonlySet<string>
  /** Its pods that are meant for no node: the controller passes over them. */
  readonly withoutNode: readonly Pod[]
}

type GatherInput = Pick<StepInput, 'daemonSet' | 'nodes' | 'pods'>

/** The DaemonSet's pods, each on the node it is meant for; nodes that exist no more come last. */
export function gather(input: GatherInput, reader: Reader, reading: DaemonSetReading): World {
  const claims = claim(input.pods, input.daemonSet, reading.matches)
  const liveHashes = new Set<string>()
  const withoutNode: Pod[] = []
  const objects = namedOnce(input.nodes)
  const places = nodePlaces(objects)
  const gone = new Map<string, NodeState>()
  const decisions = reading.decisions(objects)
  const nodes = objects.map((node, at): NodeState => {
    const { shouldRun = false, shouldContinueRunning = false } = decisions[at] ?? {}
    return { name: node.metadata?.name ?? '', exists: true, shouldRun, shouldContinueRunning, pods: [] }
  })
  for (const object of claims.claimed) {
    const { pod, target } = reader.pod(object)
    if (target === undefined) {
      withoutNode.push(object)
      continue
    }
    if (pod.hash) liveHashes.add(pod.hash)
    if (pod.deleting && isFinished(pod)) continue
    let state = nodes[places.get(target) ?? -1] ?? gone.get(target)
    if (!state) {
      state = { name: target, exists: false, shouldRun: false, shouldContinueRunning: false, pods: [] }
      gone.set(target, state)
    }
    // Most nodes have one: a list of one takes a tenth of the room of a list that grows.
    if (state.pods.length === 0) state.pods = [pod]
    else state.pods.push(pod)
  }
  return { nodes: [...nodes, ...gone.values()], ownership: ownershipOf(claims), liveHashes, withoutNode }
}

function ownershipOf(claims: {
  readonly adopted: readonly Pod[]
  readonly released: readonly Pod[]
}): Action[] {
  const change = (kind: 'AdoptPod' | 'ReleasePod', pod: Pod, why: string): Action => {
    const name = pod.metadata?.name ?? ''
    return { kind, pod, name, message: `${name}: ${why}` }
  }
  return [
    ...claims.adopted.map((pod) => change('AdoptPod', pod, 'has no owner and matches the selector')),
    ...claims.released.map((pod) => change('ReleasePod', pod, 'no longer matches the selector')),
  ]
}

/** After a duplicate revision was found all pods carry the hash of the one that stays, which the sync goes on with. */
export function relabel(world: World, hash: string): Action[] {
  const actions: Action[] = []
  for (const node of world.nodes) {
    node.pods = node.pods.map((pod) => {
      if (pod.hash === hash || !pod.source) return pod
      const message = `${pod.name}: its revision was one of several with the same template`
      actions.push({ kind: 'RelabelPod', pod: pod.source, name: pod.name, hash, message })
      return { ...pod, hash }
    })
  }
  return actions
}
