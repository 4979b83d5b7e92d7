import type { KdsError } from '#base/errors.ts'
import { nameOf } from '#cluster/resources.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { StatusProgress } from '#rollout/status.ts'

/** One roll-out that is followed, with what has been seen of it. Times are milliseconds since the epoch. */
export class Followed {
  readonly daemonSet: DaemonSet
  readonly name: { readonly namespace: string; readonly name: string }
  readonly began: number
  /** Stops following it, with an error. */
  readonly stop = new AbortController()
  last: StatusProgress | undefined
  state: DaemonSetState | undefined
  error: KdsError | undefined
  over = false
  /** Until when restarts are watched for after the end. */
  settlesUntil: number | undefined
  /** When it last changed. */
  changedAt: number
  /** When it last came nearer to its end than it ever was; a pod that is ready now and then is no progress. */
  progressedAt: number
  /** When the last change before its end was seen. */
  endedAt: number | undefined
  #first: number | undefined
  #atFirst: number | undefined
  #fewest: number | undefined
  #best = 0
  #generation: number | undefined
  #suspect: string | undefined
  #unfinished = false

  constructor(daemonSet: DaemonSet, now: number) {
    this.daemonSet = daemonSet
    this.name = nameOf(daemonSet)
    this.began = now
    this.changedAt = now
    this.progressedAt = now
  }

  /** A change of the DaemonSet was seen. */
  changed(progress: StatusProgress, now: number): void {
    const { daemonSet, judgement } = progress
    if (JSON.stringify(judgement) !== JSON.stringify(this.last?.judgement)) this.changedAt = now
    this.last = progress
    const { desired, updated, available } = countsOf(daemonSet)
    const generation = daemonSet.metadata?.generation ?? 0
    // A new roll-out starts the count anew.
    if (generation !== this.#generation) {
      this.#best = 0
      this.progressedAt = now
    }
    this.#generation = generation
    this.#first = Math.min(this.#first ?? updated, updated)
    this.#atFirst ??= available
    this.#fewest = Math.min(this.#fewest ?? available, available)
    const reached = updated + Math.max(0, updated - (desired - available))
    if (reached > this.#best) this.progressedAt = now
    this.#best = Math.max(this.#best, reached)
    if (judgement.state === 'done') this.endedAt ??= now
    else this.#unfinished = true
  }

  get counts() {
    return countsOf(this.last?.daemonSet ?? this.daemonSet)
  }

  /** Nodes updated since it is followed. */
  get finished(): number {
    return this.counts.updated - (this.#first ?? this.counts.updated)
  }

  /** The fewest nodes with an available pod at any moment. */
  get fewest(): number {
    return this.#fewest ?? 0
  }

  /** How many nodes had an available pod when it was seen first. */
  get atFirst(): number {
    return this.#atFirst ?? 0
  }

  /** Whether there was anything to follow: it was not done when it was seen first. */
  get wasUnfinished(): boolean {
    return this.#unfinished
  }

  get done(): boolean {
    return this.last?.judgement.state === 'done'
  }

  /** Whether it cannot finish for the second look in a row: what is there at one look only may pass. */
  seenStuck(state: DaemonSetState): boolean {
    const fails = state.holds.some(({ side, stuck, updated }) => side === 'release' && updated && stuck)
    const now = state.finishes.can && !fails ? undefined : state.verdict.text
    const twice = now !== undefined && now === this.#suspect
    this.#suspect = now
    return twice
  }
}

function countsOf({ status }: DaemonSet) {
  return {
    desired: status?.desiredNumberScheduled ?? 0,
    updated: status?.updatedNumberScheduled ?? 0,
    ready: status?.numberReady ?? 0,
    available: status?.numberAvailable ?? 0,
    unavailable: status?.numberUnavailable ?? 0,
  }
}
