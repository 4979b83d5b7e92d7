/** The pictures of docs/pictures, by their file names: kds run for real, each for a light and a dark page. */
import { kds, words } from '../run.ts'
import { castColumns, story } from './story.ts'
import { cast, picture, themes } from './svg.ts'

const columns = 92
const stills = [
  {
    name: 'map',
    title: 'kds map: what applying a file would do to 40 nodes, by zone',
    command:
      'kds map -f examples/log-agent-v2.yaml --snapshot examples/cluster.yaml --snapshot examples/snapshot.yaml --at 2026-09-14T09:30:00Z -L zone',
    typed: 'kds map -f examples/log-agent-v2.yaml -L zone',
  },
] as const

export async function pictures(): Promise<ReadonlyMap<string, string>> {
  const drawn = new Map<string, string>()
  const frames = await story()
  for (const [theme, colours] of Object.entries(themes)) {
    for (const { command, name, title, typed } of stills) {
      const { out } = await kds(words(command).slice(1), {
        terminal: columns,
        env: { TERM: 'xterm-256color' },
      })
      drawn.set(`${name}-${theme}.svg`, picture(title, `$ ${typed}\n${out}`, columns, colours))
    }
    const still = frames.findLastIndex(({ text }) => text.includes('aborting'))
    const title = 'A release that crashes is noticed on its canary, and taken back'
    drawn.set(`canary-${theme}.svg`, cast(title, frames, castColumns, colours, still))
  }
  return drawn
}
