import { sameIgnoringNulls } from '#base/json.ts'
import type { Container } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import { type Cancel, timestamp } from '../clock.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { type BehaviourOptions, behaviourOf, kubeletIsUp, type PodBehaviour } from './behaviour.ts'
import { type LoopContext, nodesOf, podsOf, withStatus } from './context.ts'
import { type PodStage, podStatus, pullError } from './pod-status.ts'

/** A pod in the hands of its kubelet. */
interface Managed {
  readonly key: string
  readonly uid: string
  readonly node: string
  readonly podIP: string
  behaviour: PodBehaviour
  /** What is planned next. */
  cancel: Cancel | undefined
  restarts: number
  startedAt: string
  crashedAt: string | undefined
  terminating: boolean
  /** It came with the first objects, containers and all: it stays as it was found, well or ill. */
  asFound: boolean
}

const firstBackOff = 10
const longestBackOff = 300

const backOffSeconds = (failures: number) =>
  Math.min(firstBackOff * 2 ** Math.max(0, failures - 1), longestBackOff)

/** `10s`, `1m20s`: as Go prints a duration. */
const durationText = (seconds: number) =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`

/**
 * All kubelets at once: takes each bound pod through its life, as its behaviour says, and ends it when it is deleted. A
 * node whose kubelet is down does nothing, so its pods stay as they are, and deleted ones stay Terminating.
 */
export class Kubelets {
  readonly #context: LoopContext
  readonly #options: BehaviourOptions
  readonly #managed = new Map<string, Managed>()
  #addresses = 0

  constructor(context: LoopContext, options: BehaviourOptions) {
    this.#context = context
    this.#options = options
  }

  start(): void {
    const { store } = this.#context
    for (const pod of podsOf(store).values()) this.#find(pod)
    podsOf(store).subscribe(({ type, object, previous }) => {
      if (type === 'DELETED') this.#drop(object.metadata.uid)
      else if (
        previous?.status === object.status ||
        previous?.spec !== object.spec ||
        object.metadata.deletionTimestamp
      )
        this.#look(object)
    })
    nodesOf(store).subscribe(({ type, object, previous }) => {
      if (
        previous &&
        sameIgnoringNulls(previous.metadata.annotations, object.metadata.annotations) &&
        type === 'MODIFIED'
      )
        return
      for (const managed of [...this.#managed.values()])
        if (managed.node === object.metadata.name) this.#halt(managed)
      if (type === 'DELETED') return
      for (const pod of podsOf(store).values())
        if (pod.spec?.nodeName === object.metadata.name) this.#look(pod)
    })
  }

  #drop(uid: string): void {
    this.#managed.get(uid)?.cancel?.()
    this.#managed.delete(uid)
  }

  #halt(managed: Managed): void {
    managed.cancel?.()
    managed.cancel = undefined
  }

  #nodeOf(pod: StoredPod): StoredNode | undefined {
    return pod.spec?.nodeName ? nodesOf(this.#context.store).get(pod.spec.nodeName) : undefined
  }

  #find(pod: StoredPod): void {
    const node = this.#nodeOf(pod)
    const known = (pod.status?.containerStatuses?.length ?? 0) > 0 && !pod.metadata.deletionTimestamp
    if (known && node) this.#take(pod, node).asFound = true
    else this.#look(pod)
  }

  /** Takes up a pod, or takes note of what has changed about it. */
  #look(pod: StoredPod): void {
    const node = this.#nodeOf(pod)
    if (!node || !kubeletIsUp(node)) return
    const known = this.#managed.get(pod.metadata.uid)
    if (pod.metadata.deletionTimestamp) {
      this.#terminate(pod, known ?? this.#take(pod, node))
      return
    }
    const behaviour = behaviourOf(pod, node, this.#options)
    if (!known) {
      const managed = this.#take(pod, node)
      if (!this.#isSettled(pod, managed)) this.#begin(managed)
      return
    }
    const changed = !sameIgnoringNulls(known.behaviour, behaviour)
    const idle = !known.asFound && known.cancel === undefined && !this.#isSettled(pod, known)
    known.behaviour = behaviour
    if (changed && known.behaviour.failure !== undefined) this.#restart(known)
    else if (changed && !this.#isSettled(pod, known)) this.#restart(known)
    else if (idle) this.#begin(known)
  }

  #take(pod: StoredPod, node: StoredNode): Managed {
    this.#addresses += 1
    const { metadata } = pod
    const managed: Managed = {
      key: keyOf(metadata.namespace, metadata.name),
      uid: metadata.uid,
      node: node.metadata.name,
      podIP: `10.${244 + (this.#addresses >> 16)}.${(this.#addresses >> 8) & 255}.${this.#addresses & 255}`,
      behaviour: behaviourOf(pod, node, this.#options),
      cancel: undefined,
      restarts: pod.status?.containerStatuses?.[0]?.restartCount ?? 0,
      startedAt: timestamp(this.#context.clock.now()),
      crashedAt: undefined,
      terminating: false,
      asFound: false,
    }
    this.#managed.set(metadata.uid, managed)
    return managed
  }

  /** A pod that is as it should be, or has ended: nothing is to be done. */
  #isSettled(pod: StoredPod, managed: Managed): boolean {
    const phase = pod.status?.phase
    if (phase === 'Failed' || phase === 'Succeeded') return true
    const ready = pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')
    const { failure } = managed.behaviour
    if (ready) return failure === undefined
    return failure === 'never-ready' && phase === 'Running'
  }

  #after(managed: Managed, seconds: number, act: () => void): void {
    managed.cancel?.()
    managed.cancel = this.#context.clock.schedule(seconds * 1000, () => {
      managed.cancel = undefined
      act()
    })
  }

  #restart(managed: Managed): void {
    this.#halt(managed)
    this.#begin(managed)
  }

  #podOf(managed: Managed): StoredPod | undefined {
    const pod = podsOf(this.#context.store).get(managed.key)
    return pod?.metadata.uid === managed.uid && !pod.metadata.deletionTimestamp ? pod : undefined
  }

  #write(managed: Managed, stage: PodStage): StoredPod | undefined {
    const pod = this.#podOf(managed)
    if (!pod) return undefined
    const node = this.#nodeOf(pod)
    const addresses = (
      node?.status as { readonly addresses?: readonly { type?: string; address?: string }[] } | undefined
    )?.addresses
    const hostIP = addresses?.find((one) => one.type === 'InternalIP')?.address ?? '127.0.0.1'
    const status = podStatus(pod, {
      stage,
      now: timestamp(this.#context.clock.now()),
      startedAt: managed.startedAt,
      hostIP,
      podIP: pod.spec?.hostNetwork ? hostIP : managed.podIP,
    })
    return this.#context.registry.put(types.pods, withStatus(pod, status)) as StoredPod
  }

  #say(
    pod: StoredPod,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    container?: Container,
  ): void {
    this.#context.recorder.record(pod, {
      type,
      reason,
      message,
      source: { component: 'kubelet', host: pod.spec?.nodeName ?? '' },
      ...(container ? { fieldPath: `spec.containers{${container.name}}` } : {}),
    })
  }

  #sayEach(
    pod: StoredPod,
    type: 'Normal' | 'Warning',
    reason: string,
    text: (container: Container) => string,
  ): void {
    for (const container of pod.spec?.containers ?? [])
      this.#say(pod, type, reason, text(container), container)
  }

  #begin(managed: Managed): void {
    const pod = this.#write(managed, { kind: 'creating' })
    if (!pod) return
    this.#sayEach(pod, 'Normal', 'Pulling', ({ image }) => `Pulling image "${image}"`)
    this.#after(managed, managed.behaviour.pullSeconds, () =>
      managed.behaviour.failure === 'image' ? this.#failPull(managed, 1) : this.#pulled(managed),
    )
  }

  #failPull(managed: Managed, attempt: number): void {
    if (managed.behaviour.failure !== 'image') {
      this.#pulled(managed)
      return
    }
    const pod = this.#write(managed, { kind: 'pull-failed', reason: 'ErrImagePull' })
    if (!pod) return
    this.#sayEach(
      pod,
      'Warning',
      'Failed',
      ({ image = '' }) => `Failed to pull image "${image}": ${pullError(image ?? '')}`,
    )
    this.#sayEach(pod, 'Warning', 'Failed', () => 'Error: ErrImagePull')
    this.#after(managed, 0.5, () => {
      const waiting = this.#write(managed, { kind: 'pull-failed', reason: 'ImagePullBackOff' })
      if (!waiting) return
      this.#sayEach(waiting, 'Normal', 'BackOff', ({ image }) => `Back-off pulling image "${image}"`)
      this.#sayEach(waiting, 'Warning', 'Failed', () => 'Error: ImagePullBackOff')
      this.#after(managed, backOffSeconds(attempt), () => this.#failPull(managed, attempt + 1))
    })
  }

  #pulled(managed: Managed): void {
    const pod = this.#podOf(managed)
    if (!pod) return
    this.#sayEach(
      pod,
      'Normal',
      'Pulled',
      ({ image }) =>
        `Successfully pulled image "${image}" in ${Math.round(managed.behaviour.pullSeconds * 1000)}ms (${Math.round(managed.behaviour.pullSeconds * 1000)}ms including waiting). Image size: 70000000 bytes.`,
    )
    this.#after(managed, managed.behaviour.startSeconds, () => this.#run(managed))
  }

  #run(managed: Managed): void {
    const { failure, readySeconds, crashSeconds } = managed.behaviour
    managed.startedAt = timestamp(this.#context.clock.now())
    const crashed = managed.crashedAt === undefined ? {} : { crashedAt: managed.crashedAt }
    const running = { kind: 'running', restarts: managed.restarts, ...crashed } as const
    const probed = readySeconds > 0 || failure !== undefined
    const pod = probed ? this.#podOf(managed) : this.#write(managed, { ...running, ready: true })
    if (!pod) return
    this.#sayEach(pod, 'Normal', 'Created', ({ name }) => `Created container: ${name}`)
    this.#sayEach(pod, 'Normal', 'Started', ({ name }) => `Started container ${name}`)
    if (!probed) return
    if (failure === 'crash') {
      this.#write(managed, { ...running, ready: true })
      this.#after(managed, crashSeconds, () => this.#crash(managed))
    } else if (failure === 'never-ready') {
      this.#write(managed, { ...running, ready: false })
      this.#sayEach(
        pod,
        'Warning',
        'Unhealthy',
        () => 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      )
    } else {
      // A short wait until ready is not worth a write of its own.
      if (readySeconds >= 1) this.#write(managed, { ...running, ready: false })
      this.#after(managed, readySeconds, () => this.#write(managed, { ...running, ready: true }))
    }
  }

  #crash(managed: Managed): void {
    const restarts = managed.restarts
    const seconds = backOffSeconds(restarts + 1)
    const backOff = durationText(seconds)
    managed.crashedAt = timestamp(this.#context.clock.now())
    const pod = this.#write(managed, { kind: 'crashed', restarts, waiting: false, backOff })
    if (!pod) return
    this.#after(managed, 0.5, () => {
      const waiting = this.#write(managed, { kind: 'crashed', restarts, waiting: true, backOff })
      if (!waiting) return
      const { name, namespace, uid } = waiting.metadata
      this.#sayEach(
        waiting,
        'Warning',
        'BackOff',
        (container) =>
          `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`,
      )
      this.#after(managed, seconds, () => {
        managed.restarts += 1
        this.#run(managed)
      })
    })
  }

  #terminate(pod: StoredPod, managed: Managed): void {
    if (managed.terminating && managed.cancel) return
    managed.terminating = true
    const phase = pod.status?.phase
    const grace = pod.metadata.deletionGracePeriodSeconds ?? 0
    const { terminationSeconds } = behaviourOf(pod, this.#nodeOf(pod), this.#options)
    if (phase === 'Running')
      this.#sayEach(pod, 'Normal', 'Killing', ({ name }) => `Stopping container ${name}`)
    const { namespace, name } = pod.metadata
    this.#after(managed, Math.min(terminationSeconds, grace), () => {
      const { registry, store } = this.#context
      if (podsOf(store).get(managed.key)?.metadata.uid !== managed.uid) return
      registry.delete(types.pods, namespace, name, { gracePeriodSeconds: 0 })
    })
  }
}
