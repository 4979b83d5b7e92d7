import { parseTime } from '#kube/duration.ts'
import type { Pod } from '#kube/types.ts'
import { targetNodeOf } from '../daemon-pod.ts'
import type { LastExit } from '../pod-state.ts'

/** A pod whose containers were started again. */
export interface RestartedPod {
  readonly pod: string
  readonly uid: string
  readonly node: string
  /** Of all its containers. */
  readonly restarts: number
  /** How the last of them ended. */
  readonly exit: LastExit | undefined
  /** When that was, in milliseconds since the epoch, where it is known. */
  readonly at: number | undefined
}

/** Whether, how often and after what a pod's containers were started again; undefined: never. */
export function restartedPod(pod: Pod): RestartedPod | undefined {
  let restarts = 0
  let exit: LastExit | undefined
  let at: number | undefined
  for (const status of [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ]) {
    restarts += status?.restartCount ?? 0
    const ended = status?.lastState?.terminated ?? status?.state?.terminated
    const when = parseTime(ended?.finishedAt ?? '')
    if (!ended || (at !== undefined && (when ?? 0) < at)) continue
    at = when
    exit = { container: status.name ?? '', exitCode: ended.exitCode ?? 0, reason: ended.reason || 'Error' }
  }
  if (restarts === 0) return undefined
  const { name, uid } = pod.metadata ?? {}
  return { pod: name ?? '', uid: uid ?? name ?? '', node: targetNodeOf(pod) ?? '', restarts, exit, at }
}
