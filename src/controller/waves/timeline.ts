import type { WavesPlan } from './plan.ts'
import type { Survey } from './survey.ts'
import { addsNodes, waveSets } from './wave-sets.ts'

/** How long pods take. Milliseconds. */
export interface Pace {
  /** From creation to Ready. */
  readonly readyAfter: number
  /** From deletion to gone. */
  readonly terminateAfter: number
}

export interface PlannedWave {
  /** From 1. */
  readonly number: number
  readonly label: string
  /** That this wave begins with, in the order in which they are taken. */
  readonly nodes: readonly string[]
  /** Nodes that are not ready now: the DaemonSet's own strategy sees to them, once they are. */
  readonly leftOut: readonly string[]
  /** Of all nodes, at its end. */
  readonly updated: number
  /**
   * Seconds since the start at which its first pod goes, its last new pod is available, and its bake is over; null: never,
   * because what is down by itself uses up the budget.
   */
  readonly startSeconds: number | null
  readonly readySeconds: number | null
  readonly endSeconds: number | null
}

export interface Timeline {
  readonly waves: readonly PlannedWave[]
  readonly desired: number
  /** How many nodes may be without an available pod at a time, and how many are by themselves. */
  readonly allowed: number
  readonly down: number
  readonly minAvailable: number
  /** Null: it never ends. */
  readonly totalSeconds: number | null
}

/**
 * What a plan comes to if every new pod starts as `pace` says: which nodes when, and how long it takes. Pods that are down by
 * themselves come up with the new revision.
 */
export function timelineOf(plan: WavesPlan, survey: Survey, pace: Pace): Timeline {
  const { allowed, available, nodes, rules } = survey
  const lost = nodes.filter((one) => !one.ready && !one.available).length
  const atOnce = allowed - lost
  const round = pace.terminateAfter + pace.readyAfter + rules.minReady
  const seen = new Set(nodes.filter(({ updated }) => updated).map(({ state }) => state.name))
  let updated = seen.size
  let time: number | null = 0
  let minAvailable = available
  const sets = waveSets(plan, survey)
  const waves = sets.map(({ label, nodes: members }, at): PlannedWave => {
    const fresh = members.filter(({ state }) => !seen.has(state.name))
    for (const { state } of fresh) seen.add(state.name)
    const possible = fresh.filter(({ ready }) => ready)
    const stuck = atOnce < 1 && possible.some((one) => one.available)
    const start: number | null = time
    const ready: number | null =
      start === null || stuck ? null : start + Math.ceil(possible.length / Math.max(1, atOnce)) * round
    if (start !== null && !stuck)
      minAvailable = Math.min(minAvailable, nodes.length - lost - Math.min(possible.length, atOnce))
    updated += possible.length
    time = ready === null ? null : ready + (addsNodes(sets, at) ? plan.bake : 0)
    return {
      number: at + 1,
      label,
      nodes: possible.map(({ state }) => state.name),
      leftOut: fresh.filter((one) => !one.ready).map(({ state }) => state.name),
      updated,
      startSeconds: start === null ? null : start / 1000,
      readySeconds: ready === null ? null : ready / 1000,
      endSeconds: time === null ? null : time / 1000,
    }
  })
  return {
    waves,
    desired: nodes.length,
    allowed,
    down: nodes.length - available,
    minAvailable: Math.max(0, minAvailable),
    totalSeconds: time === null ? null : time / 1000,
  }
}
