import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import type { Context } from '#cli/context.ts'
import { daemonSets } from '#cluster/resources.ts'
import { Followed } from '#commands/rollout/followed.ts'
import { concludeDone } from '#commands/rollout/settle.ts'
import { LineView } from '#commands/rollout/status-views.ts'
import { judgeRollout } from '#controller/rollout-status.ts'
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import type { ManualClock } from '../../helpers/manual-clock.ts'
import { SandboxCluster, simulatedCluster } from '../../helpers/sandbox-cluster.ts'

const name = { name: 'agent', namespace: 'default' }
let cluster: SandboxCluster
let clock: ManualClock
let told: string

/** A DaemonSet that is rolled out; the containers of `crashing` end after eight seconds, again and again. */
async function rolledOut(tag: string): Promise<Followed> {
  const { clock: its, simulated } = simulatedCluster({
    objects: simulatedNodes(3),
    behaviour: { finishes: [{ image: /:crashing$/, seconds: 8, exitCode: 3 }] },
  })
  clock = its
  const manifest = load(
    readFileSync('docs/waves-agent.yaml', 'utf8').replace('agent:1.0', `agent:${tag}`),
  ) as JsonObject
  simulated.registry.create(types.daemonSets, 'default', manifest, { manager: 'kubectl' })
  clock.advance(4_000)
  cluster = new SandboxCluster(simulated, clock)
  const daemonSet = await cluster.get(daemonSets, name)
  const judgement = judgeRollout(daemonSet)
  expect(judgement.state).toBe('done')
  const one = new Followed(daemonSet, clock.now())
  one.changed({ daemonSet, judgement }, clock.now())
  return one
}

/** What follows the end of a roll-out; whoever sleeps lets the cluster's clock run on. */
function concluded(one: Followed, flags: { readonly settle?: number; readonly detailed?: boolean }) {
  const stderr = { write: (text: string) => (told += text), isTerminal: false, columns: 80 }
  const context = {
    stderr,
    style: { stderr: plain },
    clock: { now: () => clock.now(), sleep: async (ms: number) => clock.advance(ms) },
  } as unknown as Context
  const { signal } = new AbortController()
  return concludeDone(one, {
    all: [one],
    flags: { ...flags, timeout: 0, loadStates: () => Promise.reject(new Error('not asked for')) },
    view: new LineView(context),
    connected: { cluster, signal, namespace: 'default', namespaceGiven: false },
    context,
    firstWords: new Map(),
    over: signal,
  })
}

beforeEach(() => {
  told = ''
})

describe('kds rollout status --settle', () => {
  it('is content with pods that stay as they are, once the time is over', async () => {
    const one = await rolledOut('1.0')
    const began = clock.now()
    expect(await concluded(one, { settle: 30_000 })).toBe(0)
    expect({ told, took: clock.now() - began }).toEqual({ told: '', took: 30_000 })
  })

  it('fails as soon as a pod restarts during the wait, and says which and how it ended', async () => {
    const one = await rolledOut('crashing')
    const began = clock.now()
    await expect(concluded(one, { settle: 30_000 })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^daemon set "agent" rolled out, but 3 pods restart: agent-\w+ on node-\d \(1 restart, exit code 3\), /,
      ),
      exitCode: 1,
    })
    expect(clock.now() - began).toBeLessThan(12_000)
  })

  it('tells that from other ends by its exit code, if asked to', async () => {
    const one = await rolledOut('crashing')
    await expect(concluded(one, { settle: 30_000, detailed: true })).rejects.toMatchObject({ exitCode: 3 })
  })
})

describe('kds rollout status', () => {
  it('does not call a roll-out successful without a warning whose pods restart', async () => {
    const one = await rolledOut('crashing')
    clock.advance(8_000)
    expect(await concluded(one, {})).toBe(0)
    expect(told).toMatch(/^Warning: 3 pods restart: agent-\w+ on node-\d \(1 restart, exit code 3\), /)
  })
})
