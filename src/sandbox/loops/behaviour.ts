import { numberIn, objectIn } from '#kube/read.ts'
import type { Container, JsonObject } from '#kube/types.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { readinessOf } from './node-conditions.ts'

/** What goes wrong with a pod. */
type PodFailure = 'image' | 'crash' | 'never-ready' | 'unhealthy'

/** How long a container runs, and the code that it exits with. */
export interface Finish {
  readonly seconds: number
  readonly exitCode: number
}

interface Rules {
  /** Failures by a pattern on the image; by default every image with `bad` in its name, or of a registry
   * under `.invalid`, cannot be pulled. */
  readonly failures?: readonly { readonly image: RegExp; readonly failure: PodFailure }[]
  /** Containers that end, by a pattern on the image. Those of pods that are not always restarted end in any case. */
  readonly finishes?: readonly (Finish & { readonly image: RegExp })[]
}

/** How a simulated kubelet treats a pod. Times in seconds of the sandbox's clock. */
export interface PodBehaviour {
  readonly pullSeconds: number
  /** From the end of the pull until the containers run. */
  readonly startSeconds: number
  /** From running until ready, in addition to what the probes say. */
  readonly readySeconds: number
  /** From the deletion until the pod is gone; at most its grace period. */
  readonly terminationSeconds: number
  /** How long a crashing container runs. */
  readonly crashSeconds: number
  /** How long init containers run, and the containers of a pod that is not always restarted. */
  readonly initSeconds: number
  readonly finishSeconds: number
  /** Of any of its containers. */
  readonly failure: PodFailure | undefined
  /** What annotations say of its containers; null: none of them fails. */
  readonly said: PodFailure | null | undefined
  readonly finish: Finish | undefined
  /** Its containers are to end, for it is not always restarted. */
  readonly ends: boolean
  readonly rules: Rules
}

type Times = Omit<PodBehaviour, 'failure' | 'said' | 'finish' | 'ends' | 'rules'>

/** What a sandbox is told about its pods. */
export interface BehaviourOptions extends Partial<Times>, Rules {}

/** How pods behave of which nothing is said. */
export const quick: Times = {
  pullSeconds: 0.2,
  startSeconds: 0.1,
  readySeconds: 0.1,
  terminationSeconds: 0.2,
  crashSeconds: 1,
  initSeconds: 0.5,
  finishSeconds: 4,
}

const badImages = [{ image: /bad|\.invalid\//, failure: 'image' as const }]

/** The annotations of pods (through their template) and nodes that say how their pods behave. */
export const annotation = {
  pull: 'sandbox.kds.dev/pull-seconds',
  start: 'sandbox.kds.dev/start-seconds',
  ready: 'sandbox.kds.dev/ready-seconds',
  termination: 'sandbox.kds.dev/termination-seconds',
  crash: 'sandbox.kds.dev/crash-seconds',
  finish: 'sandbox.kds.dev/finish-seconds',
  exitCode: 'sandbox.kds.dev/exit-code',
  /** `image`, `crash`, `never-ready`, `unhealthy`, or `none`. */
  failure: 'sandbox.kds.dev/failure',
  /** On a node: `down`, or `up`. */
  kubelet: 'sandbox.kds.dev/kubelet',
  /** Set by the sandbox on a node that it made NotReady, so that it knows it again. */
  silenced: 'sandbox.kds.dev/silenced',
} as const

const failures: readonly string[] = ['image', 'crash', 'never-ready', 'unhealthy']

type Annotations = Readonly<Record<string, string>> | null | undefined

const secondsOf = (sources: readonly Annotations[], name: string, fallback: number): number => {
  const text = sources.map((annotations) => annotations?.[name]).find((value) => value !== undefined)
  const value = Number(text)
  return text !== undefined && Number.isFinite(value) && value >= 0 ? value : fallback
}

const saidOf = (sources: readonly Annotations[], name: string): string | undefined =>
  sources.map((annotations) => annotations?.[name]).find((value) => value !== undefined)

type Probed = Container & { readonly livenessProbe?: object | null }

/** Who has no liveness probe cannot fail it. */
const applies = (failure: PodFailure | undefined, container: Probed) =>
  failure !== 'unhealthy' || Boolean(container.livenessProbe)

const failureOf = (image: string, { failures: rules = badImages }: Rules): PodFailure | undefined =>
  rules.find((rule) => rule.image.test(image))?.failure

/** How a pod on a node behaves: its own annotations first, then the node's, then the sandbox's options. */
export function behaviourOf(
  pod: StoredPod,
  node: StoredNode | undefined,
  options: BehaviourOptions,
): PodBehaviour {
  const sources = [pod.metadata.annotations, node?.metadata.annotations]
  const base = { ...quick, ...options }
  const word = saidOf(sources, annotation.failure)
  const said = word === undefined ? undefined : failures.includes(word) ? (word as PodFailure) : null
  const containers = pod.spec?.containers ?? []
  const failure = containers
    .map((one) => {
      const of = said === undefined ? failureOf(one.image ?? '', options) : (said ?? undefined)
      return applies(of, one) ? of : undefined
    })
    .find((of) => of !== undefined)
  const seconds = secondsOf(sources, annotation.finish, Number.NaN)
  return {
    pullSeconds: secondsOf(sources, annotation.pull, base.pullSeconds),
    startSeconds: secondsOf(sources, annotation.start, base.startSeconds),
    readySeconds: secondsOf(sources, annotation.ready, base.readySeconds),
    terminationSeconds: secondsOf(sources, annotation.termination, base.terminationSeconds),
    crashSeconds: secondsOf(sources, annotation.crash, base.crashSeconds),
    initSeconds: base.initSeconds,
    finishSeconds: base.finishSeconds,
    failure,
    said,
    finish: Number.isNaN(seconds)
      ? undefined
      : { seconds, exitCode: secondsOf(sources, annotation.exitCode, 0) },
    ends: (pod.spec?.restartPolicy ?? 'Always') !== 'Always',
    rules: options,
  }
}

/** How long a container runs whose liveness probe never passes: from its start to the last failure that is borne. */
function secondsAlive(container: Container): number {
  const of = container as unknown as JsonObject
  const [startup, liveness] = [objectIn(of, 'startupProbe'), objectIn(of, 'livenessProbe')]
  const borne = Math.max(1, numberIn(liveness, 'failureThreshold'))
  const started = numberIn(startup, 'initialDelaySeconds')
  return (
    started + numberIn(liveness, 'initialDelaySeconds') + (borne - 1) * numberIn(liveness, 'periodSeconds')
  )
}

/** How one of a pod's containers behaves. */
export interface ContainerBehaviour {
  readonly failure: PodFailure | undefined
  /** Undefined: it runs until it is stopped. */
  readonly finish: Finish | undefined
}

/** Annotations speak of a pod's main containers; of its others the image and their kind do. */
export function containerBehaviour(
  pod: PodBehaviour,
  container: Container,
  kind: 'init' | 'sidecar' | 'main',
): ContainerBehaviour {
  const { image } = container
  const main = kind === 'main'
  const told = main && pod.said !== undefined ? (pod.said ?? undefined) : failureOf(image ?? '', pod.rules)
  const failure = applies(told, container) ? told : undefined
  if (failure === 'crash') return { failure, finish: { seconds: pod.crashSeconds, exitCode: 1 } }
  if (failure === 'unhealthy') return { failure, finish: { seconds: secondsAlive(container), exitCode: 137 } }
  const rule = pod.rules.finishes?.find((one) => one.image.test(image ?? ''))
  const said = (main ? pod.finish : undefined) ?? rule
  if (said) return { failure, finish: { seconds: said.seconds, exitCode: said.exitCode } }
  const seconds = kind === 'init' ? pod.initSeconds : main && pod.ends ? pod.finishSeconds : undefined
  return { failure, finish: seconds === undefined ? undefined : { seconds, exitCode: 0 } }
}

/**
 * Whether the node's kubelet is at work. An annotation decides; without one, a node that came NotReady (from a dump, say)
 * has none at work, unless it was the sandbox that silenced it.
 */
export function kubeletIsUp(node: StoredNode): boolean {
  const { annotations } = node.metadata
  const said = annotations?.[annotation.kubelet]
  if (said === 'down' || said === 'up') return said === 'up'
  const ready = readinessOf(node)
  return ready === undefined || ready === 'True' || annotations?.[annotation.silenced] !== undefined
}
