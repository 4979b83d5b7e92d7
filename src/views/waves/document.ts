import type { WaveProgress } from '#controller/waves/decide.ts'
import type { PlannedWaves } from './plan.ts'

interface Name {
  readonly namespace: string
  readonly name: string
}

const time = (ms: number) => new Date(ms).toISOString()

const progressFields = (progress: WaveProgress) => {
  const { wave, ...rest } = progress
  return { wave: wave + 1, ...rest }
}

/** A thing that happened in a roll-out in waves: a line of `-o json`. */
export function wavesEvent(
  daemonSet: Name,
  now: number,
  event: string,
  progress: WaveProgress | undefined,
  more: object = {},
): object {
  return {
    apiVersion: 'kds/v1',
    kind: 'RolloutWaves',
    time: time(now),
    daemonSet,
    event,
    ...(progress && { progress: progressFields(progress) }),
    ...more,
  }
}

/** What `--dry-run -o json` prints. Times are seconds since the start. */
export function plannedWavesDocument(planned: PlannedWaves): object {
  const { bake, daemonSet, gate, leaving, onFailure, timeline } = planned
  return {
    apiVersion: 'kds/v1',
    kind: 'RolloutWavesPlan',
    daemonSet,
    bakeSeconds: bake / 1000,
    ...(gate === undefined ? {} : { gate }),
    onFailure,
    ...timeline,
    leaving,
  }
}

/** Where a roll-out in waves stands. */
export interface WavesStanding {
  readonly daemonSet: Name
  readonly state: 'none' | 'updating' | 'baking' | 'paused' | 'aborting' | 'changed'
  readonly progress?: WaveProgress | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly bakesUntil?: number | undefined
  readonly why?: string | undefined
  readonly holder?: { readonly name: string; readonly renewed: number; readonly alive: boolean } | undefined
  readonly images?: { readonly from: readonly string[]; readonly to: readonly string[] } | undefined
  readonly strategy?: object | undefined
  readonly gate?: string | undefined
  readonly waves?:
    | readonly {
        readonly label: string
        readonly nodes: readonly string[]
        readonly updated: number
        readonly available: number
      }[]
    | undefined
}

/** What `kds rollout waves status -o json` prints. */
export function standingDocument(standing: WavesStanding): object {
  const { bakesUntil, holder, progress, since, ...rest } = standing
  return {
    apiVersion: 'kds/v1',
    kind: 'RolloutWavesStatus',
    ...rest,
    ...(progress && { progress: progressFields(progress) }),
    ...(since === undefined ? {} : { since: time(since) }),
    ...(bakesUntil === undefined ? {} : { bakesUntil: time(bakesUntil) }),
    ...(holder && { holder: { ...holder, renewed: time(holder.renewed) } }),
  }
}
