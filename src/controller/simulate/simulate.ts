import type { Diagnostic } from '#base/errors.ts'
import type { Counters } from '../daemon-set-status.ts'
import type { SimulationEnd } from './ending.ts'
import { endingOf } from './ending.ts'
import type { Eviction } from './rollout.ts'
import type { SimulateInput } from './start.ts'
import { startOf } from './start.ts'
import type { Wave } from './waves.ts'

export interface Simulation {
  readonly strategy: {
    readonly type: string
    readonly maxUnavailable: number
    readonly maxSurge: number
    readonly desired: number
  }
  readonly start: Counters
  readonly waves: readonly Wave[]
  /** When the end state was reached. */
  readonly totalSeconds: number
  /** The fewest pods available at any time. */
  readonly minAvailable: number
  readonly evictions: readonly Eviction[]
  readonly end: SimulationEnd
  readonly warnings: readonly Diagnostic[]
}

/**
 * Plays the roll-out of a DaemonSet to its end: done, or stuck and by which rule. The order among nodes comes from the seed,
 * as upstream leaves it to chance. Pods on nodes that are NotReady in the snapshot never become ready and, once deleted,
 * never go; the controller's own time, image pulls of different length and node changes on the way are not simulated.
 */
export function simulate(input: SimulateInput): Simulation {
  const { rollout, rules, maxUnavailable, maxSurge, warnings } = startOf(input)
  const start = { ...rollout.counters }
  rollout.run()
  const type = rules.onDelete ? 'OnDelete' : 'RollingUpdate'
  return {
    strategy: { type, maxUnavailable, maxSurge, desired: start.desired },
    start,
    waves: rollout.waves,
    totalSeconds: rollout.elapsed,
    minAvailable: rollout.minAvailable,
    evictions: rollout.evictions,
    end: endingOf(rollout, rules, input.daemonSet.metadata?.name ?? ''),
    warnings,
  }
}
