import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scale } from '#controller/update-strategy.ts'
import type { JsonObject, Node } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { longest, runs } from '../../helpers/random-cases.ts'
import { begun, remains, type World } from './world.ts'

/*
 * Random clusters, counted at every change of a pod: a roll-out in waves, its abort, and two of them at once never take more
 * pods away than the DaemonSet's own strategy allows.
 */

const amount = (most: number) =>
  fc.oneof(fc.integer({ min: 1, max: most }), fc.constantFrom('10%', '25%', '50%', '100%'))

const cluster = fc.record({
  nodes: fc.integer({ min: 1, max: 24 }),
  maxUnavailable: amount(4),
  minReadySeconds: fc.constantFrom(0, 0, 5),
  readySeconds: fc.constantFrom(0.1, 3, 20),
  terminationSeconds: fc.constantFrom(0.2, 5),
  /** Nodes whose kubelet is silent from the start. */
  silent: fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 2 }),
  /** Nodes with a taint that is not tolerated. */
  tainted: fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 2 }),
  canary: fc.option(amount(3), { nil: undefined }),
  waves: fc.constantFrom(['100%'], ['50%', '100%'], ['10%', '50%', '100%'], []),
  by: fc.constantFrom(undefined, 'zone'),
  bake: fc.constantFrom(0, 2000, 30_000),
  evict: fc.boolean(),
  bad: fc.boolean(),
  /** How a bad release fails. One that breaks down later takes pods away by itself, whatever the budget. */
  failure: fc.constantFrom('image' as const, 'never-ready' as const),
  onFailure: fc.constantFrom('abort' as const, 'pause' as const),
})
type Cluster = typeof cluster extends fc.Arbitrary<infer T> ? T : never

const nodesOf = ({ nodes, silent, tainted }: Cluster): Node[] =>
  simulatedNodes(nodes).map((node, at): Node => {
    const annotations = silent.includes(at + 1) ? { 'sandbox.kds.dev/kubelet': 'down' } : undefined
    return {
      ...node,
      metadata: { ...node.metadata, ...(annotations ? { annotations } : {}) },
      ...(tainted.includes(at + 1) ? { spec: { taints: [{ key: 'own', effect: 'NoSchedule' }] } } : {}),
    }
  })

async function worldOf(one: Cluster) {
  const world = await begun({
    nodes: nodesOf(one),
    strategy: {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: one.maxUnavailable, maxSurge: 0 },
    } as JsonObject,
    spec: { minReadySeconds: one.minReadySeconds },
    behaviour: {
      readySeconds: one.readySeconds,
      terminationSeconds: one.terminationSeconds,
      failures: [{ image: /bad/, failure: one.failure }],
    },
  })
  world.clock.advance(120_000)
  return world
}

/**
 * Counts how many nodes are without an available pod: at every change of a pod, and with a release that fails, whose pods
 * are ready for a moment and then crash by themselves, at each pod that is asked to end while it is ready.
 */
function counting(world: World, one: Cluster) {
  const desired = world.read().status?.desiredNumberScheduled ?? 0
  const allowed = scale(one.maxUnavailable, desired, 'maxUnavailable')
  const most = { allowed: 'value' in allowed ? allowed.value : 0, down: 0, before: world.down() }
  const ended = new Set<string>()
  podsOf(world.simulated.store).subscribe(({ object: { metadata, status } }) => {
    const ends = Boolean(metadata.deletionTimestamp) && !ended.has(metadata.uid ?? '')
    if (ends) ended.add(metadata.uid ?? '')
    const ready = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
    if (one.bad && !(ends && ready)) return
    most.down = Math.max(most.down, world.down())
  })
  return most
}

const planOf = (one: Cluster) => ({
  canary: one.canary === undefined ? undefined : { kind: 'count' as const, value: one.canary },
  waves: one.by === undefined && one.waves.length === 0 ? ['100%'] : one.waves,
  by: one.by,
  bake: one.bake,
  evict: one.evict,
  onFailure: one.onFailure,
  patience: 300_000,
})

describe('on random clusters', () => {
  it(
    'never more pods are down than the budget allows, and the strategy comes back',
    async () => {
      await fc.assert(
        fc.asyncProperty(cluster, async (one) => {
          const world = await worldOf(one)
          const before = remains(world.read())
          const most = counting(world, one)
          await world.begin(one.bad ? 'c:bad' : 'c:2', planOf(one))
          const end = await world.play(world.drive())
          expect(most.down).toBeLessThanOrEqual(Math.max(most.allowed, most.before))
          if (end.outcome === 'paused') {
            expect(one.onFailure).toBe('pause')
            expect(world.read().spec?.updateStrategy?.type).toBe('OnDelete')
            return
          }
          const image = end.outcome === 'rolled-out' ? (one.bad ? 'c:bad' : 'c:2') : 'c:1'
          expect(remains(world.read())).toEqual({ ...(before as object), image })
          if (one.bad && (world.read().status?.desiredNumberScheduled ?? 0) > one.silent.length)
            expect(end.outcome).toBe('aborted')
        }),
        runs(25),
      )
    },
    longest,
  )

  it(
    'nor with two who carry it on at once, one of them broken off at any moment',
    async () => {
      await fc.assert(
        fc.asyncProperty(cluster, fc.integer({ min: 1, max: 40 }), async (one, step) => {
          const world = await worldOf({ ...one, bad: false })
          const most = counting(world, one)
          const doomed = world.client()
          let count = 0
          doomed.fault = () => (++count > step ? new Promise<never>(() => {}) : undefined)
          const first = world
            .begin('c:2', planOf(one), { cluster: doomed })
            .then(() => world.drive({}, doomed))
          first.catch(() => {})
          let over = false
          void first.finally(() => {
            over = true
          })
          await world.until(() => over || count > step)
          const others = ['two', 'three'].map((holder) =>
            world.resume(holder).then(
              (end) => end?.outcome ?? 'nothing',
              (error: Error) => error.message,
            ),
          )
          const ends = await world.play(Promise.all(others))
          expect(most.down).toBeLessThanOrEqual(Math.max(most.allowed, most.before))
          const strategy = world.read().spec?.updateStrategy
          const worked = ends.filter((end) => end === 'rolled-out').length
          if (over) return
          // Whoever comes second hears of the first, or finds the work done.
          if (worked > 0) expect(strategy).toMatchObject({ type: 'RollingUpdate' })
          for (const end of ends)
            expect(end).toMatch(
              /^(rolled-out|aborted|paused|nothing|handed-over|(two|three|one) is at work on )/,
            )
        }),
        runs(15),
      )
    },
    longest,
  )
})

it('500 nodes are done within a minute of their own time', async () => {
  const world = await begun({
    nodes: 500,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '20%', maxSurge: 0 } },
  })
  const started = world.clock.now()
  const evicted: string[] = []
  podsOf(world.simulated.store).subscribe(({ type, object }) => {
    if (type === 'DELETED') evicted.push(object.metadata.name)
  })
  await world.begin('c:2', { canary: { kind: 'count', value: 1 }, waves: ['10%', '50%', '100%'], bake: 2000 })
  const end = await world.play(world.drive())
  expect(end).toMatchObject({ outcome: 'rolled-out', minAvailable: 400 })
  expect(new Set(world.images().map((one) => one.split(' ')[1]))).toEqual(new Set(['c:2']))
  expect([evicted.length, new Set(evicted).size]).toEqual([500, 500])
  expect(world.clock.now() - started).toBeLessThan(60_000)
  expect(world.simulated.store.collection(types.pods).size).toBe(500)
}, 120_000)
