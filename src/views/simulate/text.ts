import { escapeLine } from '#base/escape.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { Counters } from '#controller/daemon-set-status.ts'
import type { Hold } from '#controller/simulate/ending.ts'
import type { Simulation } from '#controller/simulate/simulate.ts'
import type { Wave } from '#controller/simulate/waves.ts'
import type { NearestMiss } from '#placement/nearest-miss.ts'
import { clockText } from '../clock-text.ts'
import { commonDomain, counted, objectName, sampleNames } from '../names.ts'
import { nearestMissText } from '../plan/nearest-miss.ts'
import type { TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import { evictionLines } from './evictions.ts'

export interface SimulatedDaemonSet {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  readonly simulation: Simulation
  /** What comes nearest where no node matches. */
  readonly nearestMiss?: NearestMiss | null | undefined
}

/** Waves beyond these many are folded in the middle. */
const shownWaves = 20
const barWidth = 12

function bar(counters: Counters): string {
  const share = counters.desired === 0 ? 1 : Math.min(1, counters.updated / counters.desired)
  const full = Math.round(share * barWidth)
  return '█'.repeat(full) + '░'.repeat(barWidth - full)
}

function waveRow(wave: Wave, domain: string, width: number, symbols: boolean): string[] {
  const counters = wave.stuckAt ?? wave.counters
  const took = wave.endSeconds === null ? 'never' : clockText(wave.endSeconds - wave.startSeconds)
  return [
    String(wave.number),
    clockText(wave.startSeconds),
    took,
    String(wave.nodes.length),
    `${counters.updated}/${counters.desired}${symbols ? ` ${bar(counters)}` : ''}`,
    `${counters.available}/${counters.desired}`,
    sampleNames(
      wave.nodes.map((name) => name.slice(0, name.length - domain.length)),
      width,
    ),
  ]
}

const head = ['WAVE', 'AT', 'TOOK', 'NODES', 'UPDATED', 'AVAILABLE', 'WHICH']

function foldedWaves(waves: readonly Wave[], { style, width, symbols }: TextOptions): string {
  const fold = waves.length > shownWaves
  const shown = fold ? [...waves.slice(0, shownWaves / 2), ...waves.slice(-shownWaves / 2)] : waves
  const names = Math.max(24, width - (symbols ? 70 : 56))
  const domain = commonDomain(waves.flatMap((wave) => wave.nodes))
  const rows = shown.map((wave) => waveRow(wave, domain, names, symbols))
  if (fold) {
    const hidden = waves.length - shown.length
    rows.splice(shownWaves / 2, 0, [
      '…',
      '',
      '',
      '',
      '',
      '',
      `${counted(hidden, 'wave')} more: -o json lists them`,
    ])
  }
  const note = domain === '' ? '' : `${style.dim(`(node names without ${domain})`)}\n`
  return table({ head, rows, right: [0, 3], width }) + note
}

function answer({ simulation }: SimulatedDaemonSet, { style }: TextOptions): string {
  const { end, waves, totalSeconds } = simulation
  const time = clockText(totalSeconds)
  const inWaves = counted(waves.length, 'wave')
  switch (end.state) {
    case 'done':
      return style.good(waves.length === 0 ? 'nothing to do' : `done in ${time}, ${inWaves}`)
    case 'stuck':
      return style.bad(waves.length === 0 ? 'stuck from the start' : `stuck after ${time}, ${inWaves}`)
    case 'waits-for-delete':
      return style.warn('waits for pods to be deleted')
    case 'nothing-desired':
      return style.bad('no node matches, 0 pods')
  }
}

function strategyText({ strategy }: Simulation): string {
  const { type, maxUnavailable, maxSurge, desired } = strategy
  if (type !== 'RollingUpdate') return type
  return maxSurge > 0
    ? `maxSurge ${maxSurge} of ${desired}`
    : `maxUnavailable ${maxUnavailable} of ${desired}`
}

/** The end's message names a few holds itself; more are listed. */
const namedByMessage = 2

function holdLines(holds: readonly Hold[], { width, style }: TextOptions): string[] {
  if (holds.length <= namedByMessage) return []
  const shown = holds.slice(0, 8)
  const lines = shown.flatMap((hold) => wrapped(escapeLine(hold.message), width, '  '))
  if (holds.length > shown.length) lines.push(`  and ${holds.length - shown.length} more: -o json lists them`)
  return lines.map((line) => style.dim(line))
}

/** A roll-out played to its end: the answer first, then what holds it, then its waves. */
export function simulationText(simulated: SimulatedDaemonSet, options: TextOptions): string {
  const { simulation, daemonSet } = simulated
  const { end, minAvailable, strategy } = simulation
  const { style, width } = options
  const lines = [
    headLine(`${style.bold(objectName(daemonSet))}:`, style.bold(answer(simulated, options)), width),
    ...(strategy.desired === 0
      ? simulated.nearestMiss
        ? nearestMissText(simulated.nearestMiss, width)
        : []
      : wrapped(
          `${strategyText(simulation)}, never fewer than ${minAvailable} of ${strategy.desired} available`,
          width,
        )),
  ]
  if (end.message !== '' && end.state !== 'done' && end.state !== 'nothing-desired')
    lines.push(...wrapped(escapeLine(end.message), width))
  lines.push(...holdLines(end.holds, options), ...evictionLines(simulation, width))
  if (simulation.waves.length > 0) lines.push('', foldedWaves(simulation.waves, options).trimEnd())
  return `${lines.join('\n')}\n`
}

/** Several strategies of one DaemonSet side by side, one row each. */
export function comparisonText(
  rows: readonly { readonly label: string; readonly simulated: SimulatedDaemonSet }[],
  options: TextOptions,
): string {
  return table({
    head: ['STRATEGY', 'AT ONCE', 'WAVES', 'TIME', 'LOWEST AVAILABLE', 'END'],
    rows: rows.map(({ label, simulated: { simulation } }) => {
      const { strategy, waves, minAvailable, end } = simulation
      return [
        label,
        String(strategy.maxSurge > 0 ? strategy.maxSurge : strategy.maxUnavailable),
        String(waves.length),
        clockText(simulation.totalSeconds),
        `${minAvailable} of ${strategy.desired}`,
        escapeLine(end.state === 'done' ? 'done' : `${end.state}: ${end.message}`),
      ]
    }),
    right: [1, 2],
    width: options.width,
  })
}
