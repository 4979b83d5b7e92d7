/** What a Job's controller reads from its pods. Mirrors pkg/controller/job and `controller.ActivePods`. */
import { listOf } from '#kube/read.ts'
import type { Condition, ContainerStatus } from '#kube/types.ts'
import type { Job, JobPod } from './types.ts'

/** Holds a pod back until it is counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
/** As an annotation, and as a label. */
export const completionIndex = 'batch.kubernetes.io/job-completion-index'

export const isTracked = ({ metadata }: JobPod): boolean =>
  listOf(metadata.finalizers).includes(trackingFinalizer)

const isTerminal = ({ status }: JobPod) => status?.phase === 'Failed' || status?.phase === 'Succeeded'
export const isActive = (pod: JobPod): boolean => !isTerminal(pod) && !pod.metadata.deletionTimestamp
export const isTerminating = (pod: JobPod): boolean =>
  !isTerminal(pod) && Boolean(pod.metadata.deletionTimestamp)

const readyCondition = ({ status }: JobPod): Condition | undefined =>
  listOf(status?.conditions).find((one) => one?.type === 'Ready')
export const isReady = (pod: JobPod): boolean => readyCondition(pod)?.status === 'True'

/** A pod's completion index; undefined where it has none that counts. */
export function indexOf(pod: JobPod, { spec }: Job): number | undefined {
  const text = pod.metadata.annotations?.[completionIndex]
  const index = /^\d+$/.test(text ?? '') ? Number(text) : undefined
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined
}

/** Whether a pod that is on its way out is replaced only when it is gone. */
export const onlyReplacesFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || Boolean(spec.podFailurePolicy)

/** A pod that failed, or was deleted before it could end. */
export function isFailed(pod: JobPod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true
  return (
    !onlyReplacesFailed(job) && Boolean(pod.metadata.deletionTimestamp) && pod.status?.phase !== 'Succeeded'
  )
}

interface Ended {
  readonly terminated?: { readonly finishedAt?: string | null } | null
}

/** When a pod ended, in milliseconds: its last container, or else its deletion, or the end of its readiness. */
export function finishedAt(pod: JobPod): number {
  const ends = listOf(pod.status?.containerStatuses as readonly ContainerStatus[] | undefined).map((status) =>
    Date.parse((status.state as Ended | null | undefined)?.terminated?.finishedAt ?? ''),
  )
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends)
  const { deletionTimestamp, deletionGracePeriodSeconds, creationTimestamp } = pod.metadata
  if (deletionTimestamp) return Date.parse(deletionTimestamp) - (deletionGracePeriodSeconds ?? 0) * 1000
  return Date.parse(readyCondition(pod)?.lastTransitionTime ?? creationTimestamp ?? '')
}

const restarts = ({ status }: JobPod) =>
  Math.max(0, ...listOf(status?.containerStatuses).map((one) => one.restartCount ?? 0))

/** How many times containers of pods that still run were started again. */
export const restartsOf = ({ status }: JobPod): number =>
  status?.phase === 'Running' || status?.phase === 'Pending'
    ? [...listOf(status.initContainerStatuses), ...listOf(status.containerStatuses)].reduce(
        (sum, one) => sum + (one.restartCount ?? 0),
        0,
      )
    : 0

const phases = ['Pending', 'Unknown', 'Running']
const since = (text: string | null | undefined) => -(Date.parse(text ?? '') || Number.POSITIVE_INFINITY)

/** The least to lose first: what is not bound, not running, not ready, ready for the shortest, restarted most, youngest. */
export function leastToLose(a: JobPod, b: JobPod): number {
  const rank = (pod: JobPod) => [
    pod.spec?.nodeName ? 1 : 0,
    phases.indexOf(pod.status?.phase ?? ''),
    isReady(pod) ? 1 : 0,
    isReady(pod) ? since(readyCondition(pod)?.lastTransitionTime) : 0,
    -restarts(pod),
    since(pod.metadata.creationTimestamp),
  ]
  const other = rank(b)
  return rank(a).reduce((found, value, at) => found || compare(value, other[at] ?? 0), 0)
}

const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0)
