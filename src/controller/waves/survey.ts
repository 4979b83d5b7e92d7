import type { DaemonSet, DaemonSetUpdateStrategy, Node, Pod } from '#kube/types.ts'
import { type DaemonPod, isAvailable, type NodeState } from '../daemon-pod.ts'
import { gather } from '../node-states.ts'
import { type PodState, podStateOf } from '../pod-state.ts'
import { Reader, type StepMemory } from '../step-memory.ts'
import { allowance, isUpdated, type PodRules, podRules } from '../update-strategy.ts'
import type { WavesPlan } from './plan.ts'

/** What a roll-out in waves looks at: objects as they were read, and what is known beyond them. */
export interface SurveyInput {
  readonly daemonSet: DaemonSet
  readonly plan: Pick<WavesPlan, 'maxUnavailable'>
  /** The DaemonSet's own, whose budget holds. */
  readonly strategy: DaemonSetUpdateStrategy
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  /** The hash of the revision that is rolled out. */
  readonly target: string
  /** Uids of pods that are to go, though what was read does not say so yet. */
  readonly gone?: ReadonlySet<string> | undefined
  readonly now: number
  readonly memory?: StepMemory | undefined
}

/** A node that should run a pod. */
export interface SurveyedNode {
  readonly state: NodeState
  readonly node: Node
  /** Of the revision that is rolled out, and not being deleted. */
  readonly updated: DaemonPod | undefined
  readonly available: boolean
  /** False: its kubelet does not answer, so nothing can be done there. */
  readonly ready: boolean
}

/** How a DaemonSet stands on its nodes. */
export interface Survey {
  /** Nodes that should run a pod, in the order in which they were given. */
  readonly nodes: readonly SurveyedNode[]
  /** Nodes with pods that would get none again. */
  readonly leaving: readonly string[]
  readonly rules: PodRules
  /** How many nodes may be without an available pod. */
  readonly allowed: number
  readonly available: number
  /** Restarts of the pods of the revision that is rolled out, all together. */
  readonly restarts: number
  /** Pods of that revision that fail by themselves: see {@link podStateOf}. */
  readonly failing: readonly PodState[]
}

const ending = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: pod.metadata?.deletionTimestamp ?? 'now' },
})

/** Reads off nodes and pods how far a roll-out is. Costs a pass over both. */
export function surveyOf(input: SurveyInput): Survey {
  const { daemonSet, gone, nodes, now, strategy, target } = input
  const pods = gone?.size
    ? input.pods.map((pod) => (gone.has(pod.metadata?.uid ?? '') ? ending(pod) : pod))
    : input.pods
  const reader = new Reader(input.memory)
  const reading = reader.daemonSet(daemonSet, false)
  const world = gather({ daemonSet, nodes, pods }, reader, reading)
  const rules = rulesOf(input)
  const objects = new Map(nodes.map((node) => [node.metadata?.name ?? '', node]))
  const surveyed: SurveyedNode[] = []
  const leaving: string[] = []
  const failing: PodState[] = []
  let [available, restarts] = [0, 0]
  for (const state of world.nodes) {
    const node = objects.get(state.name)
    const updated = state.pods.find((pod) => !pod.deleting && isUpdated(pod, rules))
    if (updated?.source) {
      const how = podStateOf(updated.source, node, { minReady: rules.minReady, now }, updated)
      restarts += how.restarts
      if (how.trouble?.side === 'release') failing.push(how)
    }
    if (!node || !state.shouldRun) {
      if (state.pods.some((pod) => !pod.deleting)) leaving.push(state.name)
      continue
    }
    const serves = state.pods.some((pod) => !pod.deleting && isAvailable(pod, rules.minReady, now))
    if (serves) available++
    surveyed.push({ state, node, updated, available: serves, ready: isReady(node) })
  }
  const allowed = allowance(rules, surveyed.length)
  return {
    nodes: surveyed,
    leaving,
    rules,
    allowed: 'error' in allowed ? 0 : Math.min(allowed.maxUnavailable, surveyed.length),
    available,
    restarts,
    failing,
  }

  function rulesOf({ plan }: SurveyInput): PodRules {
    const own = plan.maxUnavailable ?? strategy.rollingUpdate?.maxUnavailable ?? 1
    return {
      ...podRules({ daemonSet, now }, target),
      onDelete: false,
      maxUnavailable: own,
      maxSurge: 0,
      // Servers between 1.21 and 1.30 are more generous than their own documents; nobody asked for that here.
      countsOldUnavailable: true,
    }
  }
}

const isReady = ({ status }: Node): boolean => {
  const ready = status?.conditions?.find((condition) => condition?.type === 'Ready')
  return !ready || ready.status === 'True'
}
