import type { Condition, Container, Pod } from '#kube/types.ts'
import { withTransition } from './pod-conditions.ts'

/** Where a pod stands in its life, as its kubelet tells it. */
export type PodStage =
  | { readonly kind: 'creating' }
  | { readonly kind: 'pull-failed'; readonly reason: 'ErrImagePull' | 'ImagePullBackOff' }
  | {
      readonly kind: 'running'
      readonly ready: boolean
      readonly restarts: number
      readonly crashedAt?: string
    }
  | {
      readonly kind: 'crashed'
      readonly restarts: number
      readonly waiting: boolean
      readonly backOff: string
    }

interface Facts {
  readonly now: string
  readonly podIP: string
  readonly hostIP: string
  readonly stage: PodStage
  readonly startedAt: string
}

const containersOf = (pod: Pod): readonly Container[] => pod.spec?.containers ?? []

export const pullError = (image: string) =>
  `failed to pull and unpack image "${image}": failed to resolve reference "${image}": not found`

function containerState(container: Container, facts: Facts, uid: string): object {
  const { stage, startedAt, now } = facts
  const image = container.image ?? ''
  switch (stage.kind) {
    case 'creating':
      return { waiting: { reason: 'ContainerCreating' } }
    case 'pull-failed':
      return {
        waiting: {
          reason: stage.reason,
          message:
            stage.reason === 'ErrImagePull'
              ? pullError(image)
              : `Back-off pulling image "${image}": ErrImagePull: ${pullError(image)}`,
        },
      }
    case 'running':
      return { running: { startedAt } }
    default:
      return stage.waiting
        ? {
            waiting: {
              reason: 'CrashLoopBackOff',
              message: `back-off ${stage.backOff} restarting failed container=${container.name} pod=${uid}`,
            },
          }
        : { terminated: ended(startedAt, now) }
  }
}

const ended = (startedAt: string, finishedAt: string) => ({
  exitCode: 1,
  reason: 'Error',
  startedAt,
  finishedAt,
})

function containerStatus(container: Container, facts: Facts, uid: string): object {
  const { stage, startedAt, now } = facts
  const restarts = stage.kind === 'running' || stage.kind === 'crashed' ? stage.restarts : 0
  const crashedAt =
    stage.kind === 'running' ? stage.crashedAt : stage.kind === 'crashed' && stage.waiting ? now : undefined
  const running = stage.kind === 'running'
  const pulled = running || stage.kind === 'crashed'
  return {
    name: container.name,
    state: containerState(container, facts, uid),
    lastState: crashedAt === undefined ? {} : { terminated: ended(startedAt, crashedAt) },
    ready: running && stage.ready,
    restartCount: restarts,
    image: container.image,
    imageID: pulled ? `sandbox.kds.dev/${container.image}` : '',
    ...(pulled ? { containerID: `containerd://${uid.replaceAll('-', '')}` } : {}),
    started: running,
  }
}

/**
 * The status that a kubelet would write, in place of the present one. Conditions keep their transition times where they
 * stay as they are.
 */
export function podStatus(pod: Pod & { readonly metadata: { readonly uid: string } }, facts: Facts): object {
  const { stage, now, podIP, hostIP } = facts
  const running = stage.kind === 'running'
  const ready = running && stage.ready
  const started = running || stage.kind === 'crashed'
  const names = containersOf(pod).map((container) => container.name)
  const unready = ready
    ? {}
    : {
        reason: 'ContainersNotReady',
        message: `containers with unready status: [${names.join(' ')}]`,
      }
  const condition = (type: string, status: boolean, more: object = {}): Condition => ({
    ...withTransition(pod, { type, status: status ? 'True' : 'False' }, now),
    ...more,
  })
  return {
    phase: started ? 'Running' : 'Pending',
    conditions: [
      condition('PodReadyToStartContainers', stage.kind !== 'creating'),
      condition('Initialized', true),
      condition('Ready', ready, unready),
      condition('ContainersReady', ready, unready),
      condition('PodScheduled', true),
    ],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(stage.kind === 'creating' ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    startTime: pod.status?.startTime ?? now,
    ...initStatuses(pod, facts),
    containerStatuses: containersOf(pod).map((container) =>
      containerStatus(container, facts, pod.metadata.uid),
    ),
    qosClass: (pod.status as { readonly qosClass?: string } | undefined)?.qosClass ?? 'BestEffort',
  }
}

/** Init containers are done as soon as anything runs; sidecars run along. */
function initStatuses(pod: Pod, facts: Facts): object {
  const containers = pod.spec?.initContainers ?? []
  if (containers.length === 0) return {}
  const { stage, startedAt } = facts
  const done = stage.kind === 'running' || stage.kind === 'crashed'
  const initContainerStatuses = containers.map((container) => {
    const sidecar = container.restartPolicy === 'Always'
    const finished = { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt }
    const state = sidecar ? { running: { startedAt } } : { terminated: finished }
    return {
      name: container.name,
      state: done ? state : { waiting: { reason: 'PodInitializing' } },
      lastState: {},
      ready: done,
      restartCount: 0,
      image: container.image,
      imageID: done ? `sandbox.kds.dev/${container.image}` : '',
      started: done && sidecar,
    }
  })
  return { initContainerStatuses }
}
