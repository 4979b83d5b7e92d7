import type { WaveProgress } from '#controller/waves/decide.ts'

/** What somebody who watches a roll-out in waves is told, in its order. Times are milliseconds since the epoch. */
export type WavesEvent =
  /** Another holds the lease, which is waited for. */
  | { readonly kind: 'waiting'; readonly holder: string; readonly until: number }
  | { readonly kind: 'wave'; readonly progress: WaveProgress; readonly names: readonly string[] }
  /** A count has changed. */
  | { readonly kind: 'progress'; readonly progress: WaveProgress }
  | { readonly kind: 'baking'; readonly progress: WaveProgress; readonly until: number }
  | {
      readonly kind: 'gate'
      readonly progress: WaveProgress
      readonly state: 'running' | 'passed' | 'failed'
      readonly why?: string
    }
  | { readonly kind: 'paused'; readonly progress: WaveProgress; readonly why: string }
  | { readonly kind: 'resumed'; readonly progress: WaveProgress }
  | { readonly kind: 'promoted'; readonly progress: WaveProgress }
  | { readonly kind: 'aborting'; readonly progress: WaveProgress; readonly why: string }
  /** A PodDisruptionBudget forbids an eviction for now. */
  | { readonly kind: 'held'; readonly pod: string; readonly node: string; readonly why: string }

/** How it came out. */
export interface WavesEnd {
  /**
   * `rolled-out`; `aborted`: the old revision is back; `paused`: a wave has failed, and everything stands still; `handed-over`:
   * somebody has ended the waves, and the DaemonSet's own strategy does the rest.
   */
  readonly outcome: 'rolled-out' | 'aborted' | 'paused' | 'handed-over'
  /** Why it was aborted or paused; empty: because somebody wanted it. */
  readonly why: string
  readonly progress: WaveProgress | undefined
  /** The fewest available pods that were seen. */
  readonly minAvailable: number
  /** Nodes that are left to the DaemonSet's own strategy. */
  readonly leftOut: readonly string[]
  /** Why revisions still carry annotations of the waves. */
  readonly untidy?: string | undefined
}
