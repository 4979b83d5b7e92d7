import { escapeLine } from '#base/escape.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { PlannedWave, Timeline } from '#controller/waves/timeline.ts'
import { clockText } from '../clock-text.ts'
import { commonDomain, counted, objectName, sampleNames } from '../names.ts'
import type { TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import { plainDuration, someNodes } from './text.ts'

/** A roll-out in waves that has not begun. */
export interface PlannedWaves {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  readonly timeline: Timeline
  /** Milliseconds. */
  readonly bake: number
  readonly gate: string | undefined
  readonly onFailure: 'abort' | 'pause'
  /** Nodes with pods that would get none again. */
  readonly leaving: readonly string[]
}

const at = (seconds: number | null) => (seconds === null ? 'never' : clockText(seconds))

function row(wave: PlannedWave, desired: number, domain: string, width: number): string[] {
  const { endSeconds, label, nodes, number, readySeconds, startSeconds, updated } = wave
  const short = nodes.map((name) => name.slice(0, name.length - domain.length))
  return [
    String(number),
    escapeLine(label),
    at(startSeconds),
    at(readySeconds),
    at(endSeconds),
    String(nodes.length),
    `${updated}/${desired}`,
    sampleNames(short, width),
  ]
}

const head = ['WAVE', 'UP TO', 'AT', 'READY', 'BAKED', 'NODES', 'UPDATED', 'WHICH']

/** What `--dry-run` shows: the answer first, then the waves with their nodes. */
export function plannedWavesText(planned: PlannedWaves, options: TextOptions): string {
  const { bake, daemonSet, gate, leaving, onFailure, timeline } = planned
  const { allowed, desired, down, minAvailable, totalSeconds, waves } = timeline
  const { style, width } = options
  const inWaves = counted(waves.length, 'wave')
  const answer =
    totalSeconds === null
      ? style.bad(`${inWaves}, stuck: ${down} of ${desired} down already, ${allowed} allowed`)
      : style.good(`${inWaves} over ${counted(desired, 'node')} in ${clockText(totalSeconds)}`)
  const leftOut = waves.flatMap((wave) => wave.leftOut)
  const domain = commonDomain(waves.flatMap((wave) => wave.nodes))
  const then = onFailure === 'abort' ? 'goes back to the old revision' : 'pauses'
  const lines = [
    headLine(`${style.bold(objectName(daemonSet))}:`, style.bold(answer), width),
    ...wrapped(
      `${allowed} of ${desired} may be down at a time, never fewer than ${minAvailable} available; bakes for ${plainDuration(bake)} after each wave${gate === undefined ? '' : `, then the gate: ${escapeLine(gate)}`}`,
      width,
    ),
    ...wrapped(`when a wave fails, it ${then}`, width),
    ...(leftOut.length > 0
      ? wrapped(
          `left out, not ready: ${someNodes(leftOut, width - 30)}; the DaemonSet's own strategy takes over there after the waves`,
          width,
        )
      : []),
    ...(leaving.length > 0
      ? wrapped(
          `not in any wave: ${someNodes(leaving, width - 30)}: a pod deleted there would not come back; the DaemonSet's own strategy deletes it in the end`,
          width,
        )
      : []),
    '',
    table({
      head,
      rows: waves.map((wave) => row(wave, desired, domain, Math.max(20, width - 60))),
      right: [0, 5],
      width,
    }).trimEnd(),
  ]
  const note = domain === '' ? [] : [style.dim(`(node names without ${domain})`)]
  return `${[...lines, ...note].join('\n')}\n`
}
