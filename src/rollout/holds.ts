import { hashLabel, targetNodeOf } from '#controller/daemon-pod.ts'
import { type PodSide, type PodTrouble, podStateOf } from '#controller/pod-state.ts'
import { scale } from '#controller/update-strategy.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { isOwnedBy } from './history.ts'

/** Why one pod of a DaemonSet is not available. */
export interface Hold {
  readonly pod: string
  readonly node: string
  /** Whether the pod is of the revision that is rolled out. */
  readonly updated: boolean
  readonly side: PodSide
  readonly cause: PodTrouble
  /** Kubernetes' own word: `ImagePullBackOff`, `NotReady`, `Unschedulable`. */
  readonly reason: string
  /** Kubernetes' own sentence about it, possibly empty. */
  readonly message: string
  readonly restarts: number
  /** Milliseconds since the epoch at which the state began, where it is known. */
  readonly since?: number
}

export interface HoldsInput {
  readonly daemonSet: DaemonSet
  readonly pods: readonly Pod[]
  readonly nodes: readonly Node[]
  /** The hash of the revision that is rolled out. */
  readonly updateHash: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Every pod of the DaemonSet that is not available, with the one cause that comes first, by node name. */
export function holdsOf(input: HoldsInput): Hold[] {
  const nodes = new Map(input.nodes.map((node) => [node.metadata?.name ?? '', node]))
  const minReady = (input.daemonSet.spec?.minReadySeconds ?? 0) * 1000
  return input.pods
    .filter((pod) => isOwnedBy(pod, input.daemonSet))
    .flatMap((pod) => holdOf(pod, nodes, { ...input, minReady }))
    .sort((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : a.pod < b.pod ? -1 : 1))
}

function holdOf(
  pod: Pod,
  nodes: ReadonlyMap<string, Node>,
  { minReady, now, updateHash }: HoldsInput & { readonly minReady: number },
): Hold[] {
  const node = nodes.get(targetNodeOf(pod) ?? '')
  const { trouble, since, ...state } = podStateOf(pod, node, { minReady, now })
  if (!trouble) return []
  const { side, cause, reason, message } = trouble
  return [
    {
      pod: state.pod,
      node: state.node,
      updated: updateHash !== '' && pod.metadata?.labels?.[hashLabel] === updateHash,
      side,
      cause,
      reason,
      message,
      restarts: state.restarts,
      ...(since === undefined ? {} : { since }),
    },
  ]
}

/** Whether a roll-out that is not done moves, and else what it is held by: the release, or nodes alone. */
export type Health = 'moving' | 'release' | 'nodes'

/**
 * Whether a roll-out moves, fails because of the release, or is held by nodes alone: when new pods fail for a reason that
 * does not pass, or when troubled nodes use up `maxUnavailable` or are all that is left to do.
 */
export function healthOf(daemonSet: DaemonSet, holds: readonly Hold[]): Health {
  if (holds.some((hold) => hold.side === 'release' && hold.updated)) return 'release'
  const held = new Set(holds.filter((hold) => hold.side === 'nodes').map((hold) => hold.node)).size
  if (held === 0) return 'moving'
  const { desiredNumberScheduled, updatedNumberScheduled, numberAvailable } = daemonSet.status ?? {}
  const desired = desiredNumberScheduled ?? 0
  const left = desired - Math.min(updatedNumberScheduled ?? 0, numberAvailable ?? 0)
  const setting = daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
  const budget = scale(setting, desired, 'maxUnavailable')
  const spent = 'value' in budget && budget.value > 0 && held >= budget.value
  return spent || held >= left ? 'nodes' : 'moving'
}
