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

export async function following() {
  const name = `following a roll-out of ${told(4000)} pods`
  if (!wanted(name)) return
  if (process.platform !== 'linux') return void missing.push(`${name}: it needs the script of util-linux`)
  const { end, kubeconfig } = sandbox(5000, '--ready-after', '2s')
  try {
    kds('apply', '-f', 'bench/agent.yaml', '--kubeconfig', kubeconfig)
    rollOut(kubeconfig)
    for (const [at, runtime] of runtimes.entries()) {
      kds(
        'set',
        'image',
        'ds/agent',
        `agent=registry.example.com/agent:${3 + at}`,
        '--kubeconfig',
        kubeconfig,
      )
      const file = (how) => join(work, `${runtime.key}.${how}`)
      const [pipe, view] = await Promise.all(
        ['pipe', 'view'].map((how) => followed(runtime.argv, kubeconfig, file(how))),
      )
      for (const [how, times, most] of [
        ['', pipe, 1],
        [', live view', view, 5],
      ]) {
        const share = (100 * times.cpu) / times.wall
        record({
          name: name + how,
          on: runtime.name,
          ...times,
          mostMemory: 80,
          ratio: `${share.toFixed(1)} % of a core`,
          budget: `${most} %`,
          met: share <= most,
        })
      }
    }
  } finally {
    end()
  }
}
