// What following a roll-out of thousands of pods takes, on a pipe and as a live view, side by side in one roll-out.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kds, rollOut, sandbox } from './live.mjs'
import {
  env,
  median,
  missing,
  record,
  root,
  runtimes,
  timed,
  timesOf,
  told,
  wanted,
  work,
} from './measure.mjs'

const follow = ['rollout', 'status', 'ds/agent']
const quoted = (argv) => argv.map((word) => `'${word}'`).join(' ')

/** Runs until the roll-out is over; answers its times. */
function followed(argv, kubeconfig, file) {
  const all = timed([...argv, ...follow], '-o', file)
  // `script` gives it a terminal, which is read and thrown away.
  const [command, ...args] = file.endsWith('view')
    ? ['script', '-qefc', `stty cols 120 rows 40; ${quoted(all)}`, '/dev/null']
    : all
  const child = spawn(command, args, {
    cwd: root,
    env: { ...env, KUBECONFIG: kubeconfig, TERM: 'xterm-256color' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.resume()
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve(timesOf(readFileSync(file, 'utf8'))) : reject(new Error(`${file}: exit ${code}`)),
    )
  })
}

/** How long pods take to be ready, of how many roll-outs the median is told, and the shares of a core that following may take then. */
const paces = [
  { how: '', readyAfter: '3400ms', rounds: 3, most: { pipe: 1, view: 5 } },
  { how: ', in half the time', readyAfter: '1300ms', rounds: 1, most: {} },
]

export async function following() {
  const name = `following a roll-out of ${told(4208)} pods`
  if (!wanted(name)) return
  if (process.platform !== 'linux') return void missing.push(`${name}: it needs the script of util-linux`)
  for (const { how, ...pace } of paces) await followingAt(name + how, pace)
}

/** Waves of a tenth of the pods, each pod with six events, as a recorded control plane and its kubelets send them. */
async function followingAt(name, { readyAfter, rounds, most }) {
  const { end, kubeconfig } = sandbox(5260, '--ready-after', readyAfter, '--terminate-after', '500ms')
  const setImage = (tag) =>
    kds('set', 'image', 'ds/agent', `agent=registry.example.com/agent:${tag}`, '--kubeconfig', kubeconfig)
  const bothWays = (runtime) =>
    Promise.all(
      ['pipe', 'view'].map((how) => followed(runtime.argv, kubeconfig, join(work, `${runtime.key}.${how}`))),
    )
  try {
    rollOut(kubeconfig)
    for (const [at, runtime] of runtimes.entries()) {
      // The first call of all has its code compiled, here as elsewhere.
      await bothWays(runtime)
      const turns = []
      for (let round = 0; round < rounds; round++) {
        setImage(3 + at * rounds + round)
        turns.push(await bothWays(runtime))
      }
      for (const [way, what, share] of [
        [0, name, most.pipe],
        [1, `${name}, live view`, most.view],
      ]) {
        const of = (key) => median(turns.map((turn) => turn[way][key]))
        const taken = median(turns.map(({ [way]: { cpu, wall } }) => (100 * cpu) / wall))
        record({
          name: what,
          on: runtime.name,
          wall: of('wall'),
          cpu: of('cpu'),
          memory: of('memory'),
          ratio: `${taken.toFixed(1)} % of a core`,
          ...(share && { mostMemory: 80, budget: `${share} %`, met: taken <= share }),
        })
      }
    }
  } finally {
    end()
  }
}
