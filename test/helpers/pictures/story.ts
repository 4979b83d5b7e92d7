/** A release that crashes, as somebody sees it who watches the map: noticed on the first node, and undone. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { manualClock } from '../manual-clock.ts'
import { kds, words } from '../run.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Frame } from './svg.ts'

const beginning = Date.UTC(2026, 10, 21, 12)
export const columns = 92

const agent = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'agent', image: 'example.com/agent:1.4' }] },
    },
  },
})

/** The frames: kds against a sandbox whose clock is moved by hand, so that each run sees the same. */
export async function story(): Promise<Frame[]> {
  const clock = manualClock(beginning)
  const sandbox = await startSandbox({
    clock,
    objects: simulatedNodes(36),
    behaviour: {
      failures: [{ image: /:1\.5$/, failure: 'crash' }],
      pullSeconds: 1,
      startSeconds: 0.5,
      readySeconds: 1,
      terminationSeconds: 0.5,
      crashSeconds: 0.2,
    },
  })
  const folder = temporaryFolder()
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  const frames: Frame[] = []
  const run = async (line: string, stdin?: string) => {
    const { err, exit, out } = await kds(words(line).slice(1), {
      terminal: columns,
      now: clock.now(),
      env: { HOME: '/nonexistent', TERM: 'xterm-256color', KUBECONFIG: kubeconfig },
      ...(stdin === undefined ? {} : { stdin }),
    })
    if (exit !== 0) throw new Error(`${line}: ${err}`)
    return out
  }
  const show = (text: string, seconds: number) => frames.push({ text, seconds })
  /** What somebody types below the last map, and what comes of it. */
  const typed = async (line: string, seconds: number) => {
    const above = `${frames.at(-1)?.text.trimEnd()}\n\n`
    for (const share of [0.4, 0.8, 1])
      show(`${above}$ ${line.slice(0, Math.ceil(line.length * share))}`, share === 1 ? 0.8 : 0.3)
    show(`${above}$ ${line}\n${await run(line)}`, seconds)
  }
  const watched = 'kds map ds/agent -L zone'
  /** The map, again and again while the cluster goes on. */
  const watch = async (times: number, step: number, seconds: number) => {
    for (let at = 0; at < times; at++) {
      clock.advance(step)
      const text = `$ watch -n 1 --color ${watched}\n\n${await run(`${watched} --color=always`)}`
      const last = frames.at(-1)
      if (last?.text === text) frames[frames.length - 1] = { text, seconds: last.seconds + seconds }
      else show(text, seconds)
    }
  }
  try {
    await run('kds apply -f -', agent)
    clock.advance(60_000)
    await watch(1, 0, 1.6)
    await typed('kds set image ds/agent agent=example.com/agent:1.5', 1)
    await watch(6, 700, 0.5)
    await watch(1, 20_000, 3.5)
    await typed('kds rollout undo ds/agent -y', 1.8)
    await watch(6, 700, 0.5)
    await watch(1, 20_000, 2)
    return frames
  } finally {
    await sandbox.close()
  }
}
