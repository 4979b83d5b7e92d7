import { expect, it } from 'vitest'
import { daemonSets, nodes } from '#cluster/resources.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import type { JsonObject } from '#kube/types.ts'
import { abortWaves } from '#rollout/waves/marks.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { sleepingClock } from '../../helpers/sandbox-cluster.ts'
import { begun, name, type World } from './world.ts'

const options = (world: World) => ({ clock: sleepingClock(world.clock) })

const image = (image: string) => ({ template: { spec: { containers: [{ name: 'c', image }] } } })

const change = (world: World, spec: JsonObject) =>
  world.observer.patch(daemonSets, name, { type: 'strategic', body: { spec } })

it('a template and a strategy that someone else applies meanwhile are both left by an abort', async () => {
  const world = await begun()
  await world.begin('c:2')
  const theirs = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2, maxSurge: 0 } }
  await change(world, { ...image('c:3'), updateStrategy: theirs })
  await expect(world.play(world.drive())).rejects.toThrow(
    expect.objectContaining({ hint: expect.stringContaining('leaves the template and the strategy') }),
  )
  expect(await abortWaves(world.client(), name, options(world))).toMatchObject({ done: 'both-left' })
  await world.until(() => world.images().every((one) => one.endsWith('c:3')))
  expect(world.read().spec?.updateStrategy).toEqual(theirs)
  expect(wavesRecord(world.read())).toBeUndefined()
})

it('who would go on is told at once of what someone else changed, though the lease of the one before still holds', async () => {
  const world = await begun()
  await world.begin('c:2')
  await change(world, image('c:3'))
  const since = world.clock.now()
  await expect(world.play(world.resume('two'))).rejects.toThrow('was changed by someone else')
  expect(world.clock.now() - since).toBeLessThan(5000)
})

it('a DaemonSet that is being deleted, and still there, ends the waves', async () => {
  const world = await begun()
  await world.begin('c:2')
  await world.observer.patch(daemonSets, name, {
    type: 'merge',
    body: { metadata: { finalizers: ['example.com/keep'] } },
  })
  await world.observer.delete(daemonSets, name)
  await expect(world.play(world.drive())).rejects.toThrow('daemonset.apps/a is being deleted')
})

it('a group of nodes that goes away meanwhile does not let the group after next begin with the next one', async () => {
  const zone = (zone: string) => ({ metadata: { labels: { 'topology.kubernetes.io/zone': zone } } })
  const world = await begun({ nodes: simulatedNodes(6) })
  await world.begin('c:2', { canary: undefined, waves: [], by: 'zone', bake: 60_000 })
  const driving = world.drive()
  const updated = () => world.images().filter((one) => one.endsWith('c:2')).length
  await world.until(() => wavesRecord(world.read())?.state.wave === 1 && updated() === 4)
  for (const node of world.nodes())
    if (node.metadata?.labels?.['topology.kubernetes.io/zone'] === 'zone-a')
      await world.observer.patch(
        nodes,
        { name: node.metadata.name ?? '' },
        { type: 'merge', body: zone('zone-b') },
      )
  world.clock.advance(10_000)
  await world.until(() => wavesRecord(world.read())?.state.phase === 'baking')
  expect(updated()).toBe(4)
  expect(await world.play(driving)).toMatchObject({ outcome: 'rolled-out' })
})
