import { describe, expect, it } from 'vitest'
import { daemonSets, nodes, podDisruptionBudgets, pods } from '#cluster/resources.ts'
import { wavesAnnotations, wavesRecord } from '#controller/waves/annotations.ts'
import { leaseMs } from '#controller/waves/plan.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { refuseWaves } from '#rollout/waves/begin.ts'
import { takeLease } from '#rollout/waves/lease.ts'
import { abortWaves, pauseWaves, promoteAll, promoteWave, unpauseWaves } from '#rollout/waves/marks.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { refusedWith } from '../../helpers/memory-cluster.ts'
import { sleepingClock } from '../../helpers/sandbox-cluster.ts'
import { begun, name, remains, type World } from './world.ts'

const options = (world: World) => ({ clock: sleepingClock(world.clock) })
const newPods = (world: World) => world.images().filter((one) => one.endsWith('c:2')).length
const stateOf = (world: World) => wavesRecord(world.read())?.state

/** A roll-out that is carried on until its first wave bakes. */
async function baking(more: Parameters<World['begin']>[1] = {}, given: Parameters<typeof begun>[0] = {}) {
  const world = await begun(given)
  const before = remains(world.read())
  await world.begin('c:2', { bake: 3_600_000, ...more })
  const driving = world.drive()
  driving.catch(() => {})
  await world.until(() => stateOf(world)?.phase === 'baking')
  return { world, before, driving }
}

describe('somebody at work', () => {
  it('stands still when it is paused, and goes on when that is lifted', async () => {
    const { world, driving } = await baking({ bake: 1000 })
    await pauseWaves(world.client(), name, 'lunch', options(world))
    world.clock.advance(600_000)
    await world.until(() => world.events.some(({ kind }) => kind === 'paused'))
    expect(newPods(world)).toBe(1)
    await unpauseWaves(world.client(), name, options(world))
    expect(await world.play(driving)).toMatchObject({ outcome: 'rolled-out' })
    expect(world.events.map(({ kind }) => kind)).toContain('resumed')
  })

  it('skips the bake of the wave that is promoted, and no other', async () => {
    const { world, driving } = await baking()
    await promoteWave(world.client(), name, options(world))
    await world.until(() => stateOf(world)?.wave === 1 && stateOf(world)?.phase === 'baking')
    expect(newPods(world)).toBe(2)
    expect(stateOf(world)?.promoted).toBeUndefined()
    await promoteWave(world.client(), name, options(world))
    await world.until(() => stateOf(world)?.wave === 2 && stateOf(world)?.phase === 'baking')
    await promoteWave(world.client(), name, options(world))
    expect(await world.play(driving)).toMatchObject({ outcome: 'rolled-out' })
  })

  it('ends when all waves are promoted: the strategy does the rest', async () => {
    const { world, before, driving } = await baking()
    await promoteAll(world.client(), name, options(world))
    expect(await world.play(driving)).toMatchObject({ outcome: 'handed-over' })
    await world.until(() => newPods(world) === 4)
    expect(remains(world.read())).toEqual({ ...(before as object), image: 'c:2' })
  })

  it('turns round when it is aborted', async () => {
    const { world, before, driving } = await baking()
    expect(await abortWaves(world.client(), name, options(world))).toMatchObject({ done: 'going-back' })
    expect(await world.play(driving)).toMatchObject({ outcome: 'aborted', why: '' })
    expect(newPods(world)).toBe(0)
    expect(remains(world.read())).toEqual(before)
  })

  it('stops when its lease was taken', async () => {
    const { world, driving } = await baking()
    const record = wavesRecord(world.read())
    const state = JSON.parse(world.read().metadata?.annotations?.[wavesAnnotations.state] ?? '')
    const taken = { ...state, lease: { ...state.lease, holder: 'two' } }
    expect(record?.state.lease?.holder).toBe('one')
    await world.observer.patch(daemonSets, name, {
      type: 'merge',
      body: { metadata: { annotations: { [wavesAnnotations.state]: JSON.stringify(taken) } } },
    })
    await expect(world.play(driving)).rejects.toThrow('two is at work on daemonset.apps/a')
  })
})

describe('a lease', () => {
  it('is waited for where its holder is gone, and not where it is alive', async () => {
    const { world } = await baking()
    const waiting = { ...options(world), holder: 'two', signal: new AbortController().signal, tell: () => {} }
    await expect(world.play(takeLease(world.client(), name, waiting))).rejects.toThrow('one is at work on')
    const dead = await begun()
    await dead.begin('c:2', {})
    const since = dead.clock.now()
    const taken = await dead.play(takeLease(dead.client(), name, { ...waiting, ...options(dead) }))
    expect(wavesRecord(taken as DaemonSet)?.state.lease?.holder).toBe('two')
    expect(dead.clock.now() - since).toBeGreaterThanOrEqual(leaseMs)
  })
})

describe('what someone else changes', () => {
  it('of the template stops the waves; an abort leaves it, and brings the strategy back', async () => {
    const { world, driving } = await baking()
    await world.observer.patch(
      daemonSets,
      name,
      {
        type: 'strategic',
        body: { spec: { template: { spec: { containers: [{ name: 'c', image: 'c:3' }] } } } },
      },
      { fieldManager: 'kubectl-set' },
    )
    await expect(world.play(driving)).rejects.toThrow(
      /^the pod template of daemonset\.apps\/a was changed by someone else \(kubectl-set at \S+\): the waves stop here$/,
    )
    expect(await abortWaves(world.client(), name, options(world))).toMatchObject({ done: 'template-left' })
    await world.until(() => world.images().every((one) => one.endsWith('c:3')))
    expect(world.read().spec?.updateStrategy?.type).toBe('RollingUpdate')
    expect(wavesRecord(world.read())).toBeUndefined()
  })

  it('of the strategy stops them, too; an abort leaves that', async () => {
    const { world, driving } = await baking()
    const theirs = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 3, maxSurge: 0 } }
    await world.observer.patch(daemonSets, name, {
      type: 'merge',
      body: { spec: { updateStrategy: theirs } },
    })
    await expect(world.play(driving)).rejects.toThrow('the update strategy of daemonset.apps/a was changed')
    expect(await abortWaves(world.client(), name, options(world))).toMatchObject({ done: 'strategy-left' })
    await world.until(() => newPods(world) === 0 && world.down() === 0)
    expect(world.read().spec?.updateStrategy).toEqual(theirs)
    expect(wavesRecord(world.read())).toBeUndefined()
  })

  it('of other things does not matter', async () => {
    const { world, driving } = await baking({ bake: 5000 })
    await world.observer.patch(daemonSets, name, {
      type: 'merge',
      body: { metadata: { labels: { team: 'x' } }, spec: { revisionHistoryLimit: 3 } },
    })
    expect(await world.play(driving)).toMatchObject({ outcome: 'rolled-out' })
    expect(world.read().spec?.revisionHistoryLimit).toBe(3)
  })

  it('a DaemonSet that is deleted ends them', async () => {
    const { world, driving } = await baking()
    await world.observer.delete(daemonSets, name)
    await expect(world.play(driving)).rejects.toThrow('daemonset.apps/a has been deleted')
  })
})

describe('pods', () => {
  const budget = (minAvailable: number): JsonObject => ({
    metadata: { name: 'keep', namespace: 'default' },
    spec: { minAvailable, selector: { matchLabels: { app: 'a' } } },
  })

  it('are kept by a PodDisruptionBudget for as long as it says so', async () => {
    const world = await begun()
    await world.observer.create(podDisruptionBudgets, budget(4))
    world.clock.advance(1000)
    await world.begin('c:2', { bake: 0 })
    const driving = world.drive()
    await world.until(() => world.events.some(({ kind }) => kind === 'held'))
    world.clock.advance(30_000)
    expect([newPods(world), world.down()]).toEqual([0, 0])
    expect(world.events.filter(({ kind }) => kind === 'held')).toHaveLength(1)
    await world.observer.patch(
      podDisruptionBudgets,
      { name: 'keep', namespace: 'default' },
      {
        type: 'merge',
        body: { spec: { minAvailable: 3 } },
      },
    )
    expect(await world.play(driving)).toMatchObject({ outcome: 'rolled-out', minAvailable: 3 })
  })

  it('are deleted whatever it says, where that is wanted', async () => {
    const world = await begun()
    await world.observer.create(podDisruptionBudgets, budget(4))
    await world.begin('c:2', { bake: 0, evict: false })
    expect(await world.play(world.drive())).toMatchObject({ outcome: 'rolled-out' })
    expect(world.observer.requests).not.toContain('evict pods')
  })

  it('that restart while they bake fail the wave', async () => {
    const world = await begun({
      behaviour: { failures: [{ image: /2$/, failure: 'crash' }], crashSeconds: 20 },
    })
    await world.begin('c:2', { bake: 60_000, onFailure: 'pause' })
    const end = await world.play(world.drive())
    expect(end).toMatchObject({ outcome: 'paused' })
    expect(end.why).toMatch(
      /^(a-\w+ on node-1: (Error|CrashLoopBackOff)|a container restarted: a-\w+ on node-1)/,
    )
    expect(stateOf(world)).toMatchObject({ paused: end.why, lease: undefined })
    expect(newPods(world)).toBe(1)
  })

  it('that never become available fail it, after the time that was given', async () => {
    const world = await begun({ behaviour: { failures: [{ image: /2$/, failure: 'never-ready' }] } })
    const began = world.clock.now()
    await world.begin('c:2', { patience: 120_000, onFailure: 'pause' })
    const end = await world.play(world.drive())
    expect(end.why).toBe(
      'no further pod available for 120 s: waiting for node-1 (NotReady) (1 of 4 down, 1 allowed)',
    )
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(120_000)
    expect(await world.play(world.resume('two', { resume: true }))).toMatchObject({ outcome: 'paused' })
  })

  it('on a node that joins meanwhile are new, and no reason to touch another node', async () => {
    const { world, driving } = await baking({ bake: 60_000 })
    const [joining] = simulatedNodes(1, { names: 'node-0' })
    await world.observer.create(nodes, joining as unknown as JsonObject)
    await world.until(() => newPods(world) === 2)
    world.clock.advance(10_000)
    expect(stateOf(world)?.wave).toBe(0)
    expect(newPods(world)).toBe(2)
    expect(await world.play(driving)).toMatchObject({ outcome: 'rolled-out', minAvailable: 3 })
  })

  it('on a node that is not ready are left to the strategy', async () => {
    const template = {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'c', image: 'c:1' }], tolerations: [{ operator: 'Exists' }] },
    }
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } }
    const world = await begun({ nodes: 6, strategy, spec: { template } })
    await world.observer.patch(
      nodes,
      { name: 'node-3' },
      {
        type: 'merge',
        body: { metadata: { annotations: { 'sandbox.kds.dev/kubelet': 'down' } } },
      },
    )
    world.clock.advance(120_000)
    await world.begin('c:2', { bake: 0 })
    const end = await world.play(world.drive())
    expect(end).toMatchObject({ outcome: 'rolled-out', leftOut: ['node-3'], minAvailable: 4 })
    const { items } = await world.observer.list(pods, { namespace: 'default' })
    expect(items.find((pod) => pod.spec?.nodeName === 'node-3')?.spec?.containers?.[0]?.image).toBe('c:1')
  })
})

describe('the gate', () => {
  it('is asked after each wave, and a failure of it aborts', async () => {
    const world = await begun()
    const asked: number[] = []
    await world.begin('c:2', { gate: 'x' })
    const end = await world.play(
      world.drive({
        runGate: async ({ progress }) => {
          asked.push(progress.wave)
          return progress.wave < 1
            ? { state: 'passed' }
            : { state: 'failed', why: 'the gate has failed: exit code 7' }
        },
      }),
    )
    expect(asked).toEqual([0, 1])
    expect(end).toMatchObject({
      outcome: 'aborted',
      why: 'wave 2 of 3 has failed: the gate has failed: exit code 7',
    })
    expect(newPods(world)).toBe(0)
  })

  it('may take longer than a lease holds', async () => {
    const world = await begun()
    await world.begin('c:2', { gate: 'x', bake: 0, canary: undefined, waves: ['100%'] })
    const clock = sleepingClock(world.clock)
    const end = await world.play(
      world.drive({
        runGate: async () => {
          await clock.sleep(5 * leaseMs)
          return { state: 'passed' }
        },
      }),
    )
    expect(end.outcome).toBe('rolled-out')
    expect(world.observer.requests.filter((one) => one === 'patch daemonsets').length).toBeGreaterThan(10)
  })
})

describe('a DaemonSet', () => {
  it('that is in waves already is refused, and one that a GitOps tool keeps', async () => {
    const { world } = await baking()
    expect(() => refuseWaves(world.read(), true)).toThrow('is being rolled out in waves already')
    const kept = (metadata: object) => ({ metadata: { name: 'a', namespace: 'x', ...metadata } }) as DaemonSet
    const refused = (metadata: object) => () => refuseWaves(kept(metadata), false)
    const managed = (manager: string) => ({ managedFields: [{ manager: 'kubectl' }, { manager }] })
    expect(refused(managed('kustomize-controller'))).toThrow('is kept by Flux (kustomize-controller)')
    expect(refused(managed('argocd-controller'))).toThrow('is kept by Argo CD')
    expect(refused({ labels: { 'helm.toolkit.fluxcd.io/name': 'a' } })).toThrow('is kept by Flux')
    expect(refused({ annotations: { 'argocd.argoproj.io/tracking-id': 'a' } })).toThrow('is kept by Argo CD')
    expect(refused(managed('kubectl-client-side-apply'))).not.toThrow()
    expect(() => refuseWaves(kept(managed('helm-controller')), true)).not.toThrow()
  })

  it.each(Object.values(wavesAnnotations))(
    'whose annotation %s is not ours is told so',
    async (annotation) => {
      const { world } = await baking()
      for (const text of ['', '{', '[]', '{}', 'null']) {
        await world.observer.patch(daemonSets, name, {
          type: 'merge',
          body: { metadata: { annotations: { [annotation]: text } } },
        })
        expect(() => wavesRecord(world.read())).toThrow(
          `the annotation ${annotation} of daemonset.apps/a is missing or`,
        )
      }
    },
  )
})

it('a mark that may have been written counts, even where a later attempt met a conflict', async () => {
  const { world, before } = await baking({}, {})
  const client = world.client()
  let attempts = 0
  const patch: typeof client.patch = async (...call) => {
    if (call[0].kind !== 'DaemonSet') return client.patch(...call)
    if (++attempts === 1) throw refusedWith(504, 'Timeout', 'no answer', true)
    // The first one arrives now.
    await client.patch(...call)
    throw refusedWith(409, 'Conflict', 'changed')
  }
  const slow = new Proxy(client, {
    get: (of, key) => (key === 'patch' ? patch : Reflect.get(of, key).bind(of)),
  })
  const marked = promoteAll(slow, name, options(world))
  expect(wavesRecord(await world.play(marked))).toBeUndefined()
  expect(remains(world.read())).toEqual({ ...(before as object), image: 'c:2' })
})
