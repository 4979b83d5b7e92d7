import { types } from '../api/resources.ts'
import type { Cancel } from '../clock.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import type { PodBehaviour } from './behaviour.ts'
import { beginContainer, type PodHands } from './container-life.ts'
import { type ContainerRun, freshRuns, phaseOf, succeeded } from './container-run.ts'
import { type LoopContext, nodesOf, podsOf, withStatus } from './context.ts'
import { hasEnded } from './pod-conditions.ts'
import { missingVolumes } from './pod-references.ts'
import { podStatus } from './pod-status.ts'

const firstMountRetry = 0.5
const longestMountRetry = 122

/** A pod that is as it should be, or has ended: its kubelet has nothing to do. */
export function isSettled(pod: StoredPod, { failure }: PodBehaviour): boolean {
  if (hasEnded(pod)) return true
  const ready = pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')
  if (ready) return failure === undefined
  return failure === 'never-ready' && pod.status?.phase === 'Running'
}

/** One pod in the hands of its kubelet, which takes it through its life as its behaviour says. */
export class PodLife implements PodHands {
  readonly node: string
  behaviour: PodBehaviour
  /** It came with the first objects, containers and all: it stays as it was found, well or ill. */
  readonly asFound: boolean
  readonly context: LoopContext
  readonly #key: string
  readonly #uid: string
  readonly #podIP: string
  #runs: ContainerRun[] = []
  sandboxed = false
  /** What is planned next, for the pod or one of its containers. */
  readonly #planned = new Map<ContainerRun | 'pod' | 'report', Cancel>()
  #terminating = false
  #deadline: { readonly seconds: number; readonly cancel: Cancel } | undefined
  /** Why the kubelet itself has ended the pod. */
  #verdict: { readonly reason: string; readonly message: string } | undefined

  constructor(
    context: LoopContext,
    pod: StoredPod,
    facts: Pick<PodLife, 'node' | 'behaviour' | 'asFound'> & { readonly podIP: string },
  ) {
    this.context = context
    this.node = facts.node
    this.behaviour = facts.behaviour
    this.asFound = facts.asFound
    this.#podIP = facts.podIP
    this.#key = keyOf(pod.metadata.namespace, pod.metadata.name)
    this.#uid = pod.metadata.uid
  }

  /** Nothing is planned. */
  get idle(): boolean {
    return this.#planned.size === 0
  }

  /** Sees to it that the pod ends when it has been active for as long as it may be. */
  watchDeadline({ spec, status }: StoredPod): void {
    const seconds = (spec as { readonly activeDeadlineSeconds?: number } | undefined)?.activeDeadlineSeconds
    if (seconds === this.#deadline?.seconds) return
    this.#deadline?.cancel()
    this.#deadline = undefined
    if (typeof seconds !== 'number') return
    const { clock } = this.context
    const since = Date.parse((status as { readonly startTime?: string } | undefined)?.startTime ?? '')
    const left = (Number.isNaN(since) ? clock.now() : since) + seconds * 1000 - clock.now()
    this.#deadline = { seconds, cancel: clock.schedule(left, () => this.#exceed()) }
  }

  #exceed(): void {
    const pod = this.pod()
    if (!pod || hasEnded(pod)) return
    this.#verdict = {
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    }
    this.record('Normal', this.#verdict.reason, this.#verdict.message)
    if (this.#runs.length === 0) this.#runs = freshRuns(pod)
    this.halt()
    this.#close(137)
    this.#write(pod)
  }

  /** Drops what is planned: the kubelet is down, or the pod gone. */
  halt(): void {
    this.#deadline?.cancel()
    this.#deadline = undefined
    for (const cancel of this.#planned.values()) cancel()
    this.#planned.clear()
  }

  after(whom: ContainerRun | 'pod' | 'report', seconds: number, act: () => void): void {
    this.#planned.get(whom)?.()
    const cancel = this.context.clock.schedule(seconds * 1000, () => {
      this.#planned.delete(whom)
      act()
    })
    this.#planned.set(whom, cancel)
  }

  now(): string {
    return timestamp(this.context.clock.now())
  }

  pod(): StoredPod | undefined {
    const pod = podsOf(this.context.store).get(this.#key)
    return pod?.metadata.uid === this.#uid && !pod.metadata.deletionTimestamp ? pod : undefined
  }

  #write(pod: StoredPod | undefined): void {
    if (!pod) return
    const node = nodesOf(this.context.store).get(this.node)
    const addresses = (
      node?.status as { readonly addresses?: readonly { type?: string; address?: string }[] } | undefined
    )?.addresses
    const hostIP = addresses?.find((one) => one.type === 'InternalIP')?.address ?? '127.0.0.1'
    const status = podStatus(pod, {
      now: this.now(),
      hostIP,
      podIP: pod.spec?.hostNetwork ? hostIP : this.#podIP,
      runs: this.#runs,
      sandboxed: this.sandboxed,
      verdict: this.#verdict,
    })
    const by = { manager: 'kubelet', status: true }
    this.context.registry.write(types.pods, withStatus(pod, status), by)
  }

  /** Writes the status when all that happens at this moment has happened. */
  report(): void {
    if (!this.#planned.has('report')) this.after('report', 0, () => this.#write(this.pod()))
  }

  record(type: 'Normal' | 'Warning', reason: string, message: string, run?: ContainerRun): void {
    const pod = podsOf(this.context.store).get(this.#key)
    if (pod?.metadata.uid !== this.#uid) return
    const field = run?.kind === 'main' ? 'containers' : 'initContainers'
    this.context.recorder.record(pod, {
      type,
      reason,
      message,
      source: { component: 'kubelet', host: this.node },
      ...(run ? { fieldPath: `spec.${field}{${run.spec.name}}` } : {}),
    })
  }

  /** Starts from the beginning: mounts the volumes, then starts containers in their order. */
  begin(): void {
    const pod = this.pod()
    if (!pod) return
    this.#runs = freshRuns(pod)
    this.sandboxed = false
    this.#write(pod)
    this.#mount(1)
  }

  #mount(attempt: number): void {
    const pod = this.pod()
    if (!pod) return
    const missing = missingVolumes(this.context.store, pod)
    for (const message of missing) this.record('Warning', 'FailedMount', message)
    if (missing.length === 0) this.proceed()
    else
      this.after('pod', Math.min(firstMountRetry * 2 ** (attempt - 1), longestMountRetry), () =>
        this.#mount(attempt + 1),
      )
  }

  /** Begins what is next: one init container after the other, then all others together. */
  proceed(): void {
    for (const run of this.#runs) {
      if (run.kind === 'main') break
      if (run.kind === 'sidecar' ? run.started : succeeded(run)) continue
      if (!run.begun) beginContainer(this, run)
      return
    }
    for (const run of this.#runs) if (run.kind === 'main' && !run.begun) beginContainer(this, run)
  }

  closeIfOver(): void {
    const phase = phaseOf(this.#runs)
    if (phase === 'Succeeded' || phase === 'Failed') this.#close()
  }

  /** The pod's work is over, one way or the other: what still runs is stopped. */
  #close(exitCode = 0): void {
    for (const run of this.#runs) {
      this.#planned.get(run)?.()
      this.#planned.delete(run)
      run.over = true
      run.ready = false
      run.started = false
      if (run.state.kind !== 'running') continue
      const reason = exitCode === 0 ? 'Completed' : 'Error'
      const { startedAt } = run.state
      run.state = { kind: 'ended', ended: { exitCode, reason, startedAt, finishedAt: this.now() } }
    }
  }

  /** Ends the pod, in its own time or within its grace period, whichever is shorter. */
  terminate(pod: StoredPod, { terminationSeconds }: PodBehaviour): void {
    if (this.#terminating && !this.idle) return
    if (!this.#terminating) this.halt()
    this.#terminating = true
    const runs = this.#runs.length > 0 ? this.#runs : freshRuns(pod).filter(({ kind }) => kind === 'main')
    if (pod.status?.phase === 'Running')
      for (const run of runs)
        if (run.kind === 'main') this.record('Normal', 'Killing', `Stopping container ${run.spec.name}`, run)
    const { namespace, name, deletionGracePeriodSeconds } = pod.metadata
    this.after('pod', Math.min(terminationSeconds, deletionGracePeriodSeconds ?? 0), () => {
      const { registry, store } = this.context
      const present = podsOf(store).get(this.#key)
      if (present?.metadata.uid !== this.#uid) return
      // Whoever holds it back learns how it ended.
      if (present.metadata.finalizers?.length && !hasEnded(present) && this.#runs.length > 0) {
        this.#close(143)
        this.#write(present)
      }
      registry.delete(types.pods, namespace, name, { gracePeriodSeconds: 0 })
    })
  }
}
