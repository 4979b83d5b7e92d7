import type { Condition, Pod } from '#kube/types.ts'
import { type ContainerRun, isInitialized, phaseOf } from './container-run.ts'
import { withTransition } from './pod-conditions.ts'

interface Facts {
  readonly now: string
  readonly podIP: string
  readonly hostIP: string
  readonly runs: readonly ContainerRun[]
  /** Its volumes are there: it has an address. */
  readonly sandboxed: boolean
  /** Why the kubelet has ended it. */
  readonly verdict: { readonly reason: string; readonly message: string } | undefined
}

function stateOf({ state }: ContainerRun, containerID: object): object {
  if (state.kind === 'running') return { running: { startedAt: state.startedAt } }
  if (state.kind === 'ended') return { terminated: { ...state.ended, ...containerID } }
  return {
    waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) },
  }
}

function containerStatus(run: ContainerRun, uid: string): object {
  const { spec, last, restarts, ready, started, state } = run
  const known = state.kind !== 'waiting' || last !== undefined
  const id = known ? { containerID: `containerd://${uid.replaceAll('-', '')}` } : {}
  return {
    name: spec.name,
    state: stateOf(run, id),
    lastState: last ? { terminated: { ...last, ...id } } : {},
    ready,
    restartCount: restarts,
    image: spec.image,
    imageID: known ? `sandbox.kds.dev/${spec.image}` : '',
    ...id,
    started,
  }
}

const ends = { Succeeded: 'PodCompleted', Failed: 'PodFailed' } as const

function unreadiness(phase: string, runs: readonly ContainerRun[]): object {
  if (phase === 'Succeeded' || phase === 'Failed') return { reason: ends[phase] }
  const names = runs.filter((run) => run.kind !== 'init' && !run.ready).map(({ spec }) => spec.name)
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${names.join(' ')}]` }
}

function initialization(phase: string, runs: readonly ContainerRun[], done: boolean): object {
  if (phase === 'Succeeded') return { reason: ends.Succeeded }
  if (done) return {}
  const names = runs
    .filter(({ kind, state, started }) =>
      kind === 'init' ? state.kind !== 'ended' : kind === 'sidecar' && !started,
    )
    .map(({ spec }) => spec.name)
  return {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names.join(' ')}]`,
  }
}

/**
 * The status that a kubelet would write, in place of the present one. Conditions keep their transition times where they
 * stay as they are.
 */
export function podStatus(pod: Pod & { readonly metadata: { readonly uid: string } }, facts: Facts): object {
  const { now, podIP, hostIP, runs, sandboxed, verdict } = facts
  const phase = verdict ? 'Failed' : phaseOf(runs)
  const over = phase === 'Succeeded' || phase === 'Failed'
  const ready = !over && runs.every((run) => run.kind === 'init' || run.ready)
  const unready = ready ? {} : unreadiness(phase, runs)
  const initialized = isInitialized(runs)
  const condition = (type: string, status: boolean, more: object = {}): Condition => ({
    ...withTransition(pod, { type, status: status ? 'True' : 'False' }, now),
    ...more,
  })
  const uid = pod.metadata.uid
  const inits = runs.filter(({ kind }) => kind !== 'main')
  return {
    phase,
    ...verdict,
    conditions: [
      condition('PodReadyToStartContainers', sandboxed && !over),
      condition('Initialized', initialized, initialization(phase, runs, initialized)),
      condition('Ready', ready, unready),
      condition('ContainersReady', ready, unready),
      condition('PodScheduled', true),
    ],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(sandboxed ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    startTime: pod.status?.startTime ?? now,
    ...(inits.length > 0 ? { initContainerStatuses: inits.map((run) => containerStatus(run, uid)) } : {}),
    containerStatuses: runs.filter(({ kind }) => kind === 'main').map((run) => containerStatus(run, uid)),
    qosClass: (pod.status as { readonly qosClass?: string } | undefined)?.qosClass ?? 'BestEffort',
  }
}
