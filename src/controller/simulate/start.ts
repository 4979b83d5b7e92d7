import type { Diagnostic } from '#base/errors.ts'
import type { ClusterObjects } from '#kube/cluster-objects.ts'
import type { DaemonSet, IntOrString, Node, Pod } from '#kube/types.ts'
import { starts } from '#scheduler/fit.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { refusalOn } from '#scheduler/namespace-selector.ts'
import type { Rooms } from '#scheduler/rooms.ts'
import { type AskedAdmission, admittingOf } from '../changes/admitting.ts'
import { admittedSpec, asAdmitted } from '../changes/plan-admission.ts'
import type { PresentState } from '../changes/present-state.ts'
import { presentState } from '../changes/present-state.ts'
import type { DaemonPod } from '../daemon-pod.ts'
import { countNodes } from '../daemon-set-status.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowance } from '../update-strategy.ts'
import type { SimulatedFailure } from './blocked.ts'
import { blockedInSnapshot, notReadyText } from './blocked.ts'
import { Rollout } from './rollout.ts'
import { shuffled } from './shuffle.ts'
import type { PodStart, SimulatedNode, SimulatedPod } from './simulated-node.ts'

export interface SimulateInput extends Omit<ClusterObjects, 'pods' | 'daemonSets'> {
  /** The new one, as it would be stored. */
  readonly daemonSet: DaemonSet
  /** All pods of the snapshot. Left out: nodes only, and everything is assumed healthy on an old revision. */
  readonly pods?: readonly Pod[] | undefined
  /** Who is on the nodes by then; default: `pods`. */
  readonly rooms?: Rooms | undefined
  /** As the snapshot has it. With pods given and this left out the DaemonSet is new: every node starts empty. */
  readonly current?: DaemonSet | undefined
  /** What admission says of new pods. Left out: all are let in. */
  readonly admission?: AskedAdmission | undefined
  readonly now: number
  /** From creation to Ready. Default 10 s. */
  readonly readyAfterSeconds?: number | undefined
  /** From deletion to gone. Default: 5 s. */
  readonly terminateAfterSeconds?: number | undefined
  readonly failures?: Readonly<Record<string, SimulatedFailure>> | undefined
  /** The order among nodes. Default 1. */
  readonly seed?: number | undefined
  /** Instead of the DaemonSet's own. */
  readonly strategy?: { readonly maxUnavailable?: IntOrString; readonly maxSurge?: IntOrString } | undefined
  readonly serverVersion?: string | undefined
  readonly comparisonOperators?: boolean | undefined
}

/** A roll-out that has not begun. */
interface Start {
  readonly rollout: Rollout
  readonly rules: PodRules
  readonly maxUnavailable: number
  readonly maxSurge: number
  readonly warnings: readonly Diagnostic[]
}

/** The present state as the simulation takes it up, with the nodes in the order of the seed. */
export function startOf(input: SimulateInput): Start {
  const nodes = shuffled(input.nodes, input.seed ?? 1)
  const state = presentState({
    ...input,
    daemonSet: withStrategy(input.daemonSet, input.strategy),
    nodes,
    current: input.pods && input.current,
    pods: input.pods ?? [],
    revisions: input.revisions ?? [],
  })
  const { rules, warnings } = state
  const simulated = simulatedNodes(state, input, nodes)
  const allowed = allowance(rules, countNodes(simulated, rules).desired)
  const { maxUnavailable, maxSurge } = 'error' in allowed ? { maxUnavailable: 0, maxSurge: 0 } : allowed
  const pace = {
    readyAfter: (input.readyAfterSeconds ?? 10) * 1000,
    terminateAfter: (input.terminateAfterSeconds ?? 5) * 1000,
  }
  const rollout = new Rollout(simulated, rules, pace, Math.max(1, maxUnavailable, maxSurge))
  return { rollout, rules, maxUnavailable, maxSurge, warnings }
}

/** The DaemonSet with another budget for its rolling update. */
export function withStrategy(daemonSet: DaemonSet, strategy: SimulateInput['strategy']): DaemonSet {
  if (!strategy) return daemonSet
  const rollingUpdate = { maxUnavailable: strategy.maxUnavailable ?? 0, maxSurge: strategy.maxSurge ?? 0 }
  return {
    ...daemonSet,
    spec: { ...daemonSet.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
  }
}

/**
 * Without pods in the snapshot every node that should run one has one of an old revision, in good order. On a node that is
 * not ready the pod is not either: the node controller sees to that.
 */
const oldPod = (rules: PodRules, ready: boolean): DaemonPod => ({
  name: '',
  bound: true,
  createdAt: 0,
  deleting: false,
  phase: 'Running',
  ready,
  readyAt: Number.NEGATIVE_INFINITY,
  hash: rules.hash === 'old' ? 'older' : 'old',
  generation: '',
  source: undefined,
})

function simulatedNodes(state: PresentState, input: SimulateInput, nodes: readonly Node[]): SimulatedNode[] {
  const objects = new Map(nodes.map((node) => [node.metadata?.name ?? '', node]))
  const { admission } = input
  const admitting = admission && admittingOf(state.daemonSet, admission, input.now)
  const fitter = new Fitter({
    ...input,
    daemonSet: asAdmitted(state.daemonSet, admittedSpec(admission?.asked)),
    pods: input.pods ?? [],
    nodes,
    revision: state.rules.hash,
  })
  const startOn = (node: Node | undefined, ownPodsStay: boolean): PodStart => {
    const refusal = node && refusalOn(state.namespaceRule, node)
    if (!node || refusal !== undefined) return { obstacle: refusal, evicts: [] }
    const fit = fitter.start(node, ownPodsStay)
    return { obstacle: starts(fit) ? undefined : fit.message, evicts: fit.evicts }
  }
  const noCounters = countNodes([], state.rules)
  return state.nodes.map((node, place) => {
    const object = objects.get(node.name)
    const notReady = object && notReadyText(object, input.now)
    const present = input.pods
      ? node.pods
      : node.shouldRun
        ? [oldPod(state.rules, notReady === undefined)]
        : []
    const pods = present.map((pod) => simulatedPod(pod, notReady, input.now))
    const simulated: SimulatedNode = {
      ...node,
      pods,
      failure: input.failures?.[node.name],
      notReady,
      start: (ownPodsStay) => startOn(object, ownPodsStay),
      admit: () => admitting?.admit(),
      refused: undefined,
      end(pod) {
        admitting?.release(pod.source)
        if (object) fitter.end(object, pod.source)
      },
      place,
      phase: 'active',
      inactivePods: 0,
      counters: noCounters,
      wave: undefined,
    }
    simulated.counters = countNodes([simulated], state.rules)
    return simulated
  })
}

function simulatedPod(pod: DaemonPod, notReady: string | undefined, now: number): SimulatedPod {
  const unready = !pod.ready && !pod.deleting
  const blocked = (unready || pod.deleting) && pod.source ? blockedInSnapshot(pod.source, now) : undefined
  return {
    ...pod,
    readyAt: pod.ready && Number.isNaN(pod.readyAt) ? Number.NEGATIVE_INFINITY : pod.readyAt,
    blocked: unready && notReady !== undefined ? { cause: 'node-not-ready', text: notReady } : blocked,
  }
}
