// A DaemonSet on many simulated nodes: from `kubectl apply` until every pod is Ready, and what listing them takes.
//   node bench/sandbox.mjs [NODES]       5,000 unless said
// A real control plane with a fake kubelet took 27 s and 1.9 GB for 4,208 pods, and `kubectl get pods` of them 1.0 s.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const nodes = Number(process.argv[2] ?? 5000)
const folder = mkdtempSync(join(tmpdir(), 'kds-bench-'))
const bundle = join(folder, 'sandbox.mjs')
buildSync({
  entryPoints: [join(root, 'src/sandbox/sandbox.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
})
const { startSandbox } = await import(pathToFileURL(bundle).href)

const manifest = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'agent', image: 'agent:1' }] },
    },
  },
}
const file = join(folder, 'ds.json')
const kubeconfig = join(folder, 'config')
writeFileSync(file, JSON.stringify(manifest))

let peak = 0
const sampling = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 20)
const kubectl = (...args) =>
  new Promise((resolve, reject) => {
    execFile('kubectl', ['--kubeconfig', kubeconfig, ...args], { maxBuffer: 2 ** 30 }, (error, out) =>
      error ? reject(error) : resolve(out),
    )
  })
const rows = []
const measure = async (work, task) => {
  const start = performance.now()
  const cpu = process.cpuUsage()
  await task()
  const { user, system } = process.cpuUsage(cpu)
  rows.push({
    work,
    seconds: ((performance.now() - start) / 1000).toFixed(2),
    'own CPU seconds': ((user + system) / 1e6).toFixed(2),
    'peak MB': Math.round(peak / 1e6),
  })
}

let sandbox
await measure(`start with ${nodes} nodes`, async () => {
  sandbox = await startSandbox({ nodes })
})
writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
const status = () =>
  sandbox.control.store.get({ group: 'apps', plural: 'daemonsets' }, 'default', 'agent')?.status
const until = async (holds) => {
  while (!holds(status() ?? {})) await new Promise((resolve) => setTimeout(resolve, 5))
}
await measure('kubectl apply until all pods are Ready', async () => {
  await kubectl('apply', '-f', file)
  await until(({ numberReady }) => numberReady === nodes)
})
await measure('kubectl get pods', () => kubectl('get', 'pods'))
await measure('kubectl get pods -o wide', () => kubectl('get', 'pods', '-o', 'wide'))
await measure('kubectl get nodes', () => kubectl('get', 'nodes'))
await measure('an update of all, maxUnavailable 100%', async () => {
  const template = { spec: { containers: [{ name: 'agent', image: 'agent:2' }] } }
  const updateStrategy = { rollingUpdate: { maxUnavailable: '100%' } }
  await kubectl('patch', 'ds/agent', '-p', JSON.stringify({ spec: { updateStrategy, template } }))
  await until(
    ({ updatedNumberScheduled, numberReady }) => updatedNumberScheduled === nodes && numberReady === nodes,
  )
})
clearInterval(sampling)
await sandbox.close()
rmSync(folder, { recursive: true, force: true })
console.table(rows)
