import { goMapJson } from '#kube/go-text.ts'
import { matchesLabelSelector } from '#kube/selectors.ts'
import type {
  ControllerRevision,
  DaemonSet,
  JsonObject,
  LabelSelector,
  Node,
  Pod,
  StringMap,
} from '#kube/types.ts'
import type { Decision } from '#placement/placement.ts'
import { decide, decideAll, prepareDaemonSet } from '#placement/placement.ts'
import type { DaemonPod } from './daemon-pod.ts'
import { daemonPodOf, targetNodeOf } from './daemon-pod.ts'
import { revisionData } from './revision-data.ts'

interface PodReading {
  readonly pod: DaemonPod
  readonly target: string | undefined
}

/** What is derived from a DaemonSet's spec alone. */
export interface DaemonSetReading {
  readonly generation: number | undefined
  readonly data: string
  readonly matches: (labels: StringMap) => boolean
  /** In the nodes' order. */
  readonly decisions: (nodes: readonly Node[]) => readonly Decision[]
}

/**
 * What earlier steps have read off objects, so that a step over thousands of unchanged nodes and pods takes few
 * milliseconds. Pass the same one with every step, of any DaemonSet. Objects are known by identity: a changed node, pod or
 * revision must be a new object, and a DaemonSet with a changed spec must carry a new generation.
 */
export interface StepMemory {
  readonly pods: WeakMap<Pod, PodReading>
  readonly revisions: WeakMap<ControllerRevision, string>
  readonly daemonSets: Map<string, DaemonSetReading>
}

/** An empty memory for a series of steps. */
export const stepMemory = (): StepMemory => ({
  pods: new WeakMap(),
  revisions: new WeakMap(),
  daemonSets: new Map(),
})

/** Answers about objects, each worked out once per memory. */
export class Reader {
  readonly #memory: StepMemory
  readonly #isKept: boolean

  /** @param memory Undefined: nothing is asked again. */
  constructor(memory: StepMemory | undefined) {
    this.#memory = memory ?? stepMemory()
    this.#isKept = memory !== undefined
  }

  pod(pod: Pod): PodReading {
    let reading = this.#memory.pods.get(pod)
    if (!reading) {
      reading = { pod: daemonPodOf(pod), target: targetNodeOf(pod) }
      this.#memory.pods.set(pod, reading)
    }
    return reading
  }

  revisionData(revision: ControllerRevision): string {
    let data = this.#memory.revisions.get(revision)
    if (data === undefined) {
      data = goMapJson(revision.data ?? null)
      this.#memory.revisions.set(revision, data)
    }
    return data
  }

  daemonSet(daemonSet: DaemonSet, comparisonOperators: boolean): DaemonSetReading {
    const meta = daemonSet.metadata
    const key = JSON.stringify([meta?.uid, meta?.namespace, meta?.name, comparisonOperators])
    const known = this.#memory.daemonSets.get(key)
    if (known && known.generation === (meta?.generation ?? undefined)) return known
    const reading = readDaemonSet(daemonSet, comparisonOperators, this.#isKept)
    this.#memory.daemonSets.set(key, reading)
    return reading
  }
}

/** @param isKept Of the next lists most nodes are known: each is decided by itself. */
function readDaemonSet(
  daemonSet: DaemonSet,
  comparisonOperators: boolean,
  isKept: boolean,
): DaemonSetReading {
  const prepared = prepareDaemonSet(daemonSet, { comparisonOperators })
  const known = new WeakMap<Node, Decision>()
  const decideOnce = (node: Node) => {
    let decision = known.get(node)
    if (!decision) {
      decision = decide(prepared, node)
      known.set(node, decision)
    }
    return decision
  }
  const selector: LabelSelector | null | undefined = daemonSet.spec?.selector
  return {
    generation: daemonSet.metadata?.generation ?? undefined,
    data: revisionData(daemonSet as unknown as JsonObject),
    matches: matchesLabelSelector(selector),
    decisions: (nodes) => (isKept ? nodes.map(decideOnce) : decideAll(prepared, nodes).all()),
  }
}
