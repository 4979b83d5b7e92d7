// Times the decisions alone: read, parse, prepare, decide, as one process. `npm run bench` compares whole commands.
//   node bench/placement.mjs             5,000 nodes x 100 DaemonSets
// Inputs are the recorded ones in ../shared/vectors when present, else ones of the same make, generated.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const vectors = join(root, '../shared/vectors')
const recorded = existsSync(join(vectors, 'bench-ds-100.json'))
const folder = mkdtempSync(join(tmpdir(), 'kds-bench-'))

const worker = `
import { readFileSync } from 'node:fs'
import { decide, decideAll, explainAll, prepareDaemonSet, prepareNodes } from '#placement/placement.ts'
const start = performance.now()
const text = readFileSync(process.argv[2], 'utf8')
const read = performance.now()
const list = (value) => Array.isArray(value) ? value : value.items
const nodes = list(JSON.parse(text))
const daemonSets = list(JSON.parse(readFileSync(process.argv[3], 'utf8')))
const parsed = performance.now()
let run = 0
let stay = 0
const count = (decision) => {
  if (decision.shouldRun) run++
  if (decision.shouldContinueRunning) stay++
}
if (process.argv[4] === 'one-by-one') {
  for (const daemonSet of daemonSets) {
    const prepared = prepareDaemonSet(daemonSet)
    for (const node of nodes) count(decide(prepared, node))
  }
} else {
  for (const decisions of decideAll(daemonSets.map((one) => prepareDaemonSet(one)), nodes)) decisions.forEach(count)
}
const decided = performance.now()
const result = { nodes: nodes.length, daemonSets: daemonSets.length, shouldRun: run, shouldContinueRunning: stay,
  readMs: read - start, parseMs: parsed - read, decideMs: decided - parsed }
if (process.argv[4] === 'explain') {
  const table = prepareNodes(nodes)
  for (const daemonSet of daemonSets) explainAll(prepareDaemonSet(daemonSet), table)
  result.explainMs = performance.now() - decided
}
console.log(JSON.stringify(result))
`

/** A node list and DaemonSets of about the recorded ones' size and variety, without randomness. */
function generate() {
  const pick = (list, i) => list[i % list.length]
  const nodes = Array.from({ length: 5000 }, (_, i) => ({
    metadata: {
      name: `node-${i}`,
      labels: {
        'kubernetes.io/hostname': `node-${i}`,
        'kubernetes.io/os': i % 50 === 0 ? 'windows' : 'linux',
        'kubernetes.io/arch': pick(['amd64', 'arm64'], i),
        'topology.kubernetes.io/zone': pick(['a', 'b', 'c'], i),
        pool: pick(['general', 'spot', 'gpu', 'ingest', 'system'], i),
        cores: String(2 ** (i % 7)),
        ...Object.fromEntries(
          Array.from({ length: 12 }, (_, j) => [`example.com/label-${j}`, `${i % (j + 2)}`]),
        ),
      },
      annotations: { note: 'x'.repeat(2500) },
    },
    spec: {
      taints: [
        ...(i % 5 === 2 ? [{ key: 'gpu', value: 'true', effect: 'NoSchedule' }] : []),
        ...(i % 40 === 3 ? [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] : []),
        ...(i % 11 === 4 ? [{ key: 'spot', effect: 'NoExecute' }] : []),
      ],
    },
  }))
  const daemonSets = Array.from({ length: 100 }, (_, i) => {
    const term = [
      { key: 'pool', operator: pick(['In', 'NotIn'], i), values: ['general', pick(['spot', 'gpu'], i)] },
      { key: 'cores', operator: 'Gt', values: [String(i % 9)] },
    ]
    const required = { nodeSelectorTerms: [{ matchExpressions: term }] }
    const spec = {
      ...(i % 2 === 0 ? { nodeSelector: { 'kubernetes.io/os': 'linux' } } : {}),
      ...(i % 3 === 0
        ? { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }
        : {}),
      ...(i % 4 === 0 ? { tolerations: [{ key: 'gpu', operator: 'Exists' }] } : {}),
    }
    return { metadata: { name: `ds-${i}` }, spec: { template: { spec } } }
  })
  return { nodes: JSON.stringify(nodes), daemonSets: JSON.stringify(daemonSets) }
}

try {
  const inputs = recorded
    ? {
        nodes: gunzipSync(readFileSync(join(vectors, 'bench-nodes-5000.json.gz'))),
        daemonSets: readFileSync(join(vectors, 'bench-ds-100.json')),
      }
    : generate()
  const [nodesFile, daemonSetsFile] = [join(folder, 'nodes.json'), join(folder, 'ds.json')]
  writeFileSync(nodesFile, inputs.nodes)
  writeFileSync(daemonSetsFile, inputs.daemonSets)
  const bundle = join(folder, 'worker.mjs')
  buildSync({
    stdin: { contents: worker, resolveDir: root, loader: 'ts' },
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  })
  console.log(`inputs: ${recorded ? vectors : 'generated'}; node ${process.version}`)
  const start = (...mode) =>
    JSON.parse(
      execFileSync(process.execPath, [bundle, nodesFile, daemonSetsFile, ...mode], { encoding: 'utf8' }),
    )
  console.log('run  whole process  read  parse  decide  (decide one by one)  (explain all)  [ms]')
  for (let i = 1; i <= 5; i++) {
    const began = performance.now()
    const result = start()
    const whole = performance.now() - began
    const { decideMs: oneByOneMs } = start('one-by-one')
    const { explainMs } = start('explain')
    const cells = [whole, result.readMs, result.parseMs, result.decideMs, oneByOneMs, explainMs]
    console.log([i, ...cells.map((ms) => ms.toFixed(0))].join('  '))
    if (i === 5) {
      const { nodes, daemonSets, shouldRun, shouldContinueRunning } = result
      console.log(
        `${nodes} nodes x ${daemonSets} DaemonSets: shouldRun ${shouldRun}, shouldContinueRunning ${shouldContinueRunning}`,
      )
      if (recorded && (shouldRun !== 247554 || shouldContinueRunning !== 285602)) {
        console.log('WRONG: expected 247554 and 285602')
        process.exitCode = 1
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
