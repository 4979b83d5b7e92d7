import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import type { WaveProgress } from '#controller/waves/decide.ts'
import { clockText } from '../clock-text.ts'
import { counted, sampleNames } from '../names.ts'

type Spot = Pick<WaveProgress, 'wave' | 'waves' | 'label'>

/** `wave 2 of 4 (50%)`. */
export const waveName = ({ label, wave, waves }: Spot): string =>
  `wave ${wave + 1} of ${waves}${label === '' ? '' : ` (${escapeLine(label)})`}`

/** `1 node: node-1`, `5 nodes: node-1, node-2 and 3 more`. */
export const someNodes = (names: readonly string[], width = 60): string =>
  names.length === 0 ? 'no node' : `${counted(names.length, 'node')}: ${sampleNames(names, width)}`

/** `10m`, `1m30s`: a duration that somebody set. */
export const plainDuration = (ms: number): string =>
  ms < 1000 && ms > 0 ? `${ms}ms` : clockText(ms / 1000).replace(/(?<=[mh])00[sm]$/, '')

/** How many pods may be down, and how many are. */
export const budgetText = ({ allowed, desired }: Pick<WaveProgress, 'allowed' | 'desired'>): string =>
  `${allowed} of ${counted(desired, 'node')} may be down at a time`

/** What is told of a roll-out in waves, a line each. */
export const lines = {
  wave: (progress: WaveProgress, names: readonly string[]) =>
    `${waveName(progress)}: ${names.length === 0 ? `${progress.ready} of ${counted(progress.nodes, 'node')} updated and available` : someNodes(names)}`,
  leftOut: ({ leftOut }: WaveProgress) =>
    `left out, not ready: ${someNodes(leftOut)}; the DaemonSet's own strategy takes over there after the waves`,
  baking: (progress: WaveProgress, ms: number) =>
    `${waveName(progress)}: ${progress.ready} of ${counted(progress.nodes, 'node')} updated and available, baking for ${plainDuration(ms)}`,
  gatePassed: (progress: WaveProgress) => `${waveName(progress)}: the gate has passed`,
  paused: (progress: WaveProgress, why: string) => `${waveName(progress)}: paused: ${escapeLine(why)}`,
  resumed: (progress: WaveProgress) => `${waveName(progress)}: continues`,
  promoted: (progress: WaveProgress) => `${waveName(progress)}: promoted, the rest of its bake is skipped`,
  aborting: (why: string) =>
    `${why === '' ? '' : `${escapeLine(why)}\n`}aborting: the old revision comes back on the touched nodes`,
  held: (pod: string, node: string, why: string) =>
    `${escapeLine(pod)} on ${escapeLine(node)} stays for now: ${escapeLine(why)}`,
  waiting: (holder: string, ms: number) =>
    `${escapeLine(holder)} was at work on it: waiting up to ${plainDuration(Math.ceil(ms / 1000) * 1000)} for its lease to end`,
}

const barWidth = 20

interface ShownFacts {
  /** Milliseconds since it was looked at first. */
  readonly elapsed: number
  readonly leftOfBake?: number
  readonly paused?: boolean
  readonly aborting?: boolean
}

/**
 * The lines that are drawn in place below what has been told: how far the wave is, and what is waited for. A roll-out that
 * goes back has no waves: all its nodes are counted, of which most may never have left the old revision.
 */
export function progressLines(
  progress: WaveProgress,
  { aborting, elapsed, leftOfBake, paused }: ShownFacts,
  style: Style,
): string[] {
  const { allowed, available, desired, nodes, ready, updated } = progress
  const full = Math.round((nodes === 0 ? 1 : ready / nodes) * barWidth)
  const bar = `${style.good('█'.repeat(full))}${style.dim('░'.repeat(barWidth - full))}`
  const state = aborting
    ? `${counted(nodes - ready, 'node')} not back yet`
    : paused
      ? 'paused'
      : leftOfBake === undefined
        ? `${updated}/${nodes} updated`
        : `baking, ${clockText(Math.max(0, leftOfBake) / 1000)} left`
  const down = desired - available
  const budget = down > allowed ? `${down} down, ${allowed} allowed` : `${down} of ${allowed} down`
  return [
    `${style.bold(aborting ? 'aborting' : waveName(progress))} ${bar} ${ready}/${nodes}`,
    `${state}, ${available} of ${desired} available, ${budget}, ${clockText(elapsed / 1000)}`,
  ]
}
