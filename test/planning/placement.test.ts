import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '#planning/api.ts'
import { decide, explain, PlacementError, plan } from '#planning/placement.ts'
import type { PlanList } from '#views/plan/plan-types.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'
import { kds } from '../helpers/run.ts'

const now = Date.UTC(2026, 10, 21, 12)

/** All objects of a file, Lists flattened. */
async function objectsOf(file: string): Promise<KubernetesObject[]> {
  const { documents } = await parseDocuments(new SourceText(file, readFileSync(file, 'utf8')))
  return documents.flatMap(({ value }) => {
    const object = value as { items?: KubernetesObject[] } & KubernetesObject
    return object?.items ?? (object ? [object] : [])
  })
}
const ofKind = (objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((one) => one.kind === kind)

/** The document of the command, without the places in files that the module knows nothing of. */
async function printed(...argv: string[]): Promise<PlanList> {
  const { out, err } = await kds(['plan', '-o', 'json', ...argv], { now })
  if (out === '') throw new Error(err)
  const list = JSON.parse(out) as PlanList
  const withoutPlace = ({ code, field, message }: PlanList['items'][number]['warnings'][number]) => ({
    code,
    message,
    ...(field === undefined ? {} : { field }),
  })
  return {
    ...list,
    items: list.items.map((item) => ({ ...item, warnings: item.warnings.map(withoutPlace) })),
  }
}
const asJson = (list: PlanList) => JSON.parse(JSON.stringify(list)) as PlanList

const cluster = await objectsOf('examples/cluster.yaml')
const snapshot = await objectsOf('examples/snapshot.yaml')
const nodes = ofKind(cluster, 'Node')
const agent = ofKind(await objectsOf('examples/log-agent.yaml'), 'DaemonSet')
const newer = ofKind(await objectsOf('examples/log-agent-v2.yaml'), 'DaemonSet')
const only = (list: readonly KubernetesObject[]) => list[0] ?? {}

describe('plan gives the document of the command', () => {
  it.each(['cni-agent', 'gpu-device-plugin', 'log-agent', 'nowhere', 'platform-tools', 'windows-exporter'])(
    'where %s may run',
    async (name) => {
      const file = `examples/${name}.yaml`
      const daemonSets = ofKind(await objectsOf(file), 'DaemonSet')
      const expected = await printed('-f', file, '--nodes', 'examples/cluster.yaml')
      expect(asJson(plan(daemonSets, nodes))).toEqual(expected)
    },
  )

  it.each(['log-agent', 'log-agent-v2', 'cni-agent', 'gpu-device-plugin', 'zone-cache'])(
    'what applying %s changes',
    async (name) => {
      const file = `examples/${name}.yaml`
      const beside = await objectsOf(file)
      const daemonSets = ofKind(beside, 'DaemonSet')
      const at = ['--snapshot', 'examples/snapshot.yaml', '--nodes', 'examples/cluster.yaml', '--force']
      const expected = await printed('-f', file, ...at)
      const found = plan(daemonSets, nodes, {
        cluster: snapshot,
        beside,
        now,
        force: true,
      })
      expect(asJson(found)).toEqual(expected)
      expect(found.items[0]?.summary.outcomes).toBeDefined()
    },
  )

  it('against an older manifest', async () => {
    const expected = await printed(
      ...['-f', 'examples/log-agent-v2.yaml', '--from', 'examples/log-agent.yaml'],
      ...['--nodes', 'examples/cluster.yaml'],
    )
    expect(asJson(plan(newer, nodes, { older: agent }))).toEqual(expected)
  })

  it('with what held, where it is asked for', async () => {
    const names = nodes.slice(0, 3).map((node) => (node.metadata as { name: string }).name)
    const flags = names.flatMap((name) => ['--node', name])
    const expected = await printed(
      '-f',
      'examples/log-agent.yaml',
      '--nodes',
      'examples/cluster.yaml',
      ...flags,
    )
    const [item] = asJson(plan(agent, nodes, { explain: true })).items
    expect(item?.nodes.slice(0, 3)).toEqual(expected.items[0]?.nodes)
  })
})

describe('one node', () => {
  it('is decided and explained as in the plan', () => {
    const [item] = plan(agent, nodes, { explain: true }).items
    for (const [at, node] of nodes.entries()) {
      const { shouldRun, shouldContinueRunning, reasons, passes } = item?.nodes[at] ?? expect.fail()
      expect(decide(only(agent), node)).toEqual({ shouldRun, shouldContinueRunning })
      expect(explain(only(agent), node)).toEqual({ shouldRun, shouldContinueRunning, reasons, passes })
    }
    expect(item?.nodes.some(({ shouldRun }) => !shouldRun)).toBe(true)
  })

  it('by the gate for comparisons', () => {
    const tolerations = [{ key: 'cost', operator: 'Lt', value: '5', effect: 'NoSchedule' }]
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      spec: { template: { spec: { tolerations } } },
    }
    const taints = [{ key: 'cost', value: '3', effect: 'NoSchedule' }]
    const node = { metadata: { name: 'a' }, spec: { taints } }
    expect(decide(daemonSet, node).shouldRun).toBe(false)
    expect(decide(daemonSet, node, { comparisonOperators: true }).shouldRun).toBe(true)
  })
})

const thrown = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof PlacementError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('what no plan can be made of', () => {
  const unknown = undefined as never
  it.each<[string, () => unknown, string, RegExp]>([
    ['no DaemonSet', () => plan(unknown, nodes), 'daemonSets is a value of type undefined', /apps\/v1/],
    ['another kind', () => plan(only(nodes), nodes), 'daemonSets is a Node of v1', /apps\/v1/],
    ['in a list', () => plan([...agent, only(nodes)], nodes), 'daemonSets[1] is a Node of v1', /apps\/v1/],
    [
      'a List for nodes',
      () => plan(agent, { kind: 'List', apiVersion: 'v1', items: [] } as never),
      'nodes is a List of v1',
      /its items/,
    ],
    [
      'a nameless node',
      () => plan(agent, [{ kind: 'Node' }]),
      'nodes[0] has no metadata.name',
      /kubectl get nodes/,
    ],
    [
      'another kind of node',
      () => plan(agent, agent),
      'nodes[0] is a DaemonSet of apps/v1',
      /kubectl get nodes/,
    ],
    [
      'null in the cluster',
      () => plan(agent, nodes, { cluster: [null as never], now }),
      'cluster[0] is null',
      /kind/,
    ],
    ['no moment', () => plan(agent, nodes, { cluster: snapshot }), 'now is not given', /moment/],
    [
      'both',
      () => plan(agent, nodes, { cluster: snapshot, older: agent, now }),
      'older and cluster are given',
      /compare/,
    ],
    ['decide', () => decide(only(nodes), only(nodes)), 'daemonSet is a Node of v1', /apps\/v1/],
    ['explain', () => explain(only(agent), unknown), 'node is a value of type undefined', /kubectl/],
  ])('%s', (_, work, message, hint) => {
    const error = thrown(work)
    expect([error.name, error.code, error.message]).toEqual(['PlacementError', 'bad-input', message])
    expect(error.hint).toMatch(hint)
  })

  it('what the API server would refuse, with every finding', async () => {
    const bad = ofKind(await objectsOf('examples/mistakes.yaml'), 'DaemonSet')
    const error = thrown(() => plan(bad, nodes))
    expect(error.code).toBe('refused')
    expect(error.message).toMatch(/^the API server would refuse DaemonSet \S+ for \d errors: /)
    expect(error.hint).toBe('fix it, or go on with { force: true }')
    expect(error.findings.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(1)
    const [item] = plan(bad, nodes, { force: true }).items
    const said = item?.warnings.map(({ message }) => message)
    expect(said).toEqual(expect.arrayContaining(error.findings.map(({ message }) => message)))
  })

  it('what it would refuse in view of the cluster', () => {
    const elsewhere = { ...only(agent), metadata: { name: 'a', namespace: 'nowhere' } }
    const error = thrown(() => plan(elsewhere, nodes, { cluster: snapshot, now }))
    expect([error.code, error.message]).toEqual([
      'refused',
      expect.stringContaining('namespaces "nowhere" not found'),
    ])
    expect(error.hint).toContain('with { force: true }')
  })

  it('several older manifests of other names', () => {
    const other = (name: string) => ({ ...only(agent), metadata: { name } })
    const error = thrown(() => plan(agent, nodes, { older: [other('a'), other('b')] }))
    expect([error.code, error.message]).toEqual([
      'no-older',
      expect.stringContaining('older has no DaemonSet'),
    ])
  })
})

it('the input stays as it was', () => {
  const freeze = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) freeze(part)
      Object.freeze(value)
    }
    return value
  }
  const input = freeze(structuredClone({ newer, snapshot }))
  const first = plan(input.newer, nodes, {
    cluster: input.snapshot,
    now,
    force: true,
  })
  const second = plan(input.newer, nodes, {
    cluster: input.snapshot,
    now,
    force: true,
  })
  expect(second).toEqual(first)
})
