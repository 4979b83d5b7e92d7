import type { DaemonSetUpdateStrategy, IntOrString } from '#kube/types.ts'

/** The nodes that go first. */
export type Canary =
  | { readonly kind: 'count'; readonly value: IntOrString }
  | { readonly kind: 'selector'; readonly selector: string }
  | { readonly kind: 'nodes'; readonly names: readonly string[] }

/** What a roll-out in waves was begun with. It does not change until its end. */
export interface WavesPlan {
  readonly canary?: Canary | undefined
  /** How many nodes are done at the end of each wave, growing to `100%`; empty: each group of `by` is a wave. */
  readonly waves: readonly IntOrString[]
  /** Nodes are taken group by group: `zone`, `pool`, or the key of a label. */
  readonly by?: string | undefined
  /** Milliseconds that all new pods must have been available after each wave. */
  readonly bake: number
  /** Milliseconds without a further new pod available after which a wave has failed; 0 waits for ever. */
  readonly patience: number
  readonly onFailure: 'abort' | 'pause'
  /** The command that must succeed after each wave. Told, never run: anybody who may annotate could have written it. */
  readonly gate?: string | undefined
  /** Instead of what the strategy allows. */
  readonly maxUnavailable?: IntOrString | undefined
  /** Pods are evicted, so that PodDisruptionBudgets count; else they are deleted. */
  readonly evict: boolean
  /** The revision to go back to, by its hash label, and the change cause that belongs to it. */
  readonly from: { readonly hash: string; readonly changeCause?: string | undefined }
  /** The server's count of templates once the new one is in: another number is somebody else's change. */
  readonly templateGeneration: string
}

/** Who carries a roll-out on, and when this was last confirmed (milliseconds since the epoch). */
export interface Lease {
  readonly holder: string
  readonly renewed: number
}

/** Where a roll-out in waves stands. Times are milliseconds since the epoch. */
export interface WavesState {
  /** From 0. */
  readonly wave: number
  /** Of the wave that is about a group of nodes: others come and go, and would shift its number. */
  readonly group?: string | undefined
  /** `aborting`: the template is the old one again, and the touched nodes follow. */
  readonly phase: 'updating' | 'baking' | 'aborting'
  /** When the phase began. */
  readonly since: number
  /** Restarts of new pods that are known and taken for harmless. */
  readonly restarts: number
  /** Why it stands still until somebody lets it go on. */
  readonly paused?: string | undefined
  /** The rest of the bake and the gates of this wave are skipped. */
  readonly promoted?: boolean | undefined
  /** Why it aborts. */
  readonly failure?: string | undefined
  readonly lease?: Lease | undefined
}

/** All that a DaemonSet's annotations say of a roll-out in waves. */
export interface WavesRecord {
  readonly plan: WavesPlan
  readonly state: WavesState
  /** The DaemonSet's own strategy, as the server wrote it. */
  readonly strategy: DaemonSetUpdateStrategy
}

/** How long a lease holds after it was confirmed. */
export const leaseMs = 60_000

/** Whether somebody other than `holder` is at work. */
export const heldByOther = ({ lease }: WavesState, holder: string, now: number): boolean =>
  lease !== undefined && lease.holder !== holder && now < lease.renewed + leaseMs
