// Commands beside kubectl: lists from a server that replays what a sandbox said, gzipped as a real server does; histories from a
// sandbox, over TLS.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bin, compare, dump, env, kubectl, many, root, told, values } from './measure.mjs'

const agent = 'bench/agent.yaml'

export const kds = (...args) =>
  spawnSync(process.execPath, [bin, ...args], { cwd: root, env, maxBuffer: 1 << 30 }).stdout.toString()

/** A sandbox with so many nodes of a dump: its kubeconfig, and what ends it. */
export function sandbox(nodes, ...more) {
  const began = kds('sandbox', 'start', '--from', dump('json', many(nodes)), '--detach', ...more)
  const [, kubeconfig] = /KUBECONFIG=(\S+)/.exec(began) ?? []
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(began) ?? []
  if (!port) throw new Error(`no sandbox was started: ${began}`)
  return { kubeconfig, end: () => kds('sandbox', 'stop', port) }
}

/** Gives the cluster the DaemonSet and waits for its pods. */
export function rollOut(kubeconfig) {
  kds('apply', '-f', agent, '--kubeconfig', kubeconfig)
  kds('rollout', 'status', 'ds/agent', '--kubeconfig', kubeconfig, '--timeout', '300s')
}

/** A script of this folder that stands between a client and a server: the kubeconfig it prints, and what ends it. */
async function between(script, ...args) {
  const child = spawn(process.execPath, [join(root, 'bench', script), ...args])
  const path = await new Promise((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text).trim())),
  )
  return { path, end: () => child.kill() }
}

const asKubectl =
  (...argv) =>
  () =>
    kubectl && { name: `kubectl ${argv.slice(0, 2).join(' ')}`, argv: ['kubectl', ...argv] }

const history = ['rollout', 'history', 'ds/agent']

async function withPods() {
  const { end, kubeconfig } = sandbox(5000, '--ready-after', '10ms')
  rollOut(kubeconfig)
  const [replayed, far] = [
    await between('replay.mjs', kubeconfig),
    await between('far.mjs', kubeconfig, '50'),
  ]
  try {
    for (const [where, KUBECONFIG, budget] of [
      ['local server', kubeconfig, { single: 0.8, node26: 1.9, node20: 2.4 }],
      ['50 ms round trip', far.path, { single: 0.6, node26: 0.75, node20: 0.75 }],
    ])
      compare({
        name: `rollout history, ${where}`,
        args: history,
        peer: asKubectl(...history),
        budget,
        environment: { KUBECONFIG },
      })
    compare({
      name: `plan live, ${told(5000)} nodes and ${told(4000)} pods`,
      args: ['plan', '-f', agent],
      peer: () =>
        kubectl && {
          name: 'kubectl get nodes, get pods',
          argv: ['sh', '-c', 'kubectl get nodes && kubectl get pods -A'],
        },
      budget: { single: 0.35, node26: 0.5, node20: 0.5 },
      most: 180,
      environment: { KUBECONFIG: replayed.path },
      runs: Math.min(5, Number(values.runs)),
    })
  } finally {
    replayed.end()
    far.end()
    end()
  }
}

/** A plan on clusters of a tenth and of three times as many nodes, without pods, beside that on one of 5,000. */
async function growth() {
  const sizes = [500, 5000, 15_000]
  const sandboxes = sizes.map((nodes) => sandbox(nodes))
  const servers = await Promise.all(sandboxes.map(({ kubeconfig }) => between('replay.mjs', kubeconfig)))
  const args = (at) => ['plan', '-f', agent, '--kubeconfig', servers[at].path]
  try {
    for (const [at, factor] of [
      [0, 0.6],
      [2, 3.3],
    ])
      compare({
        name: `growth: plan live, ${told(sizes[at])} nodes`,
        args: args(at),
        peer: ({ argv }) => ({ name: `${told(5000)} nodes`, argv: [...argv, ...args(1)] }),
        budget: { single: factor, node26: factor, node20: factor },
        runs: 5,
      })
  } finally {
    for (const one of [...servers, ...sandboxes]) one.end()
  }
}

export async function live() {
  await withPods()
  await growth()
}
