import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import type { Judgement } from '#controller/rollout-status.ts'
import { humanDuration } from '#kube/duration.ts'
import { sampleNames } from '../names.ts'
import type { ShownHold } from './holds.ts'
import { holdLines } from './holds.ts'

/** A roll-out under way, as far as the live view shows it. */
export interface RolloutProgress {
  readonly name: string
  readonly judgement: Judgement
  readonly desired: number
  readonly updated: number
  readonly available: number
  /** The revision that is rolled out, with its images. */
  readonly revision: { readonly number: number; readonly images: readonly string[] } | undefined
  /** Milliseconds since the view began. */
  readonly elapsed: number
  /** Nodes updated since the view began. */
  readonly finished: number
  readonly holds: readonly ShownHold[]
}

const shownHolds = 6

/** The lines of the live view, none wider than `width`: title, bar, what is in flight, and what holds it back. */
export function progressLines(progress: RolloutProgress, width: number, style: Style): string[] {
  const { holds, judgement, name, revision } = progress
  const images = revision && revision.images.length > 0 ? ` (${revision.images.join(', ')})` : ''
  const to = revision ? ` to revision ${revision.number}${images}` : ''
  const title = `daemon set ${JSON.stringify(name)}${escapeLine(to)}`
  if (judgement.state === 'unobserved')
    return [style.bold(title), 'Waiting for the controller to take up the new spec…']
  const flying = holds.filter((hold) => hold.side === 'time').map((hold) => hold.node || hold.pod)
  const held = holds.filter((hold) => hold.side !== 'time')
  return [
    style.bold(title),
    barLine(progress, width, style),
    ...(flying.length > 0 ? [`in flight: ${sampleNames(flying, width - 11)}`] : []),
    ...holdLines(held, shownHolds).map((line) => style.warn(line)),
  ]
}

function barLine(progress: RolloutProgress, width: number, style: Style): string {
  const { available, desired, elapsed, updated } = progress
  const counts = `${updated}/${desired} updated, ${available} available`
  const facts = `  ${counts}  ${humanDuration(elapsed)}${paceText(progress)}`
  const room = Math.max(10, Math.min(30, width - facts.length))
  const share = desired === 0 ? 1 : Math.min(1, updated / desired)
  const full = Math.round(share * room)
  return `${style.good('█'.repeat(full))}${style.dim('░'.repeat(room - full))}${facts}`
}

/** How fast it goes and how long that would take, once there is something to measure. */
function paceText({ desired, elapsed, finished, updated }: RolloutProgress): string {
  if (finished < 2 || elapsed < 1000) return ''
  const perMinute = (finished / elapsed) * 60_000
  const left = ((desired - updated) / finished) * elapsed
  const rate = perMinute >= 10 ? String(Math.round(perMinute)) : perMinute.toFixed(1)
  return `, ${rate}/min${desired > updated ? `, ${humanDuration(Math.max(1000, left))} left` : ''}`
}
