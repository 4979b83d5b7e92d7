import type { Diagnostic } from '#base/errors.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { fitter } from '#scheduler/fit.ts'
import { refusalOn } from '#scheduler/namespace-selector.ts'
import type { PresentState } from '../changes/present-state.ts'
import { presentState } from '../changes/present-state.ts'
import type { DaemonPod, NodeState } from '../daemon-pod.ts'
import { countNodes } from '../daemon-set-status.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowance, allowsSurge } from '../update-strategy.ts'
import { endingOf } from './ending.ts'
import { Rollout } from './rollout.ts'
import { shuffled } from './shuffle.ts'
import type { SimulatedNode, SimulatedPod } from './simulated-node.ts'
import { fateInSnapshot, troubleOf } from './simulated-node.ts'
import type { SimulateInput, Simulation } from './types.ts'

/**
 * Plays the roll-out of a DaemonSet to its end: done, or stuck and by which rule. The order among nodes comes from the seed,
 * as upstream leaves it to chance. Pods on nodes that are NotReady in the snapshot never become ready and, once deleted,
 * never go; the controller's own time, image pulls of different length and node changes on the way are not simulated.
 */
export function simulate(input: SimulateInput): Simulation {
  const daemonSet = withStrategy(input.daemonSet, input.strategy)
  const nodes = shuffled(input.nodes, input.seed ?? 1)
  const state = presentState({
    ...input,
    daemonSet,
    nodes,
    current: input.pods && input.current,
    pods: input.pods ?? [],
    revisions: input.revisions ?? [],
  })
  if (input.pods === undefined) assumeHealthy(state.nodes, state.rules, troubled(nodes, input.now))
  const rules = state.rules
  const desired = countNodes(state.nodes, rules).desired
  const allowed = allowance(rules, desired)
  const { maxUnavailable, maxSurge } = 'error' in allowed ? { maxUnavailable: 0, maxSurge: 0 } : allowed
  const pace = {
    readyAfter: (input.readyAfterSeconds ?? 10) * 1000,
    terminateAfter: (input.terminateAfterSeconds ?? 5) * 1000,
  }
  const simulated = simulatedNodes(state, input, nodes)
  const rollout = new Rollout(simulated, rules, pace, Math.max(1, maxUnavailable, maxSurge))
  const start = { ...rollout.counters }
  rollout.run()
  const name = daemonSet.metadata?.name ?? ''
  return {
    strategy: { type: rules.onDelete ? 'OnDelete' : 'RollingUpdate', maxUnavailable, maxSurge, desired },
    start,
    waves: rollout.waves,
    totalSeconds: rollout.elapsed,
    minAvailable: rollout.minAvailable,
    end: endingOf(rollout, rules, name),
    warnings: [...state.warnings, ...unknownFailures(input)],
  }
}

function unknownFailures({ failures, nodes }: SimulateInput): Diagnostic[] {
  const names = new Set(nodes.map((node) => node.metadata?.name))
  return Object.keys(failures ?? {})
    .filter((name) => !names.has(name))
    .map((name) => {
      const message = `there is no node ${name} on which a pod could fail`
      return { severity: 'warning', code: 'UnknownNode', message }
    })
}

function withStrategy(daemonSet: DaemonSet, strategy: SimulateInput['strategy']): DaemonSet {
  if (!strategy) return daemonSet
  const rollingUpdate = { maxUnavailable: strategy.maxUnavailable ?? 0, maxSurge: strategy.maxSurge ?? 0 }
  return {
    ...daemonSet,
    spec: { ...daemonSet.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
  }
}

const troubled = (nodes: readonly Node[], now: number) =>
  new Set(nodes.filter((node) => troubleOf(node, now) !== undefined).map((node) => node.metadata?.name))

/**
 * Without pods in the snapshot: every node that should run one has one of an old revision, in good order. On a node that is
 * not ready the pod is not either: the node controller sees to that.
 */
function assumeHealthy(
  nodes: readonly NodeState[],
  rules: PodRules,
  troubledNodes: ReadonlySet<string | null | undefined>,
): void {
  const old: DaemonPod = {
    name: '',
    bound: true,
    createdAt: 0,
    deleting: false,
    phase: 'Running',
    ready: true,
    readyAt: Number.NEGATIVE_INFINITY,
    hash: rules.hash === 'old' ? 'older' : 'old',
    generation: '',
    source: undefined,
  }
  for (const node of nodes) {
    const ready = !troubledNodes.has(node.name)
    if (node.shouldRun) node.pods = [{ ...old, ready }]
  }
}

function simulatedNodes(state: PresentState, input: SimulateInput, nodes: readonly Node[]): SimulatedNode[] {
  const objects = new Map(nodes.map((node) => [node.metadata?.name ?? '', node]))
  const fitOn = fitter({ ...input, daemonSet: state.daemonSet, pods: input.pods ?? [] })
  const surges = allowsSurge(state.rules)
  return state.nodes.map((node) => {
    const object = objects.get(node.name)
    const trouble = object && troubleOf(object, input.now)
    return {
      ...node,
      pods: node.pods.map((pod) => simulatedPod(pod, trouble, input.now)),
      failure: input.failures?.[node.name],
      trouble,
      obstacle: (ownPodsStay) => {
        const refusal = object && refusalOn(state.namespaceRule, object)
        return refusal ?? (object && (fitOn(object, ownPodsStay && surges).message || undefined))
      },
      standing: 'active',
      counters: {
        desired: 0,
        current: 0,
        ready: 0,
        updated: 0,
        available: 0,
        unavailable: 0,
        misscheduled: 0,
      },
      countedAvailable: 0,
      wave: undefined,
    }
  })
}

function simulatedPod(pod: DaemonPod, trouble: string | undefined, now: number): SimulatedPod {
  const object: Pod | undefined = pod.source
  const fate = pod.ready || pod.deleting || !object ? undefined : fateInSnapshot(object, now)
  const troubled = trouble !== undefined && !pod.ready && !pod.deleting
  return {
    ...pod,
    readyAt: pod.ready && Number.isNaN(pod.readyAt) ? Number.NEGATIVE_INFINITY : pod.readyAt,
    fate: troubled ? { cause: 'node-not-ready', text: trouble } : fate,
  }
}
