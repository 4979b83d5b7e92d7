import { describe, expect, it } from 'vitest'
import { daemonSets } from '#cluster/resources.ts'
import type { WavesEnd } from '#rollout/waves/events.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import { refusedWith } from '../../helpers/memory-cluster.ts'
import { noAnswer, type RequestFault, type SandboxCluster } from '../../helpers/sandbox-cluster.ts'
import { begun, name, remains, type World } from './world.ts'

/*
 * A roll-out in waves is broken off, or meets a fault, at each of its requests. Whoever goes on with it comes to the same end.
 */

const never = new Promise<never>(() => {})

interface Story {
  readonly image: string
  readonly outcome: WavesEnd['outcome']
  readonly images: string
}
const stories: Readonly<Record<string, Story>> = {
  'to its end': { image: 'c:2', outcome: 'rolled-out', images: 'c:2' },
  'back from a release that fails': { image: 'c:bad', outcome: 'aborted', images: 'c:1' },
}

const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '30%' } }
const waves = { bake: 3000, canary: undefined, waves: ['25%', '100%'] }

/** A world whose DaemonSet is never looked at without its budget being counted. */
async function watchedWorld() {
  const world = await begun({ strategy })
  const most = { down: 0 }
  podsOf(world.simulated.store).subscribe(() => {
    most.down = Math.max(most.down, world.down())
  })
  return { world, most, before: remains(world.read()) }
}

/** Fails the request with this number (from 0) of one client; one that is killed makes no more. */
function faultAt(
  step: number,
  act: RequestFault,
  kills = false,
): { readonly fault: RequestFault; reached: boolean } {
  let count = -1
  const told = {
    reached: false,
    fault(request: string, when: 'before' | 'after') {
      if (when === 'before') count++
      if (count !== step) return kills && told.reached ? never : undefined
      told.reached = true
      return act(request, when)
    },
  }
  return told
}

async function run(world: World, client: SandboxCluster, image: string): Promise<WavesEnd> {
  await world.begin(image, waves, { cluster: client })
  return world.drive({}, client)
}

/** The end of a story that was broken off: somebody else goes on, or begins anew where nothing was begun. */
async function goOn(world: World, image: string): Promise<WavesEnd> {
  const resumed = await world.play(world.resume('two'))
  if (resumed) return resumed
  const untouched = world.images().every((one) => one.endsWith(' c:1'))
  const fresh = world.client()
  // The last request may have been the one that ended it.
  if (!untouched || world.read().spec?.template?.spec?.containers?.[0]?.image !== 'c:1')
    return { outcome: 'rolled-out', why: '', progress: undefined, minAvailable: 0, leftOut: [] }
  if (fresh.requests.length === 0 && image.endsWith('bad') && world.read().metadata?.generation !== 1)
    return { outcome: 'aborted', why: '', progress: undefined, minAvailable: 0, leftOut: [] }
  await world.begin(image, waves, { cluster: fresh, holder: 'one' })
  return world.play(world.drive({}, fresh))
}

function expectEnd(world: World, story: Story, before: unknown, most: { readonly down: number }): void {
  expect(new Set(world.images().map((one) => one.split(' ')[1]))).toEqual(new Set([story.images]))
  expect(remains(world.read())).toEqual({ ...(before as object), image: story.images })
  expect(JSON.stringify(world.read().spec?.updateStrategy)).toBe(JSON.stringify(strategyAsStored))
  expect(most.down).toBeLessThanOrEqual(2)
}
const strategyAsStored = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '30%', maxSurge: 0 } }

const kills: Readonly<Record<string, RequestFault>> = {
  'killed before': () => never,
  'killed after': (_, when) => (when === 'after' ? never : undefined),
}

const passing: Readonly<Record<string, RequestFault>> = {
  'a conflict': (request, when) => {
    if (when === 'before' && request.startsWith('patch')) throw refusedWith(409, 'Conflict', 'changed')
  },
  'a failure of the server': (request, when) => {
    if (when === 'before' && /patch|evict/.test(request)) throw refusedWith(500, 'InternalError', 'no')
  },
  'a request that gets lost': (request, when) => {
    if (when === 'before' && /patch|evict/.test(request)) throw noAnswer()
  },
  'an answer that gets lost': (request, when) => {
    if (when === 'after' && /patch|evict/.test(request)) throw noAnswer()
  },
  'a status that changes meanwhile': () => undefined,
}

describe.each(Object.entries(stories))('%s', (_, story) => {
  it.each(Object.entries(kills))('%s each request', async (_kind, act) => {
    let steps = 0
    for (; ; steps++) {
      const { before, most, world } = await watchedWorld()
      const client = world.client()
      const told = faultAt(steps, act, true)
      client.fault = told.fault
      let ended = false
      const first = run(world, client, story.image).finally(() => {
        ended = true
      })
      first.catch(() => {})
      await world.until(() => told.reached || ended)
      if (ended) break
      const end = await goOn(world, story.image)
      expect({ steps, outcome: end.outcome }).toEqual({ steps, outcome: story.outcome })
      expectEnd(world, story, before, most)
    }
    expect(steps).toBeGreaterThan(10)
  })

  it.each(Object.entries(passing))('%s at each request', async (kind, act) => {
    let steps = 0
    let changes = 0
    for (; ; steps++) {
      const { before, most, world } = await watchedWorld()
      const client = world.client()
      const meddling: RequestFault = async (request, when) => {
        if (when !== 'before' || !request.startsWith('patch daemonsets')) return
        await world.observer.patch(daemonSets, name, {
          type: 'merge',
          body: { metadata: { labels: { changed: String(++changes) } } },
        })
      }
      const told = faultAt(steps, kind.startsWith('a status') ? meddling : act)
      client.fault = told.fault
      const end = await world.play(run(world, client, story.image))
      if (!told.reached) break
      expect({ steps, outcome: end.outcome }).toEqual({ steps, outcome: story.outcome })
      const { labels: _labels, ...rest } = before as Record<string, unknown>
      expect(new Set(world.images().map((one) => one.split(' ')[1]))).toEqual(new Set([story.images]))
      expect(remains(world.read())).toMatchObject({ ...rest, image: story.images })
      expect(most.down).toBeLessThanOrEqual(2)
    }
    expect(steps).toBeGreaterThan(10)
  })
})
