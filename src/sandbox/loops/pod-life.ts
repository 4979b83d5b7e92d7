import type { Container } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import type { Cancel } from '../clock.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import { backOffSeconds, durationText } from './back-off.ts'
import type { PodBehaviour } from './behaviour.ts'
import { type LoopContext, nodesOf, podsOf, withStatus } from './context.ts'
import { type PodStage, podStatus, pullError } from './pod-status.ts'

/** A pod that is as it should be, or has ended: its kubelet has nothing to do. */
export function isSettled({ status }: StoredPod, { failure }: PodBehaviour): boolean {
  const phase = status?.phase
  if (phase === 'Failed' || phase === 'Succeeded') return true
  const ready = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')
  if (ready) return failure === undefined
  return failure === 'never-ready' && phase === 'Running'
}

/** One pod in the hands of its kubelet, which takes it through its life as its behaviour says. */
export class PodLife {
  readonly node: string
  behaviour: PodBehaviour
  /** It came with the first objects, containers and all: it stays as it was found, well or ill. */
  readonly asFound: boolean
  readonly #context: LoopContext
  readonly #key: string
  readonly #uid: string
  readonly #podIP: string
  /** Calls off what is planned next. */
  #cancel: Cancel | undefined
  #restarts: number
  #startedAt: string
  #crashedAt: string | undefined
  #terminating = false

  constructor(
    context: LoopContext,
    pod: StoredPod,
    facts: Pick<PodLife, 'node' | 'behaviour' | 'asFound'> & { readonly podIP: string },
  ) {
    this.#context = context
    this.node = facts.node
    this.behaviour = facts.behaviour
    this.asFound = facts.asFound
    this.#podIP = facts.podIP
    this.#key = keyOf(pod.metadata.namespace, pod.metadata.name)
    this.#uid = pod.metadata.uid
    this.#restarts = pod.status?.containerStatuses?.[0]?.restartCount ?? 0
    this.#startedAt = timestamp(context.clock.now())
  }

  /** Nothing is planned. */
  get idle(): boolean {
    return this.#cancel === undefined
  }

  /** Drops what is planned: the kubelet is down, or the pod gone. */
  halt(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #after(seconds: number, act: () => void): void {
    this.#cancel?.()
    this.#cancel = this.#context.clock.schedule(seconds * 1000, () => {
      this.#cancel = undefined
      act()
    })
  }

  #pod(): StoredPod | undefined {
    const pod = podsOf(this.#context.store).get(this.#key)
    return pod?.metadata.uid === this.#uid && !pod.metadata.deletionTimestamp ? pod : undefined
  }

  #write(stage: PodStage): StoredPod | undefined {
    const pod = this.#pod()
    if (!pod) return undefined
    const node = nodesOf(this.#context.store).get(this.node)
    const addresses = (
      node?.status as { readonly addresses?: readonly { type?: string; address?: string }[] } | undefined
    )?.addresses
    const hostIP = addresses?.find((one) => one.type === 'InternalIP')?.address ?? '127.0.0.1'
    const status = podStatus(pod, {
      stage,
      now: timestamp(this.#context.clock.now()),
      startedAt: this.#startedAt,
      hostIP,
      podIP: pod.spec?.hostNetwork ? hostIP : this.#podIP,
    })
    const by = { manager: 'kubelet', status: true }
    return this.#context.registry.write(types.pods, withStatus(pod, status), by) as StoredPod
  }

  /** Records an Event about each container. */
  #record(
    pod: StoredPod,
    type: 'Normal' | 'Warning',
    reason: string,
    message: (container: Container) => string,
  ): void {
    const source = { component: 'kubelet', host: this.node }
    for (const container of pod.spec?.containers ?? [])
      this.#context.recorder.record(pod, {
        type,
        reason,
        message: message(container),
        source,
        fieldPath: `spec.containers{${container.name}}`,
      })
  }

  /** Starts from the beginning: pulls the images. */
  begin(): void {
    const pod = this.#write({ kind: 'creating' })
    if (!pod) return
    this.#record(pod, 'Normal', 'Pulling', ({ image }) => `Pulling image "${image}"`)
    this.#after(this.behaviour.pullSeconds, () =>
      this.behaviour.failure === 'image' ? this.#failPull(1) : this.#pulled(),
    )
  }

  #failPull(attempt: number): void {
    if (this.behaviour.failure !== 'image') {
      this.#pulled()
      return
    }
    const pod = this.#write({ kind: 'pull-failed', reason: 'ErrImagePull' })
    if (!pod) return
    this.#record(
      pod,
      'Warning',
      'Failed',
      ({ image = '' }) => `Failed to pull image "${image}": ${pullError(image ?? '')}`,
    )
    this.#record(pod, 'Warning', 'Failed', () => 'Error: ErrImagePull')
    this.#after(0.5, () => {
      const waiting = this.#write({ kind: 'pull-failed', reason: 'ImagePullBackOff' })
      if (!waiting) return
      this.#record(waiting, 'Normal', 'BackOff', ({ image }) => `Back-off pulling image "${image}"`)
      this.#record(waiting, 'Warning', 'Failed', () => 'Error: ImagePullBackOff')
      this.#after(backOffSeconds(attempt), () => this.#failPull(attempt + 1))
    })
  }

  #pulled(): void {
    const pod = this.#pod()
    if (!pod) return
    const took = `${Math.round(this.behaviour.pullSeconds * 1000)}ms`
    this.#record(
      pod,
      'Normal',
      'Pulled',
      ({ image }) =>
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: 70000000 bytes.`,
    )
    this.#after(this.behaviour.startSeconds, () => this.#run())
  }

  #run(): void {
    const { failure, readySeconds, crashSeconds } = this.behaviour
    this.#startedAt = timestamp(this.#context.clock.now())
    const crashed = this.#crashedAt === undefined ? {} : { crashedAt: this.#crashedAt }
    const running = { kind: 'running', restarts: this.#restarts, ...crashed } as const
    const probed = readySeconds > 0 || failure !== undefined
    const pod = probed ? this.#pod() : this.#write({ ...running, ready: true })
    if (!pod) return
    this.#record(pod, 'Normal', 'Created', ({ name }) => `Created container: ${name}`)
    this.#record(pod, 'Normal', 'Started', ({ name }) => `Started container ${name}`)
    if (!probed) return
    if (failure === 'crash') {
      this.#write({ ...running, ready: true })
      this.#after(crashSeconds, () => this.#crash())
    } else if (failure === 'never-ready') {
      this.#write({ ...running, ready: false })
      this.#record(
        pod,
        'Warning',
        'Unhealthy',
        () => 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      )
    } else {
      // A short wait until ready is not worth a write of its own.
      if (readySeconds >= 1) this.#write({ ...running, ready: false })
      this.#after(readySeconds, () => this.#write({ ...running, ready: true }))
    }
  }

  #crash(): void {
    const restarts = this.#restarts
    const seconds = backOffSeconds(restarts + 1)
    const backOff = durationText(seconds)
    this.#crashedAt = timestamp(this.#context.clock.now())
    const pod = this.#write({ kind: 'crashed', restarts, waiting: false, backOff })
    if (!pod) return
    this.#after(0.5, () => {
      const waiting = this.#write({ kind: 'crashed', restarts, waiting: true, backOff })
      if (!waiting) return
      const { name, namespace, uid } = waiting.metadata
      this.#record(
        waiting,
        'Warning',
        'BackOff',
        (container) =>
          `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`,
      )
      this.#after(seconds, () => {
        this.#restarts += 1
        this.#run()
      })
    })
  }

  /** Ends the pod, in its own time or within its grace period, whichever is shorter. */
  terminate(pod: StoredPod, { terminationSeconds }: PodBehaviour): void {
    if (this.#terminating && this.#cancel) return
    this.#terminating = true
    if (pod.status?.phase === 'Running')
      this.#record(pod, 'Normal', 'Killing', ({ name }) => `Stopping container ${name}`)
    const { namespace, name, deletionGracePeriodSeconds } = pod.metadata
    this.#after(Math.min(terminationSeconds, deletionGracePeriodSeconds ?? 0), () => {
      const { registry, store } = this.#context
      if (podsOf(store).get(this.#key)?.metadata.uid !== this.#uid) return
      registry.delete(types.pods, namespace, name, { gracePeriodSeconds: 0 })
    })
  }
}
