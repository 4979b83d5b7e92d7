// Whole-process times of kds beside named peers, in turns (A B A B …), as the median ratio of one run.
//   npm run bench [-- --runs 7] [--only plan] [--node /path/to/node]
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const work = join(root, '.bench')
const kds = join(root, 'bin/kds.js')
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    node: { type: 'string', default: process.execPath },
  },
})

/** Wall milliseconds and peak memory (MB) of one whole process. */
function measure(argv) {
  const start = process.hrtime.bigint()
  const child = spawnSync('/usr/bin/env', ['time', '-f', '%M', ...argv], { maxBuffer: 1 << 30, cwd: root })
  const wall = Number(process.hrtime.bigint() - start) / 1e6
  const lines = child.stderr.toString().trim().split('\n')
  if (child.status !== 0) throw new Error(`${argv.join(' ')}: exit ${child.status}\n${lines.join('\n')}`)
  return { wall, memory: Number(lines.at(-1)) / 1024 }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

/** `budget` is a factor on the peer, or milliseconds on top of it. */
function compare({ work: name, ours, peer, peerName, factor = 1, plus = 0 }) {
  if (values.only && !name.includes(values.only)) return
  const runs = Array.from({ length: Number(values.runs) + 1 }, () => ({
    a: measure(ours),
    b: measure(peer),
  })).slice(1)
  const a = median(runs.map((run) => run.a.wall))
  const b = median(runs.map((run) => run.b.wall))
  const over = median(runs.map((run) => run.a.wall - run.b.wall))
  const ratio = median(runs.map((run) => run.a.wall / run.b.wall))
  const memory = median(runs.map((run) => run.a.memory))
  const met = plus > 0 ? over <= plus : ratio <= factor
  const figure =
    plus > 0 ? `+${over.toFixed(0)} ms (budget +${plus} ms)` : `${ratio.toFixed(2)} x (budget ${factor} x)`
  console.log(
    `${name.padEnd(34)} ${a.toFixed(0).padStart(6)} ms  ${peerName.padEnd(16)} ${b.toFixed(0).padStart(6)} ms  ` +
      `${figure.padEnd(26)} ${memory.toFixed(0).padStart(4)} MB  ${met ? 'met' : 'MISSED'}`,
  )
}

mkdirSync(work, { recursive: true })

/** The path of a dump of 5,000 nodes, made on the first run. */
function dump(format) {
  const path = join(work, `nodes-5000.${format}`)
  if (existsSync(path)) return path
  const out = openSync(path, 'w')
  spawnSync(process.execPath, [join(root, 'bench/make-dump.mjs'), format, '5000'], {
    stdio: ['ignore', out, 'inherit'],
  })
  closeSync(out)
  return path
}

const json = dump('json')
const yaml = dump('yaml')

const node = values.node
const nothing = [node, '-e', '0']
const plan = (...nodes) => [node, kds, 'plan', '-f', 'examples/log-agent.yaml', '--nodes', ...nodes]
console.log(
  `node ${spawnSync(node, ['--version']).stdout.toString().trim()}, median of ${values.runs} runs\n`,
)
compare({
  work: 'kds --version',
  ours: [node, kds, '--version'],
  peer: nothing,
  peerName: 'node -e 0',
  plus: 25,
})
compare({
  work: 'completion call, no cluster',
  ours: [node, kds, '__complete', 'rollout', 'undo', '--'],
  peer: nothing,
  peerName: 'node -e 0',
  plus: 25,
})
compare({
  work: 'plan, 12 nodes',
  ours: plan('test/fixtures/nodes-12.yaml'),
  peer: nothing,
  peerName: 'node -e 0',
  plus: 60,
})
compare({
  work: 'plan, 5,000 nodes, JSON dump',
  ours: plan(json),
  peer: [node, '-e', `JSON.parse(require('fs').readFileSync(${JSON.stringify(json)}, 'utf8'))`],
  peerName: 'JSON.parse',
  factor: 1.3,
})
compare({
  work: 'plan, 5,000 nodes, YAML dump',
  ours: plan(yaml),
  peer: [node, '-e', `require('js-yaml').load(require('fs').readFileSync(${JSON.stringify(yaml)}, 'utf8'))`],
  peerName: 'js-yaml',
  factor: 1.3,
})
