import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modifiedConfiguration } from '#apiserver/patch/last-applied.ts'
import type { JsonObject } from '#base/json.ts'
import { plan } from '#planning/placement.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { manualClock } from '../../helpers/manual-clock.ts'
import { kds } from '../../helpers/run.ts'
import { workspace } from '../../helpers/workspace.ts'

/* What kubectl apply would leave: what others have set stays, what the manifest has dropped since it was applied last goes. */

const now = Date.UTC(2026, 10, 22, 4)
const toleration = { key: 'dedicated', operator: 'Exists' }
const container = { name: 'c', image: 'i:1', env: [{ name: 'PASSWORD', value: 'hunter2' }] }
const daemonSet = (spec: JsonObject, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' }, annotations },
      spec: { containers: [container], ...spec },
    },
  },
})
const appliedLast = modifiedConfiguration(daemonSet({ tolerations: [toleration] }))
const byHand = { tolerations: [toleration], nodeSelector: { zone: 'a' } }
const there: JsonObject = {
  ...daemonSet(byHand, { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T00:00:00Z' }),
  metadata: { ...(appliedLast.metadata as JsonObject), uid: 'u', generation: 2 },
}
const node = (name: string, labels: JsonObject, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec,
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
})
const nodes = [
  node('dedicated', { zone: 'a' }, { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] }),
  node('mine', { zone: 'a' }),
  node('other', { zone: 'b' }),
]
const manifest = daemonSet({})

describe('a manifest whose DaemonSet is there is planned as kubectl apply would merge it', () => {
  const cwd = workspace({
    'agent.json': JSON.stringify(manifest),
    'dump.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [there, ...nodes] }),
  })
  let sandbox: Sandbox
  let config: { readonly kubeconfig: string; readonly cwd: string }
  beforeAll(async () => {
    sandbox = await startSandbox({ objects: [there, ...nodes], clock: manualClock(now) })
    config = { kubeconfig: `${workspace({ config: sandbox.kubeconfig })}/config`, cwd }
    writeFileSync(join(cwd, 'lean.yaml'), (await liveKds(['snapshot'], config)).out)
  })
  afterAll(() => sandbox.close())

  /** Of the file, on the cluster, on a dump of it and on what kds snapshot wrote of it: all answer alike. */
  async function answers(...argv: readonly string[]): Promise<unknown[]> {
    const asked = [...argv, '-f', 'agent.json', '-o', 'json']
    const live = await liveKds(asked, config)
    const dumped = await kds([...asked, '--snapshot', 'dump.json'], { cwd, now })
    const written = await kds([...asked, '--snapshot', 'lean.yaml'], { cwd, now })
    return [live, dumped, written].map(({ err, out }) => {
      if (out === '') throw new Error(err)
      return JSON.parse(out)
    })
  }
  /** By hand it is kept from zone b, and the file tolerates the taint of the third no more. */
  const onlyMine = [
    { name: 'dedicated', shouldRun: false },
    { name: 'mine', shouldRun: true },
    { name: 'other', shouldRun: false },
  ]

  it('by kds plan', async () => {
    for (const one of await answers('plan')) expect(one).toMatchObject({ items: [{ nodes: onlyMine }] })
  })

  it('by kds why NODE', async () => {
    for (const item of onlyMine)
      for (const one of await answers('why', item.name))
        expect(one).toMatchObject({ items: [{ shouldRun: item.shouldRun }] })
  })

  it('by kds overhead', async () => {
    for (const one of await answers('overhead')) expect(one).toMatchObject({ total: { pods: { value: 1 } } })
  })

  it('by kds rollout simulate', async () => {
    for (const one of await answers('rollout', 'simulate'))
      expect(one).toMatchObject({ items: [{ waves: [{ nodes: ['mine'] }] }] })
  })

  it('and the snapshot holds no values of environments for that', () => {
    const text = readFileSync(join(cwd, 'lean.yaml'), 'utf8')
    expect(text).toContain('last-applied-configuration')
    expect(text).not.toContain('hunter2')
  })

  it('by the module', () => {
    const list = plan([manifest as never], nodes as never[], { cluster: [there, ...nodes] as never[], now })
    expect(list).toMatchObject({ items: [{ nodes: onlyMine }] })
  })
})

describe('one that kubectl apply has never written', () => {
  const { annotations: _, ...metadata } = there.metadata as JsonObject
  const created = { ...there, metadata }
  const cwd = workspace({
    'agent.json': JSON.stringify(manifest),
    'whole.json': JSON.stringify(daemonSet(byHand)),
    'dump.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [created, ...nodes] }),
  })
  const asked = async (file: string, ...argv: readonly string[]) =>
    (await kds([...argv, '-f', file, '--snapshot', 'dump.json'], { cwd, now })).err

  it.each([[['plan']], [['map']], [['why', 'mine']], [['overhead']], [['diff']], [['rollout', 'simulate']]])(
    'keeps what the manifest leaves out, and %j says so',
    async (argv) => {
      expect(await asked('agent.json', ...argv)).toContain(
        [
          'Warning: kubectl apply has not written DaemonSet default/agent yet, so it would keep what the manifest leaves out: spec.template.spec.nodeSelector, spec.template.spec.tolerations',
          'hint: helm upgrade and kubectl replace would take it away: write down what is to stay',
          '',
        ].join('\n'),
      )
    },
  )

  it('is not spoken of where the manifest leaves out no more than the moment of a restart', async () => {
    expect(await asked('whole.json', 'plan')).not.toContain('kubectl apply')
  })
})
