import type { NodeSelectorTerm, Pod } from '#kube/types.ts'

/** What the controller's rules look at in one of its pods. Times are milliseconds since the epoch. */
export interface DaemonPod {
  readonly name: string
  /** Has it been given its node? */
  readonly bound: boolean
  readonly createdAt: number
  readonly deleting: boolean
  readonly phase: string
  readonly ready: boolean
  /** When it turned Ready; NaN when that is not known. */
  readonly readyAt: number
  /** Labels `controller-revision-hash` and `pod-template-generation`; empty when absent. */
  readonly hash: string
  readonly generation: string
  /** The object itself; a simulated pod has none. */
  readonly source: Pod | undefined
}

/** A node with the DaemonSet's pods on it, as the rules see it. */
export interface NodeState {
  readonly name: string
  /** False: pods are bound for it, but there is no such node. */
  readonly exists: boolean
  readonly shouldRun: boolean
  readonly shouldContinueRunning: boolean
  /** Including those that are being deleted. */
  pods: DaemonPod[]
}

export const hashLabel = 'controller-revision-hash'
export const generationLabel = 'pod-template-generation'
export const generationAnnotation = 'deprecated.daemonset.template.generation'

/** The facts of a pod that stands in the cluster. */
export function daemonPodOf(pod: Pod): DaemonPod {
  const meta = pod.metadata
  const condition = pod.status?.conditions?.find((one) => one?.type === 'Ready')
  return {
    name: meta?.name ?? '',
    bound: Boolean(pod.spec?.nodeName),
    createdAt: Date.parse(meta?.creationTimestamp ?? ''),
    deleting: Boolean(meta?.deletionTimestamp),
    phase: pod.status?.phase ?? '',
    ready: condition?.status === 'True',
    readyAt: Date.parse(condition?.lastTransitionTime ?? ''),
    hash: meta?.labels?.[hashLabel] ?? '',
    generation: meta?.labels?.[generationLabel] ?? '',
    source: pod,
  }
}

const targetOf = (term: NodeSelectorTerm | null | undefined) =>
  term?.matchFields?.find((field) => field?.key === 'metadata.name' && field.operator === 'In')

/**
 * The node that a DaemonSet's pod is meant for: the one it is bound to, else the one its affinity names, as
 * `GetTargetNodeName` reads it. Undefined: such a pod belongs to no node and the controller passes over it.
 */
export function targetNodeOf(pod: Pod): string | undefined {
  if (pod.spec?.nodeName) return pod.spec.nodeName
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  for (const term of required?.nodeSelectorTerms ?? []) {
    const field = targetOf(term)
    if (field) return field.values?.length === 1 ? field.values[0] : undefined
  }
  return undefined
}

/** Failed or Succeeded: it will not run again. */
export const isFinished = (pod: DaemonPod): boolean => pod.phase === 'Failed' || pod.phase === 'Succeeded'

/** Ready, and for at least `minReady` milliseconds: `IsPodAvailable`. */
export const isAvailable = (pod: DaemonPod, minReady: number, now: number): boolean =>
  pod.ready && (minReady === 0 || pod.readyAt + minReady <= now)

/** Pods that have their node come first, then older ones, then by name: `podByCreationTimestampAndPhase`. */
export function byAge(a: DaemonPod, b: DaemonPod): number {
  if (a.bound !== b.bound) return a.bound ? -1 : 1
  const [olderA, olderB] = [a.createdAt || 0, b.createdAt || 0]
  if (olderA !== olderB) return olderA - olderB
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
