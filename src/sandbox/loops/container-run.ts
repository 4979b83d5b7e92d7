import type { Container, Pod } from '#kube/types.ts'

export interface Ended {
  readonly exitCode: number
  readonly reason: string
  readonly startedAt: string
  readonly finishedAt: string
}

export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: string }
  | { readonly kind: 'ended'; readonly ended: Ended }

/** One container of a pod in the hands of its kubelet. */
export interface ContainerRun {
  readonly spec: Container
  /** An init container ends before the next begins, a sidecar runs along from there on. */
  readonly kind: 'init' | 'sidecar' | 'main'
  state: ContainerState
  /** How it ended before it was started again. */
  last: Ended | undefined
  restarts: number
  /** Ends without a good run between them, for the back-off. */
  crashes: number
  pulled: boolean
  /** Its start-up probe has passed. */
  started: boolean
  ready: boolean
  /** It is under way: pulled, started, run or waited for. */
  begun: boolean
  /** It has ended and is not started again. */
  over: boolean
}

const restartCounts = (pod: Pod) =>
  new Map(
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].map((status) => [
      status.name,
      status.restartCount ?? 0,
    ]),
  )

/** The containers of a pod that nothing has been done about yet, in the order in which they are started. */
export function freshRuns(pod: Pod): ContainerRun[] {
  const inits = pod.spec?.initContainers ?? []
  const reason = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating'
  const counts = restartCounts(pod)
  const run = (spec: Container, kind: ContainerRun['kind']): ContainerRun => ({
    spec,
    kind,
    state: { kind: 'waiting', reason },
    last: undefined,
    restarts: counts.get(spec.name) ?? 0,
    crashes: 0,
    pulled: false,
    started: false,
    ready: false,
    begun: false,
    over: false,
  })
  return [
    ...inits.map((spec) => run(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...(pod.spec?.containers ?? []).map((spec) => run(spec, 'main')),
  ]
}

/** Whether what has ended so is started again, by the pod's restart policy or the container's own. */
export function restarts(pod: Pod, { kind }: ContainerRun, exitCode: number): boolean {
  const policy = pod.spec?.restartPolicy ?? 'Always'
  if (kind === 'sidecar') return true
  if (kind === 'init') return exitCode !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

export const succeeded = ({ state }: ContainerRun): boolean =>
  state.kind === 'ended' && state.ended.exitCode === 0

/** The init containers have done their work: those that end have ended well, the sidecars are up. */
export const isInitialized = (runs: readonly ContainerRun[]): boolean =>
  runs.every(
    (run) => run.kind === 'main' || (run.kind === 'sidecar' ? run.started || run.over : succeeded(run)),
  )

/** The pod's phase, from its containers (`getPhase` of pkg/kubelet/kubelet_pods.go). */
export function phaseOf(runs: readonly ContainerRun[]): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
  if (runs.some((run) => run.kind === 'init' && run.over && !succeeded(run))) return 'Failed'
  if (!isInitialized(runs)) return 'Pending'
  const mains = runs.filter(({ kind }) => kind === 'main')
  if (mains.length > 0 && mains.every(({ over }) => over))
    return mains.every(succeeded) ? 'Succeeded' : 'Failed'
  return mains.every(({ state, last }) => state.kind === 'waiting' && !last) ? 'Pending' : 'Running'
}
