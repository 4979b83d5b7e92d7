// The decisions alone, beside nothing: a DaemonSet made ready once, nodes as they come, 5,000 x 100 and ten times as many.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { bundled } from './bundled.mjs'
import { many, median, missing, record, runtimes, told, wanted, work } from './measure.mjs'

const worker = `
import { daemonSet, node } from './bench/objects.mjs'
import { decideAll, prepareDaemonSet } from '#placement/placement.ts'
const nodes = Array.from({ length: Number(process.argv[2]) }, (_, i) => node(i, true))
const daemonSets = Array.from({ length: 100 }, (_, i) => daemonSet(i)[0])
const start = performance.now()
const cpu = process.cpuUsage()
let runs = 0
for (const decisions of daemonSets.map((one) => decideAll(prepareDaemonSet(one), nodes)))
  for (let at = 0; at < decisions.length; at++) if (decisions.at(at).shouldRun) runs++
const used = process.cpuUsage(cpu)
const memory = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ runs, wall: performance.now() - start, cpu: (used.user + used.system) / 1000, memory }))
`

export function decisions() {
  const name = `${told(500_000)} decisions, prepared`
  if (!wanted(name)) return
  const file = bundled(worker, join(work, 'decide.mjs'))
  for (const { name: on, node } of runtimes.filter((one) => one.node)) {
    const run = (count) => JSON.parse(execFileSync(node, [file, String(many(count))]).toString())
    const turns = Array.from({ length: 5 }, () => ({ few: run(5000), lots: run(50_000) }))
    const of = (side, what) => median(turns.map((turn) => turn[side][what]))
    const measured = (side) => ({
      on,
      wall: of(side, 'wall'),
      cpu: of(side, 'cpu'),
      memory: of(side, 'memory'),
    })
    record({ name, ...measured('few') })
    const ratio = median(turns.map(({ few, lots }) => lots.wall / few.wall))
    record({
      name: `${told(5_000_000)} decisions, prepared`,
      ...measured('lots'),
      beside: `${told(500_000)}: ${of('few', 'wall').toFixed(0)} ms`,
      ratio: `${ratio.toFixed(1)} x`,
      budget: '10 x',
      met: ratio <= 10,
    })
  }
  missing.push('decisions: a good Go program took 0.31 to 0.47 s for 500,000, on another machine')
  missing.push('decisions on the single file: it runs kds alone, no script')
}
