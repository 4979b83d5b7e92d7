/** A release that crashes, as somebody sees it who rolls it out in waves: noticed on the canary, and taken back. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '#commands/call.ts'
import { randomNames } from '#sandbox/names.ts'
import { startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { outsideOf, stdinOf } from '../calls/pretended.ts'
import { type ManualClock, manualClock } from '../manual-clock.ts'
import { words } from '../run.ts'
import { sleepingClock } from '../sandbox-cluster.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Frame } from './svg.ts'

const beginning = Date.UTC(2026, 10, 21, 12)
export const castColumns = 102
const mapRows = 10

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

const watched = 'kds map ds/agent -L zone'
const rollOut = 'kds rollout waves ds/agent --set-image agent=example.com/agent:1.5 --canary 1 --bake 10m'

const esc = String.fromCharCode(27)
/** Line ends, moves and erasures, updates that begin or end, and a line with its colours. */
const tokens = new RegExp(
  `${esc}\\[\\?2026[hl]|${esc}\\[(\\d*)[AJK]|\\r?\\n|\\r|(?:[^${esc}\\r\\n]|${esc}\\[[\\d;]*m)+`,
  'g',
)
const nothing = new RegExp(`^(?:\\r|${esc}\\[(?:\\?2026.|\\d*K))$`)

/** The lines of a terminal with their colours, as far as the live view moves between them. */
class Lines {
  readonly #rows: string[] = ['']
  #row = 0

  get text(): string {
    return this.#rows.join('\n').trimEnd()
  }

  write(text: string): void {
    for (const [token, count] of text.matchAll(tokens))
      if (token.endsWith('\n')) this.#rows[++this.#row] ??= ''
      else if (token.endsWith('A')) this.#row = Math.max(0, this.#row - Number(count || 1))
      else if (token.endsWith('J')) this.#rows.splice(this.#row, Number.POSITIVE_INFINITY, '')
      else if (!nothing.test(token)) this.#rows[this.#row] = token
  }
}

/** kds on a clock that is moved by hand. */
class Terminal {
  readonly lines = new Lines()
  readonly over: Promise<number>
  done = false

  constructor(line: string, kubeconfig: string, clock: ManualClock, stdin?: string) {
    const pretended = {
      terminal: { columns: castColumns, rows: 24 },
      stdin: stdinOf(stdin, stdin === undefined),
      env: { HOME: '/nonexistent', TERM: 'xterm-256color', KUBECONFIG: kubeconfig },
      cwd: process.cwd(),
      time: { at: 0 },
    }
    const { sleep, now } = sleepingClock(clock)
    const signal = new AbortController().signal
    const write = (_: string, text: string) => this.lines.write(text)
    const outside = { ...outsideOf(pretended, { write, sleep, signal }), clock: { now, sleep } }
    this.over = call(words(line).slice(1), outside).finally(() => {
      this.done = true
    })
  }
}

function likeRandom(): () => number {
  let seed = 1
  return () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
}

/** The frames: kds against a sandbox whose clock is moved by hand, so that each run sees the same. */
export async function story(): Promise<Frame[]> {
  const clock = manualClock(beginning)
  const sandbox = await startSandbox({
    clock,
    objects: simulatedNodes(36),
    names: randomNames(likeRandom()),
    behaviour: {
      failures: [{ image: /:1\.5$/, failure: 'crash' }],
      pullSeconds: 1,
      startSeconds: 0.5,
      readySeconds: 1,
      terminationSeconds: 0.7,
      crashSeconds: 0.8,
    },
  })
  const folder = temporaryFolder()
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  const frames: Frame[] = []
  const run = async (line: string, stdin?: string) => {
    const { lines, over } = new Terminal(line, kubeconfig, clock, stdin)
    if ((await over) !== 0) throw new Error(`${line}: ${lines.text}`)
    return lines.text
  }
  const picture = async (below: string) => {
    const map = (await run(watched)).split('\n')
    while (map.length < mapRows) map.push('')
    // Which of the random names it gets depends on how many Events were made before.
    const named = below.replace(/agent-\w{5} on /g, 'agent-2np5r on ')
    return [`$ watch -n 1 --color ${watched}`, '', ...map, '─'.repeat(castColumns), named].join('\n')
  }
  const show = (text: string, seconds: number) => {
    const last = frames.at(-1)
    if (last?.text === text) frames[frames.length - 1] = { text, seconds: last.seconds + seconds }
    else frames.push({ text, seconds })
  }
  /** Lets all happen that needs no time: the map asks on connections of its own, and what was under way is done before it is. */
  const atRest = async (below: () => string) => {
    let text = ''
    for (let same = 0; same < 2; ) {
      const next = await picture(below())
      same = next === text ? same + 1 : 0
      text = next
    }
    return text
  }
  try {
    await run('kds apply -f - -y', agent)
    clock.advance(60_000)
    const first = await picture('$')
    show(first, 1.5)
    for (const share of [0.25, 0.5, 0.75, 1])
      show(`${first} ${rollOut.slice(0, Math.ceil(rollOut.length * share))}`, share === 1 ? 0.8 : 0.3)
    // Loads what the roll-out needs: that is no part of the picture.
    await run(`${rollOut} --dry-run`)
    const waves = new Terminal(rollOut, kubeconfig, clock)
    const below = () => `$ ${rollOut}\n${waves.lines.text}`
    while (!waves.done) {
      show(await atRest(below), 0.7)
      clock.advance(500)
    }
    clock.advance(20_000)
    show(await atRest(below), 4)
    return frames
  } finally {
    await sandbox.close()
  }
}
