// What following a roll-out of thousands of pods takes, on a pipe and as a live view, side by side in one roll-out.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kds, rollOut, sandbox } from './live.mjs'
import { env, missing, record, root, runtimes, timed, timesOf, told, wanted, work } from './measure.mjs'

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

/** How long pods take to be ready, and the shares of a core that following may take then. */
const paces = [
  { how: '', readyAfter: '3400ms', most: { pipe: 1, view: 5 } },
  { how: ', in half the time', readyAfter: '1300ms', most: {} },
]

export async function following() {
  const name = `following a roll-out of ${told(4208)} pods`
  if (!wanted(name)) return
  if (process.platform !== 'linux') return void missing.push(`${name}: it needs the script of util-linux`)
  for (const { how, readyAfter, most } of paces) await followingAt(name + how, readyAfter, most)
}

/** Waves of a tenth of the pods, each pod with six events, as a recorded control plane and its kubelets send them. */
async function followingAt(name, readyAfter, most) {
  const { end, kubeconfig } = sandbox(5260, '--ready-after', readyAfter, '--terminate-after', '500ms')
  const setImage = (tag) =>
    kds('set', 'image', 'ds/agent', `agent=registry.example.com/agent:${tag}`, '--kubeconfig', kubeconfig)
  try {
    rollOut(kubeconfig)
    for (const [at, runtime] of runtimes.entries()) {
      setImage(3 + at)
      const followers = ['pipe', 'view'].map((how) =>
        followed(runtime.argv, kubeconfig, join(work, `${runtime.key}.${how}`)),
      )
      const [pipe, view] = await Promise.all(followers)
      for (const [what, times, share] of [
        [name, pipe, most.pipe],
        [`${name}, live view`, view, most.view],
      ]) {
        const taken = (100 * times.cpu) / times.wall
        record({
          name: what,
          on: runtime.name,
          ...times,
          ratio: `${taken.toFixed(1)} % of a core`,
          ...(share && { mostMemory: 80, budget: `${share} %`, met: taken <= share }),
        })
      }
    }
  } finally {
    end()
  }
}
