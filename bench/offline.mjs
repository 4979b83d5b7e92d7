// Commands that ask no cluster: how fast they start, and how long dumps take.
import { readFileSync, statSync } from 'node:fs'
import { compare, dump, kubectl, manifests, many, newestNode, other, told, values } from './measure.mjs'
import { daemonSet, node } from './objects.mjs'

const nothing = ({ node }) =>
  node
    ? { name: 'node -e 0', argv: [node, '-e', '0'] }
    : kubectl && { name: 'kubectl version', argv: ['kubectl', 'version', '--client'] }
const script =
  (name, text) =>
  ({ node }) => ({ name, argv: [node ?? newestNode, '-e', text] })
const parsed = (path) => script('JSON.parse', `JSON.parse(require('fs').readFileSync('${path}','utf8'))`)

export function starts() {
  compare({
    name: '--version',
    args: ['--version'],
    peer: nothing,
    budget: { single: 0.4, node26: '15', node20: '15' },
  })
  compare({
    name: 'completion call, no cluster',
    args: ['__complete', 'rollout', 'undo', '--'],
    peer: nothing,
    budget: { single: 0.4, node26: '15', node20: '15' },
  })
  compare({
    name: 'plan of a file, 40 nodes',
    args: ['plan', '-f', 'examples/log-agent.yaml', '--nodes', 'examples/cluster.yaml'],
    peer: nothing,
    budget: { single: 1.2, node26: '60', node20: '80' },
  })
}

const planOf = (nodes) => ['plan', '-f', 'examples/log-agent.yaml', '--nodes', nodes]
const megabytes = (path) => Math.round(statSync(path).size / 1e6)

/** Dumps of 5,000 nodes as JSON and YAML, and of a tenth and three times as many. */
export function dumps() {
  for (const format of ['json', 'yaml']) {
    const path = dump(format, many(5000))
    const inYaml = `require('js-yaml').load(require('fs').readFileSync('${path}','utf8'))`
    const parser = format === 'json' ? parsed(path) : script('js-yaml', inYaml)
    compare({
      name: `plan from a dump of ${told(5000)} nodes, ${megabytes(path)} MB of ${format.toUpperCase()}`,
      args: planOf(path),
      peer: values.base ? other(planOf(path)) : parser,
      budget: values.base ? { single: 1, node26: 1, node20: 1 } : {},
      most: 3 * megabytes(path),
      runs: 5,
    })
  }
  for (const more of [[], ['--daemon-sets', '20', '--pods', '5']]) {
    const path = dump('yaml', many(5000), ...more)
    compare({
      name: `plan from a dump of ${told(5000)} nodes${more.length > 0 ? ' with pods' : ''}, ${megabytes(path)} MB of YAML by a pipe`,
      args: planOf('-'),
      input: readFileSync(path),
      peer: ({ argv }) => ({ name: 'as a file', argv: [...argv, ...planOf(path)] }),
      most: 3 * megabytes(path),
      runs: 3,
    })
  }
  for (const [count, factor] of [
    [500, 0.6],
    [15_000, 3.3],
  ])
    compare({
      name: `growth: plan from a dump of ${told(count)} nodes`,
      args: planOf(dump('json', many(count))),
      peer: ({ argv }) => ({
        name: `${told(5000)} nodes`,
        argv: [...argv, ...planOf(dump('json', many(5000)))],
      }),
      budget: { single: factor, node26: factor, node20: factor },
      runs: 5,
    })
}

/** Nodes with pods, and many DaemonSets. */
export function large() {
  const whole = dump('json', many(15_000), '--daemon-sets', '6', '--pods', '6', '--lean', '--compact')
  compare({
    name: `plan of ${told(15_000)} nodes with ${told(60_000)} pods, ${megabytes(whole)} MB`,
    args: ['plan', 'ds/agent-000', '-n', 'agents', '--snapshot', whole],
    peer: parsed(whole),
    runs: 3,
  })
  const sized = (count) =>
    dump('json', many(count), '--daemon-sets', '20', '--pods', '5', '--lean', '--compact')
  const commands = [
    ['plan', '-f', manifests(daemonSet, 20)],
    ['what-if', '--taint', 'pool=spot=dedicated=batch:NoExecute'],
    ['get', '-A'],
    ['overhead'],
  ]
  for (const words of commands) {
    const args = (count) => [...words, '--snapshot', sized(count)]
    compare({
      name: `growth: ${words[0]} of 20 DaemonSets on ${told(5000)} nodes with pods`,
      args: args(5000),
      peer: ({ argv }) => ({ name: `${told(500)} nodes`, argv: [...argv, ...args(500)] }),
      budget: { single: 11, node26: 11, node20: 11 },
      runs: 3,
    })
  }
  compare({
    name: `pods -A of 20 DaemonSets on ${told(5000)} nodes`,
    args: ['pods', '-A', '--snapshot', sized(5000)],
    peer: ({ argv }) => ({ name: 'get -A', argv: [...argv, 'get', '-A', '--snapshot', sized(5000)] }),
    budget: { single: 2, node26: 2, node20: 2 },
    runs: 3,
  })
  const nodes = dump('json', many(50_000), '--lean')
  compare({
    name: `plan of 100 DaemonSets on ${told(50_000)} nodes`,
    args: ['plan', '-f', manifests(daemonSet, 100), '--nodes', nodes],
    peer: ({ argv }) => ({ name: 'of one', argv: [...argv, ...planOf(nodes)] }),
    budget: { single: 1.5, node26: 1.5, node20: 1.5 },
    runs: 3,
  })
  const usual = ['plan', '-f', manifests(daemonSet, 100), '--nodes', nodes]
  compare({
    name: `plan of 100 DaemonSets for a hostname each on ${told(50_000)} nodes`,
    args: ['plan', '-f', manifests(onOneHost, 100, '-on-hosts'), '--nodes', nodes],
    peer: ({ argv }) => ({ name: 'for zones, pools and the like', argv: [...argv, ...usual] }),
    budget: { single: 1.5, node26: 1.5, node20: 1.5 },
    runs: 3,
  })
}

/** The DaemonSet of this number, for a node alone, which its hostname tells. */
function onOneHost(i) {
  const [{ spec, ...one }] = daemonSet(i)
  const { affinity: _, ...pod } = spec.template.spec
  const { 'kubernetes.io/hostname': host } = node(i, true).metadata.labels
  const template = { ...spec.template, spec: { ...pod, nodeSelector: { 'kubernetes.io/hostname': host } } }
  return [{ ...one, spec: { ...spec, template } }]
}
