import { daemonPodOf, isAvailable, isFinished, targetNodeOf } from '#controller/daemon-pod.ts'
import { scale } from '#controller/update-strategy.ts'
import { parseTime } from '#kube/duration.ts'
import type { ContainerStatus, DaemonSet, Node, Pod } from '#kube/types.ts'
import { isOwnedBy } from './history.ts'

/** Who has to act: whoever made the release, whoever keeps the nodes, or nobody but the clock. */
export type HoldSide = 'release' | 'nodes' | 'time'

export type HoldCause =
  | 'node-gone'
  | 'node-not-ready'
  | 'terminating'
  | 'unschedulable'
  | 'image'
  | 'config'
  | 'crash'
  | 'not-ready'
  | 'min-ready-seconds'
  | 'starting'

/** Why one pod of a DaemonSet is not available. */
export interface Hold {
  readonly pod: string
  readonly node: string
  /** Whether the pod is of the revision that is rolled out. */
  readonly updated: boolean
  readonly side: HoldSide
  readonly cause: HoldCause
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

type Why = Pick<Hold, 'side' | 'cause' | 'reason' | 'message'> & { readonly since?: number | undefined }

function holdOf(
  pod: Pod,
  nodes: ReadonlyMap<string, Node>,
  { minReady, now, updateHash }: HoldsInput & { readonly minReady: number },
): Hold[] {
  const facts = daemonPodOf(pod)
  const deleting = Boolean(pod.metadata?.deletionTimestamp)
  const node = targetNodeOf(pod) ?? ''
  const onNode = nodeTrouble(node, nodes.get(node))
  if (!onNode && !deleting && isAvailable(facts, minReady, now)) return []
  const { since, ...why } =
    onNode ??
    podTrouble(pod, deleting || isFinished(facts)) ??
    (facts.ready
      ? {
          side: 'time',
          cause: 'min-ready-seconds',
          reason: 'MinReadySeconds',
          message: '',
          since: facts.readyAt || undefined,
        }
      : stillStarting(pod))
  return [
    {
      pod: pod.metadata?.name ?? '',
      node,
      updated: updateHash !== '' && facts.hash === updateHash,
      ...why,
      restarts: Math.max(0, ...statuses(pod).map((status) => status.restartCount ?? 0)),
      ...(since === undefined ? {} : { since }),
    },
  ]
}

function nodeTrouble(name: string, node: Node | undefined): Why | undefined {
  if (!node)
    return name === ''
      ? undefined
      : {
          side: 'nodes',
          cause: 'node-gone',
          reason: 'NodeGone',
          message: `there is no node ${name} any more`,
        }
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')
  if (!ready || ready.status === 'True') return undefined
  return {
    side: 'nodes',
    cause: 'node-not-ready',
    reason: ready.status === 'Unknown' ? 'NodeUnreachable' : 'NodeNotReady',
    message: ready.message ?? '',
    since: parseTime(ready.lastTransitionTime ?? ''),
  }
}

/** Reasons of a waiting container that waiting longer does not cure. */
const fatal: Readonly<Record<string, 'image' | 'config' | 'crash'>> = {
  ErrImagePull: 'image',
  ImagePullBackOff: 'image',
  ImageInspectError: 'image',
  InvalidImageName: 'image',
  ErrImageNeverPull: 'image',
  RegistryUnavailable: 'image',
  CreateContainerConfigError: 'config',
  CreateContainerError: 'config',
  RunContainerError: 'config',
  PreStartHookError: 'config',
  PostStartHookError: 'config',
  CrashLoopBackOff: 'crash',
}

function podTrouble(pod: Pod, ending: boolean): Why | undefined {
  if (ending)
    return {
      side: 'time',
      cause: 'terminating',
      reason: pod.metadata?.deletionTimestamp ? 'Terminating' : (pod.status?.reason ?? 'Finished'),
      message: pod.status?.message ?? '',
      since: parseTime(pod.metadata?.deletionTimestamp ?? ''),
    }
  const scheduled = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return {
      side: 'nodes',
      cause: 'unschedulable',
      reason: scheduled.reason ?? 'Unschedulable',
      message: scheduled.message ?? '',
      since: parseTime(scheduled.lastTransitionTime ?? ''),
    }
  for (const status of statuses(pod)) {
    const { waiting, terminated } = status.state ?? {}
    const reason = waiting?.reason ?? ''
    const cause = fatal[reason]
    if (cause) return { side: 'release', cause, reason, message: waiting?.message ?? '' }
    if (terminated && terminated.exitCode !== 0)
      return {
        side: 'release',
        cause: 'crash',
        reason: terminated.reason ?? 'Error',
        message: `container ${status.name} ended with exit code ${terminated.exitCode}`,
      }
  }
  return undefined
}

function stillStarting(pod: Pod): Why {
  const running = statuses(pod).some((status) => status.state?.running)
  const waiting = statuses(pod).find((status) => status.state?.waiting)?.state?.waiting
  return {
    side: 'time',
    cause: running ? 'not-ready' : 'starting',
    reason: running ? 'NotReady' : (waiting?.reason ?? pod.status?.phase ?? 'Pending'),
    message: waiting?.message ?? '',
    since: parseTime(pod.status?.startTime ?? pod.metadata?.creationTimestamp ?? ''),
  }
}

const statuses = (pod: Pod): readonly ContainerStatus[] => [
  ...(pod.status?.initContainerStatuses ?? []),
  ...(pod.status?.containerStatuses ?? []),
]

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
