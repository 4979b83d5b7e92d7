// CPU time and peak memory of simulated roll-outs, and of one step of the controller model, each in a process of its own.
//   node bench/simulate.mjs [NODES]        default 5000; the budget is 1 s of CPU and 200 MB for 5,000 nodes at 10%

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundled } from './bundled.mjs'

const count = process.argv[2] ?? '5000'
const folder = mkdtempSync(join(tmpdir(), 'kds-bench-'))

const worker = `
import { podToCreate } from '#controller/new-pod.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import { step } from '#controller/step.ts'
import { stepMemory } from '#controller/step-memory.ts'

const [count, what, given] = process.argv.slice(2)
const amount = given.endsWith('%') ? given : Number(given)
const now = Date.parse('2026-01-01T12:00:00Z')
const since = '2026-01-01T00:00:00Z'
const ready = [{ type: 'Ready', status: 'True', lastTransitionTime: since }]
const nodes = Array.from({ length: Number(count) }, (_, index) => ({
  metadata: { name: 'node-' + index, labels: { 'kubernetes.io/os': 'linux', zone: 'abc'[index % 3] } },
  spec: index % 50 === 0 ? { taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] } : {},
  status: { conditions: ready, allocatable: { cpu: '15890m', memory: '62Gi', pods: '110' } },
}))
const daemonSet = (image, rollingUpdate) => ({
  metadata: { name: 'agent', namespace: 'n', uid: 'ds', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        containers: [{ name: 'c', image, resources: { requests: { cpu: '100m', memory: '200Mi' } } }],
      },
    },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate },
  },
})
const current = daemonSet('i:1', { maxUnavailable: 1 })
const pods = nodes.map((node) => {
  const pod = podToCreate(current, node.metadata.name, 'old')
  const metadata = { ...pod.metadata, name: 'agent-' + node.metadata.name, creationTimestamp: since }
  const status = { phase: 'Running', conditions: ready }
  return { ...pod, metadata, spec: { ...pod.spec, nodeName: node.metadata.name }, status }
})

const next = daemonSet('i:2', what.startsWith('surge') ? { maxUnavailable: 0, maxSurge: amount } : { maxUnavailable: amount })
const cpu = process.cpuUsage()
let said
if (what === 'step') {
  const memory = stepMemory()
  const input = { daemonSet: next, revisions: [], nodes, now, memory }
  step({ ...input, pods })
  const times = []
  for (let turn = 0; turn < 200; turn++) {
    pods[turn] = { ...pods[turn] }
    const start = performance.now()
    step({ ...input, pods })
    times.push(performance.now() - start)
  }
  said = 'a step with one changed pod: ' + times.sort((a, b) => a - b)[100].toFixed(2) + ' ms (median of 200)'
} else {
  const state = what.endsWith('snapshot') ? { pods, current } : {}
  const { waves, totalSeconds, end } = simulate({ daemonSet: next, nodes, now, ...state })
  said = waves.length + ' waves, ' + totalSeconds + ' s, ' + end.state
}
const used = process.cpuUsage(cpu)
console.log(JSON.stringify({ cpu: (used.user + used.system) / 1000, memory: process.resourceUsage().maxRSS / 1024, said }))
`

try {
  const file = bundled(worker, join(folder, 'simulate.mjs'))
  console.log(`node ${process.version}, ${count} nodes\n`)
  for (const [name, what, amount] of [
    ['maxUnavailable 10%, nodes only', 'nodes', '10%'],
    ['maxUnavailable 10%, from pods', 'snapshot', '10%'],
    ['maxUnavailable 1, from pods', 'snapshot', 1],
    ['maxSurge 10%, from pods', 'surge-snapshot', '10%'],
    ['maxSurge 1, from pods', 'surge-snapshot', 1],
    ['one step', 'step', '10%'],
  ]) {
    const scaled = String(amount)
    const { cpu, memory, said } = JSON.parse(
      execFileSync(process.execPath, [file, count, what, scaled]).toString(),
    )
    console.log(
      `${name.padEnd(32)} ${cpu.toFixed(0).padStart(6)} ms CPU  ${memory.toFixed(0).padStart(5)} MB  ${said}`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
