import type { Pod } from '#kube/types.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { readinessOf } from './node-conditions.ts'

/** What goes wrong with a pod. */
export type PodFailure = 'image' | 'crash' | 'never-ready'

/** How a simulated kubelet treats a pod. Times in seconds of the sandbox's clock. */
export interface PodBehaviour {
  readonly pullSeconds: number
  /** From the end of the pull until the containers run. */
  readonly startSeconds: number
  /** From running until ready. */
  readonly readySeconds: number
  /** From the deletion until the pod is gone; at most its grace period. */
  readonly terminationSeconds: number
  readonly failure: PodFailure | undefined
  /** How long a crashing container runs. */
  readonly crashSeconds: number
}

/** What a sandbox is told about its pods. */
export interface BehaviourOptions extends Partial<Omit<PodBehaviour, 'failure'>> {
  /** Failures by a pattern on the image; by default every image with `bad` in its name, or of a registry
   * under `.invalid`, cannot be pulled. */
  readonly failures?: readonly { readonly image: RegExp; readonly failure: PodFailure }[]
}

const quick: Omit<PodBehaviour, 'failure'> = {
  pullSeconds: 0.2,
  startSeconds: 0.1,
  readySeconds: 0.1,
  terminationSeconds: 0.2,
  crashSeconds: 1,
}

const badImages = [{ image: /bad|\.invalid\//, failure: 'image' as const }]

/** The annotations of pods (through their template) and nodes that say how their pods behave. */
export const annotation = {
  pull: 'sandbox.kds.dev/pull-seconds',
  start: 'sandbox.kds.dev/start-seconds',
  ready: 'sandbox.kds.dev/ready-seconds',
  termination: 'sandbox.kds.dev/termination-seconds',
  crash: 'sandbox.kds.dev/crash-seconds',
  /** `image`, `crash`, `never-ready`, or `none`. */
  failure: 'sandbox.kds.dev/failure',
  /** On a node: `down`, or `up`. */
  kubelet: 'sandbox.kds.dev/kubelet',
  /** Set by the sandbox on a node that it made NotReady, so that it knows it again. */
  silenced: 'sandbox.kds.dev/silenced',
} as const

const failures: readonly string[] = ['image', 'crash', 'never-ready']

type Annotations = Readonly<Record<string, string>> | null | undefined

const secondsOf = (sources: readonly Annotations[], name: string, fallback: number): number => {
  const text = sources.map((annotations) => annotations?.[name]).find((value) => value !== undefined)
  const value = Number(text)
  return text !== undefined && Number.isFinite(value) && value >= 0 ? value : fallback
}

function failureOf(
  pod: Pod,
  sources: readonly Annotations[],
  options: BehaviourOptions,
): PodFailure | undefined {
  const said = sources
    .map((annotations) => annotations?.[annotation.failure])
    .find((value) => value !== undefined)
  if (said !== undefined) return failures.includes(said) ? (said as PodFailure) : undefined
  const images = (pod.spec?.containers ?? []).map((container) => container.image ?? '')
  return (options.failures ?? badImages).find(({ image }) => images.some((name) => image.test(name)))?.failure
}

/** How a pod on a node behaves: its own annotations first, then the node's, then the sandbox's options. */
export function behaviourOf(
  pod: StoredPod,
  node: StoredNode | undefined,
  options: BehaviourOptions,
): PodBehaviour {
  const sources = [pod.metadata.annotations, node?.metadata.annotations]
  const base = { ...quick, ...options }
  return {
    pullSeconds: secondsOf(sources, annotation.pull, base.pullSeconds),
    startSeconds: secondsOf(sources, annotation.start, base.startSeconds),
    readySeconds: secondsOf(sources, annotation.ready, base.readySeconds),
    terminationSeconds: secondsOf(sources, annotation.termination, base.terminationSeconds),
    crashSeconds: secondsOf(sources, annotation.crash, base.crashSeconds),
    failure: failureOf(pod, sources, options),
  }
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
