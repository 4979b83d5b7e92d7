import { escapeLine } from '#base/escape.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import { humanDuration } from '#kube/duration.ts'
import { commonDomain, counted, objectName, sampleNames } from '../names.ts'
import type { TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import type { WavesStanding } from './document.ts'
import { plainDuration, waveName } from './text.ts'

function answer({ bakesUntil, progress, state, why = '' }: WavesStanding, now: number): string {
  const where = progress ? `${waveName(progress)}, ` : ''
  switch (state) {
    case 'none':
      return 'no waves are under way'
    case 'updating':
      return `${where}${progress ? `${progress.ready} of ${progress.nodes} updated and available` : 'the controller has not observed the new template yet'}`
    case 'baking':
      return `${where}baking, ${plainDuration(Math.ceil(Math.max(0, (bakesUntil ?? now) - now) / 1000) * 1000)} left`
    case 'paused':
      return `${where}paused: ${escapeLine(why)}`
    case 'aborting':
      return `aborting, ${progress ? `${progress.ready} of ${counted(progress.nodes, 'node')} at the old revision` : 'the old template is back'}`
    case 'changed':
      return escapeLine(why)
  }
}

/** Where a roll-out in waves stands, the answer first. `commands` are what can be done, to copy. */
export function standingText(
  standing: WavesStanding,
  commands: readonly string[],
  now: number,
  { style, width }: TextOptions,
): string {
  const { daemonSet, gate, holder, images, state, strategy, waves = [] } = standing
  const paint = state === 'paused' || state === 'changed' || state === 'aborting' ? style.warn : style.bold
  const lines = [headLine(`${style.bold(objectName(daemonSet))}:`, paint(answer(standing, now)), width)]
  if (images)
    lines.push(...wrapped(escapeLine(`${images.from.join(', ')} -> ${images.to.join(', ')}`), width))
  if (strategy)
    lines.push(
      ...wrapped(escapeLine(`its own strategy, kept for the end: ${JSON.stringify(strategy)}`), width),
    )
  if (gate !== undefined) lines.push(...wrapped(`gate: ${escapeLine(gate)}`, width))
  if (state !== 'none')
    lines.push(
      ...wrapped(
        holder
          ? `${escapeLine(holder.name)} ${holder.alive ? 'is at work on it' : 'was at work on it'}, last heard of ${humanDuration(Math.max(0, now - holder.renewed))} ago`
          : 'no one is working on it',
        width,
      ),
    )
  if (waves.length > 0) {
    const domain = commonDomain(waves.flatMap(({ nodes }) => nodes))
    const rows = waves.map(({ available, label, nodes, updated }, index) => [
      String(index + 1),
      escapeLine(label),
      String(nodes.length),
      `${updated}/${nodes.length}`,
      `${available}/${nodes.length}`,
      sampleNames(
        nodes.map((name) => name.slice(0, name.length - domain.length)),
        Math.max(20, width - 50),
      ),
    ])
    lines.push(
      '',
      table({
        head: ['WAVE', 'UP TO', 'NODES', 'UPDATED', 'AVAILABLE', 'WHICH'],
        rows,
        right: [0, 2],
        width,
      }).trimEnd(),
    )
  }
  if (commands.length > 0) lines.push('', ...commands.map((command) => `  ${command}`))
  return `${lines.join('\n')}\n`
}
