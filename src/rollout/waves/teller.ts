import type { WaveProgress } from '#controller/waves/decide.ts'
import type { WavesRecord } from '#controller/waves/plan.ts'
import type { WavesEvent } from './events.ts'

/** Tells what is new since the last look at a roll-out in waves, and remembers what it came to. */
export class Teller {
  readonly #tell: (event: WavesEvent) => void
  #moved: { readonly key: string; readonly ready: number; readonly at: number }
  #told = { key: '', wave: '', counts: '' }
  #minAvailable = Number.POSITIVE_INFINITY
  #progress: WaveProgress | undefined

  /** @param now Milliseconds since the epoch, as below. */
  constructor(tell: (event: WavesEvent) => void, now: number) {
    this.#tell = tell
    this.#moved = { key: '', ready: -1, at: now }
  }

  /** When a pod of the wave became ready last, or the wave began. */
  get movedAt(): number {
    return this.#moved.at
  }

  /** As it was at the last look. */
  get progress(): WaveProgress | undefined {
    return this.#progress
  }

  /** The fewest available pods that were seen; 0: none were looked at. */
  get minAvailable(): number {
    return Number.isFinite(this.#minAvailable) ? this.#minAvailable : 0
  }

  /**
   * @param key of the wave: another one is another wave, or the way back
   * @param names the nodes that are being waited for
   */
  look(
    { plan, state }: WavesRecord,
    progress: WaveProgress,
    key: string,
    names: readonly string[],
    now: number,
  ): void {
    const tell = this.#tell
    const before = this.#told
    if (this.#moved.key !== key || progress.ready > this.#moved.ready)
      this.#moved = { key, ready: progress.ready, at: now }
    this.#minAvailable = Math.min(this.#minAvailable, progress.available)
    this.#progress = progress
    const aborting = state.phase === 'aborting'
    const stands = [state.phase, state.wave, state.paused ?? '', state.promoted ?? ''].join('\n')
    const counts = JSON.stringify(progress)
    if (before.wave !== key) {
      if (aborting) tell({ kind: 'aborting', progress, why: state.failure ?? '' })
      else tell({ kind: 'wave', progress, names })
    } else if (before.counts !== counts) tell({ kind: 'progress', progress })
    if (before.key !== stands && !aborting) {
      const wasPaused = before.key.split('\n')[2] !== '' && before.key !== ''
      if (state.paused !== undefined) tell({ kind: 'paused', progress, why: state.paused })
      else if (wasPaused) tell({ kind: 'resumed', progress })
      if (state.promoted) tell({ kind: 'promoted', progress })
      else if (state.phase === 'baking' && state.paused === undefined)
        tell({ kind: 'baking', progress, until: state.since + plan.bake })
    }
    this.#told = { key: stands, wave: key, counts }
  }
}
