import { parseTime } from '#kube/duration.ts'
import type { ContainerStatus, Node, Pod } from '#kube/types.ts'
import type { DaemonPod } from './daemon-pod.ts'
import { daemonPodOf, isAvailable, isFinished, targetNodeOf } from './daemon-pod.ts'

/** Milliseconds after which a pod that has not become ready is taken as one that will not. */
export const startDeadline = 10 * 60_000

/** Who has to act: whoever made the release, whoever keeps the nodes, or nobody but the clock. */
export type PodSide = 'release' | 'nodes' | 'time'

export type PodTrouble =
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

/** How a container ended last. */
export interface LastExit {
  readonly container: string
  readonly exitCode: number
  /** `Error`, `OOMKilled`. */
  readonly reason: string
}

/** How one pod of a DaemonSet is, with the one cause that comes first. Times are milliseconds since the epoch. */
export interface PodState {
  readonly pod: string
  /** The node that it is on or meant for. */
  readonly node: string
  /** Absent: it is available. */
  readonly trouble?: {
    readonly side: PodSide
    readonly cause: PodTrouble
    /** Kubernetes' own word: `ImagePullBackOff`, `NotReady`, `Unschedulable`. */
    readonly reason: string
    /** Kubernetes' own sentence about it, possibly empty. */
    readonly message: string
    /** The container that it is about. */
    readonly container?: string | undefined
  }
  /** The most of any of its containers. */
  readonly restarts: number
  /** When the state began, where that is known. */
  readonly since?: number | undefined
  /** When it was asked to end, and when its grace period is over. */
  readonly deleted?: { readonly at: number; readonly deadline: number } | undefined
  readonly lastExit?: LastExit | undefined
}

type Why = NonNullable<PodState['trouble']> & { readonly since?: number | undefined }

/**
 * Why a pod of a DaemonSet is not available, by its own status and its node's: the plan, the roll-out's status and the
 * simulation all ask here.
 *
 * @param node Undefined: there is no such node.
 * @param minReady Milliseconds.
 * @param facts What the controller's rules see of the pod, where that has been read already.
 */
export function podStateOf(
  pod: Pod,
  node: Node | undefined,
  { minReady, now }: { readonly minReady: number; readonly now: number },
  facts: DaemonPod = daemonPodOf(pod),
): PodState {
  const name = targetNodeOf(pod) ?? ''
  const onNode = nodeTrouble(name, node)
  const restarts = restartsOf(pod)
  // Nothing is spread here: each of thousands of states would have a shape of its own.
  if (!onNode && !facts.deleting && isAvailable(facts, minReady, now))
    return { pod: facts.name, node: name, restarts, since: facts.readyAt || undefined }
  const { cause, container, message, reason, side, since } = onNode ?? ownTrouble(pod, facts)
  const trouble =
    container === undefined ? { side, cause, reason, message } : { side, cause, reason, message, container }
  const [deleted, lastExit] = [deletionOf(pod), lastExitOf(pod)]
  return { pod: facts.name, node: name, restarts, trouble, since, deleted, lastExit }
}

function restartsOf(pod: Pod): number {
  let most = 0
  for (const { restartCount } of statusesOf(pod)) most = Math.max(most, restartCount ?? 0)
  return most
}

function ownTrouble(pod: Pod, facts: DaemonPod): Why {
  const ending = facts.deleting || isFinished(facts)
  const found = ending ? endTrouble(pod) : (scheduleTrouble(pod) ?? containerTrouble(pod))
  if (found) return found
  if (!facts.ready) return stillStarting(pod)
  return {
    side: 'time',
    cause: 'min-ready-seconds',
    reason: 'MinReadySeconds',
    message: '',
    since: facts.readyAt || undefined,
  }
}

function deletionOf({ metadata }: Pod): PodState['deleted'] {
  const deadline = parseTime(metadata?.deletionTimestamp ?? '')
  if (deadline === undefined) return undefined
  return { at: deadline - (metadata?.deletionGracePeriodSeconds ?? 0) * 1000, deadline }
}

/** A pod that is not gone so long after its grace period is over does not go by itself. Milliseconds. */
const endDeadline = 5 * 60_000

/** Whether a pod was to be gone long ago. */
export const isOverdue = ({ deleted }: Pick<PodState, 'deleted'>, now: number): boolean =>
  deleted !== undefined && now - deleted.deadline >= endDeadline

function lastExitOf(pod: Pod): LastExit | undefined {
  for (const { name, state, lastState } of statusesOf(pod)) {
    const ended = state?.terminated ?? lastState?.terminated
    if (!ended || ended.exitCode === 0) continue
    return { container: name ?? '', exitCode: ended.exitCode ?? 0, reason: ended.reason || 'Error' }
  }
  return undefined
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
  const ready = node.status?.conditions?.find((condition) => condition?.type === 'Ready')
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

function endTrouble(pod: Pod): Why {
  return {
    side: 'time',
    cause: 'terminating',
    reason: pod.metadata?.deletionTimestamp ? 'Terminating' : pod.status?.reason || 'Finished',
    message: pod.status?.message ?? '',
    since: deletionOf(pod)?.at,
  }
}

function scheduleTrouble(pod: Pod): Why | undefined {
  if (pod.spec?.nodeName) return undefined
  const scheduled = pod.status?.conditions?.find((condition) => condition?.type === 'PodScheduled')
  if (scheduled?.status !== 'False') return undefined
  return {
    side: 'nodes',
    cause: 'unschedulable',
    reason: scheduled.reason || 'Unschedulable',
    message: scheduled.message ?? '',
    since: parseTime(scheduled.lastTransitionTime ?? ''),
  }
}

function containerTrouble(pod: Pod): Why | undefined {
  const ready = pod.status?.conditions?.find((condition) => condition?.type === 'Ready')
  const since = ready?.status === 'False' ? parseTime(ready.lastTransitionTime ?? '') : undefined
  for (const { name, state } of statusesOf(pod)) {
    const { waiting, terminated } = state ?? {}
    const container = name ?? undefined
    const reason = waiting?.reason ?? ''
    const cause = fatal[reason]
    if (cause) return { side: 'release', cause, reason, message: waiting?.message ?? '', container, since }
    if (terminated && terminated.exitCode !== 0)
      return {
        side: 'release',
        cause: 'crash',
        reason: terminated.reason || 'Error',
        message: `container ${name} ended with exit code ${terminated.exitCode}`,
        container,
        since,
      }
  }
  return undefined
}

/** The kubelet's reason where all containers are ready and a condition that `readinessGates` names is not. */
export const gatesNotReady = 'ReadinessGatesNotReady'

function stillStarting(pod: Pod): Why {
  const ready = pod.status?.conditions?.find((condition) => condition?.type === 'Ready')
  const running = statusesOf(pod).some((status) => status.state?.running)
  const waiting = statusesOf(pod).find((status) => status.state?.waiting)?.state?.waiting
  const since = parseTime(pod.status?.startTime ?? pod.metadata?.creationTimestamp ?? '')
  if (ready?.reason === gatesNotReady)
    return { side: 'time', cause: 'not-ready', reason: gatesNotReady, message: ready.message ?? '', since }
  return {
    side: 'time',
    cause: running ? 'not-ready' : 'starting',
    reason: running ? 'NotReady' : waiting?.reason || pod.status?.phase || 'Pending',
    message: waiting?.message ?? '',
    since,
  }
}

const none: readonly ContainerStatus[] = []

function statusesOf({ status }: Pod): readonly ContainerStatus[] {
  const all =
    status?.initContainerStatuses?.concat(status.containerStatuses ?? none) ?? status?.containerStatuses
  return (all?.every(Boolean) ? all : all?.filter(Boolean)) ?? none
}
