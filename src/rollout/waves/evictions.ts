import { KdsError } from '#base/errors.ts'
import { ApiError, forbiddenByBudget } from '#cluster/api-error.ts'
import type { Cluster } from '#cluster/port.ts'
import { nameOf, pods as podResource } from '#cluster/resources.ts'
import type { Pod } from '#kube/types.ts'
import { mayBeDone } from '../uncertain-write.ts'
import type { WavesEvent } from './events.ts'
import type { Clock } from './lease.ts'

/** How many pods are evicted at a time. */
const atOnce = 10

/** How long a pod is left alone that a PodDisruptionBudget keeps, and one of which nobody knows whether it goes. */
const [heldMs, unclearMs] = [5_000, 15_000]

interface EvictionOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly tell: (event: WavesEvent) => void
}

/** Takes pods away, and remembers what no watch has told yet. */
export class Evictions {
  readonly #cluster: Cluster
  readonly #options: EvictionOptions
  /** Until when a pod counts as gone that is still to be seen. */
  readonly #gone = new Map<string, number>()
  readonly #held = new Map<string, number>()
  readonly #told = new Set<string>()

  constructor(cluster: Cluster, options: EvictionOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  /** Uids of pods that are to go. */
  get gone(): ReadonlySet<string> {
    return new Set(this.#gone.keys())
  }

  /** Uids of pods that may not be evicted at present. */
  get held(): ReadonlySet<string> {
    return new Set(this.#held.keys())
  }

  /** When something is to be tried again. */
  get nextAt(): number | undefined {
    const times = [...this.#held.values(), ...this.#gone.values()].filter(Number.isFinite)
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Drops what the cluster tells by now, and what may be tried again. */
  forget(pods: ReadonlyMap<string, Pod>, now: number): void {
    if (this.#gone.size > 0) {
      const there = new Map([...pods.values()].map((pod) => [pod.metadata?.uid ?? '', pod]))
      for (const [uid, until] of this.#gone) {
        const pod = there.get(uid)
        if (!pod || pod.metadata?.deletionTimestamp || until <= now) this.#gone.delete(uid)
      }
    }
    for (const [uid, until] of this.#held) if (until <= now) this.#held.delete(uid)
  }

  /** @param politely By eviction, which a PodDisruptionBudget can forbid. */
  async evict(pods: readonly Pod[], politely: boolean): Promise<void> {
    for (let at = 0; at < pods.length; at += atOnce)
      await Promise.all(pods.slice(at, at + atOnce).map((pod) => this.#evict(pod, politely)))
  }

  async #evict(pod: Pod, politely: boolean): Promise<void> {
    const { clock, signal, tell } = this.#options
    const uid = pod.metadata?.uid ?? ''
    // Each with a signal of its own: many that listen to one look like a leak.
    const options = { uid, signal: AbortSignal.any([signal]) }
    try {
      if (politely) await this.#cluster.evict(nameOf(pod), options)
      else await this.#cluster.delete(podResource, nameOf(pod), options)
      this.#gone.set(uid, Number.POSITIVE_INFINITY)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      // Somebody else was quicker, and another pod may have its name by now.
      if (error.status === 404 || error.status === 409) this.#gone.set(uid, clock.now() + unclearMs)
      else if (forbiddenByBudget(error)) {
        this.#held.set(uid, clock.now() + heldMs)
        if (this.#told.has(uid)) return
        this.#told.add(uid)
        tell({ kind: 'held', pod: nameOf(pod).name, node: pod.spec?.nodeName ?? '', why: budgetText(error) })
      } else if (/more than one PodDisruptionBudget/.test(error.serverMessage))
        throw new KdsError('budgets', error.message, {
          verbatim: true,
          hint: '--disable-eviction deletes pods instead, whatever their PodDisruptionBudgets allow',
          cause: error,
        })
      else if (mayBeDone(error)) this.#gone.set(uid, clock.now() + unclearMs)
      else throw error
    }
  }
}

const budgetText = ({ details, serverMessage }: ApiError): string =>
  details?.causes?.find(({ reason }) => reason === 'DisruptionBudget')?.message ?? serverMessage
