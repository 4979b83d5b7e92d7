/** A container in the hands of its kubelet: pulled, started, probed, restarted when it ends. */
import { numberIn, objectOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { StoredPod } from '../store/store.ts'
import { backOffSeconds, durationText } from './back-off.ts'
import { type ContainerBehaviour, containerBehaviour, type PodBehaviour } from './behaviour.ts'
import { type ContainerRun, restarts } from './container-run.ts'
import type { LoopContext } from './context.ts'
import { missingEnvironment } from './pod-references.ts'

/** The pod, as its containers see it. */
export interface PodHands {
  readonly context: LoopContext
  readonly behaviour: PodBehaviour
  /** Its network is there, so that the pod has an address. */
  sandboxed: boolean
  /** Undefined: it is gone, or has been asked to end. */
  pod(): StoredPod | undefined
  /** The present as the API writes it. */
  now(): string
  /** Plans what is next for the container, instead of what was. */
  after(run: ContainerRun, seconds: number, act: () => void): void
  /** Writes the status when all that happens at this moment has happened. */
  report(): void
  record(type: 'Normal' | 'Warning', reason: string, message: string, run: ContainerRun): void
  /** Begins the containers that are next. */
  proceed(): void
  /** Ends the pod where none of its containers goes on. */
  closeIfOver(): void
}

/** Between what is told of a container's end and what is told of its wait, as in a real kubelet's reports. */
const reportSeconds = 0.5
/** A container that is not started for want of its configuration is looked at again. */
const configRetrySeconds = 10
/** Whoever runs so long has got over its crashes. */
const goodRunSeconds = 600

const pullError = (image: string) =>
  `failed to pull and unpack image "${image}": failed to resolve reference "${image}": not found`

const behaviourOf = (life: PodHands, run: ContainerRun): ContainerBehaviour =>
  containerBehaviour(life.behaviour, run.spec, run.kind)

export function beginContainer(life: PodHands, run: ContainerRun): void {
  run.begun = true
  life.record('Normal', 'Pulling', `Pulling image "${run.spec.image}"`, run)
  life.after(run, life.behaviour.pullSeconds, () => pull(life, run, 1))
}

function pull(life: PodHands, run: ContainerRun, attempt: number): void {
  const image = run.spec.image ?? ''
  life.sandboxed = true
  if (behaviourOf(life, run).failure !== 'image') {
    const took = `${Math.round(life.behaviour.pullSeconds * 1000)}ms`
    const message = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: 70000000 bytes.`
    life.record('Normal', 'Pulled', message, run)
    run.pulled = true
    life.after(run, life.behaviour.startSeconds, () => start(life, run))
    return
  }
  const why = pullError(image)
  run.state = { kind: 'waiting', reason: 'ErrImagePull', message: why }
  life.report()
  life.record('Warning', 'Failed', `Failed to pull image "${image}": ${why}`, run)
  life.record('Warning', 'Failed', 'Error: ErrImagePull', run)
  life.after(run, reportSeconds, () => {
    const message = `Back-off pulling image "${image}": ErrImagePull: ${why}`
    run.state = { kind: 'waiting', reason: 'ImagePullBackOff', message }
    life.report()
    life.record('Normal', 'BackOff', `Back-off pulling image "${image}"`, run)
    life.record('Warning', 'Failed', 'Error: ImagePullBackOff', run)
    life.after(run, backOffSeconds(attempt), () => pull(life, run, attempt + 1))
  })
}

function start(life: PodHands, run: ContainerRun): void {
  const pod = life.pod()
  if (!pod) return
  const missing = missingEnvironment(life.context.store, pod, run.spec)
  if (missing !== undefined) {
    run.state = { kind: 'waiting', reason: 'CreateContainerConfigError', message: missing }
    life.report()
    life.record('Warning', 'Failed', `Error: ${missing}`, run)
    life.after(run, configRetrySeconds, () => start(life, run))
    return
  }
  life.record('Normal', 'Created', `Created container: ${run.spec.name}`, run)
  life.record('Normal', 'Started', `Started container ${run.spec.name}`, run)
  run.state = { kind: 'running', startedAt: life.now() }
  probe(life, run)
}

/** From its start until it is ready, and on until it ends. */
function probe(life: PodHands, run: ContainerRun): void {
  const { failure, finish } = behaviourOf(life, run)
  const { started, ready } = delays(run, life.behaviour.readySeconds)
  const begunAt = life.context.clock.now()
  const endIn =
    finish &&
    (() => {
      const left = finish.seconds - (life.context.clock.now() - begunAt) / 1000
      life.after(run, Math.max(0, left), () => end(life, run, finish.exitCode, begunAt))
    })
  if (run.kind === 'init') {
    life.report()
    endIn?.()
    return
  }
  // A short wait until ready is not worth a write of its own.
  if (ready >= 1 || failure === 'never-ready') life.report()
  const pass = () => {
    run.started = true
    if (failure === 'never-ready')
      life.record(
        'Warning',
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 503',
        run,
      )
    if (run.kind === 'sidecar') life.proceed()
    const isReady = () => {
      run.ready = failure !== 'never-ready'
      life.report()
      endIn?.()
    }
    if (ready > started && (failure === undefined || failure === 'unhealthy'))
      life.after(run, ready - started, isReady)
    else isReady()
  }
  if (finish && finish.seconds <= ready) {
    run.started = true
    run.ready = ready < 1
    life.report()
    endIn?.()
  } else if (started > 0) life.after(run, started, pass)
  else pass()
}

function end(life: PodHands, run: ContainerRun, exitCode: number, begunAt: number): void {
  const pod = life.pod()
  if (!pod || run.state.kind !== 'running') return
  const { startedAt } = run.state
  if (behaviourOf(life, run).failure === 'unhealthy') {
    life.record('Warning', 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 503', run)
    const killing = `Container ${run.spec.name} failed liveness probe, will be restarted`
    life.record('Normal', 'Killing', killing, run)
  }
  const ended = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt,
    finishedAt: life.now(),
  }
  run.state = { kind: 'ended', ended }
  run.ready = false
  run.started = false
  life.report()
  if (!restarts(pod, run, exitCode)) {
    run.over = true
    if (run.kind === 'init' && exitCode === 0) life.proceed()
    else life.closeIfOver()
    return
  }
  const ran = (life.context.clock.now() - begunAt) / 1000
  run.crashes = ran >= goodRunSeconds ? 1 : run.crashes + 1
  // The first restart follows at once; from the second on there is a back-off.
  const wait = run.crashes === 1 ? 0 : backOffSeconds(run.crashes - 1)
  life.after(run, reportSeconds, () => {
    if (wait > 0) backOff(life, run, wait)
    life.after(run, wait, () => {
      run.last = ended
      run.restarts += 1
      start(life, run)
    })
  })
}

function backOff(life: PodHands, run: ContainerRun, seconds: number): void {
  const pod = life.pod()
  if (!pod || run.state.kind !== 'ended') return
  run.last = run.state.ended
  const { name, namespace, uid } = pod.metadata
  const whose = `container=${run.spec.name} pod=${name}_${namespace}(${uid})`
  const message = `back-off ${durationText(seconds)} restarting failed ${whose}`
  run.state = { kind: 'waiting', reason: 'CrashLoopBackOff', message }
  life.report()
  const told = `Back-off restarting failed container ${run.spec.name} in pod ${name}_${namespace}(${uid})`
  life.record('Warning', 'BackOff', told, run)
}

/** Seconds from a container's start until its start-up probe has passed, and until it is ready. */
function delays({ spec }: ContainerRun, readySeconds: number): { started: number; ready: number } {
  const first = (probe: string) => {
    const of = objectOrNone(spec as unknown as JsonObject, probe)
    const times = Math.max(1, numberIn(of, 'successThreshold'))
    return of ? numberIn(of, 'initialDelaySeconds') + (times - 1) * numberIn(of, 'periodSeconds') : 0
  }
  const started = first('startupProbe')
  // The readiness probe's delay counts from the start, and nothing is asked before the start-up probe has passed.
  return { started, ready: Math.max(started, first('readinessProbe')) + readySeconds }
}
