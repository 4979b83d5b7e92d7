import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { printed, updating } from '../../helpers/golden.ts'
import { kds } from '../../helpers/run.ts'
import { daemonSet, workspace } from '../../helpers/workspace.ts'

const poolOf = (at: number) => (at % 17 === 3 ? 'gpu' : at % 5 === 1 ? 'spot' : 'general')

/** Nodes of three zones and pools; those with a GPU are tainted, every 29th is a Windows machine. */
const nodes = (count: number) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: Array.from({ length: count }, (_, at) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `node-${String(at).padStart(4, '0')}`,
        labels: {
          pool: poolOf(at),
          os: at % 29 === 7 ? 'windows' : 'linux',
          'topology.kubernetes.io/zone': `eu-${1 + (at % 3)}`,
        },
      },
      spec: poolOf(at) === 'gpu' ? { taints: [{ key: 'gpu', value: 'present', effect: 'NoSchedule' }] } : {},
    })),
  })

const sizes = [12, 1000, 5000]
const agent = daemonSet('agent').replace('spec: {containers', 'spec: {nodeSelector: {os: linux}, containers')
const cwd = workspace({
  'agent.yaml': agent,
  ...Object.fromEntries(sizes.map((size) => [`nodes-${size}.json`, nodes(size)])),
})
const map = (size: number, ...flags: string[]) => [
  ...['map', '-f', 'agent.yaml', '--nodes', `nodes-${size}.json`],
  ...flags,
]

/* test/golden/map/NODES.WIDTH.txt and, with colours, NODES.WIDTH.colour.txt. UPDATE_GOLDEN=1 rewrites them. */
describe.each(sizes)('a map of %i nodes', (size) => {
  it.each([80, 160])('in %i columns, without and with colour', async (width) => {
    for (const [name, colour] of [
      ['', 'never'],
      ['.colour', 'always'],
    ] as const) {
      const options = { cwd, env: {}, terminal: width }
      const actual = printed(await kds(map(size, `--color=${colour}`), options))
      const golden = `test/golden/map/${size}.${width}${name}.txt`
      if (updating) writeFileSync(golden, `${actual}\n`)
      expect(`${actual}\n`).toBe(readFileSync(golden, 'utf8'))
    }
  })

  it('fits a screen, and its first line is the answer of the plan', async () => {
    const { out } = await kds(map(size, '-L', 'zone'), { cwd })
    const lines = out.split('\n')
    const plan = await kds(['plan', ...map(size).slice(1)], { cwd })
    expect(lines[0]).toBe(plan.out.split('\n')[0])
    expect(lines.length).toBeLessThanOrEqual(30)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})

/** How often each letter stands in the cells of a map. */
const letters = (out: string) => {
  const cells = [...out.matchAll(/^zone \S+ +\d+ +(.*)$/gm)].map(([, row = '']) => row).join('')
  return [...'#o.'].map((letter) => cells.split(letter).length - 1)
}

describe('the cells of a map', () => {
  it('are one for each node where there is room', async () => {
    const { out } = await kds(map(12, '-L', 'zone'), { cwd })
    expect(letters(out)).toEqual([10, 1, 1])
  })

  it('keep one forevery kind of a group, however many nodes a cell stands for', async () => {
    const { out } = await kds(map(5000, '-L', 'pool,zone'), { cwd })
    expect(out).toContain('a cell stands for up to 50 nodes')
    expect(out).toMatch(/^gpu eu-1 +98 +oo\.\n +keeps its old pod only 95, not targeted 3$/m)
  })

  it('have a group for nodes without the label', async () => {
    const { out } = await kds(map(12, '-L', 'rack'), { cwd })
    expect(out).toContain('rack <none>  12  ')
  })

  it('are grouped alike by plan --map, whose document map prints, too', async () => {
    const [drawn, flagged] = await Promise.all([
      kds(map(12, '-L', 'zone'), { cwd }),
      kds(['plan', ...map(12, '-L', 'zone', '--map').slice(1)], { cwd }),
    ])
    expect(flagged).toEqual(drawn)
    const [document, planned] = await Promise.all([
      kds(map(12, '-o', 'json'), { cwd }),
      kds(['plan', ...map(12, '-o', 'json').slice(1)], { cwd }),
    ])
    expect(document).toEqual(planned)
  })

  it('show where pods of others have to go first', async () => {
    const full = (name: string, priority: number) => [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name },
        status: { allocatable: { cpu: '1', memory: '8Gi', pods: '9' } },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `train-${name}`, namespace: 'batch', uid: name },
        spec: {
          nodeName: name,
          priority,
          containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }],
        },
        status: { phase: 'Running' },
      },
    ]
    const items = [...full('a', 0), ...full('b', 2_000_001_000)]
    const critical = daemonSet('agent').replace(
      'spec: {containers: [{name: c, image: i}]}',
      'spec: {priorityClassName: system-node-critical, containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}]}',
    )
    const folder = workspace({
      'agent.yaml': critical,
      'dump.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    })
    const { out } = await kds(['map', '-f', 'agent.yaml', '--snapshot', 'dump.json', '-n', 'kube-system'], {
      cwd: folder,
    })
    expect(out).toMatch(/^1 to create, 1 does not fit, evicts 1 pod: kube-system\/agent\n/)
    expect(out).toMatch(
      /^nodes {2}2 {3}! {2}E\n\n ! {3}1 {2}does not fit +b\n E {3}1 {2}create, evicts pods +a\n/m,
    )
  })
})

it('shows no code of a colour where a name is cut in a narrow terminal', async () => {
  for (const terminal of [20, 30, 40, 50, 60]) {
    const { out } = await kds(map(12, '--color=always'), { cwd, env: {}, terminal })
    expect(out).not.toContain('\\x1b')
  }
})
