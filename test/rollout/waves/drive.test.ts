import { describe, expect, it } from 'vitest'
import { controllerRevisions } from '#cluster/resources.ts'
import { begun, remains } from './world.ts'

const kinds = (events: readonly { readonly kind: string }[]) =>
  events.map(({ kind }) => kind).filter((kind) => kind !== 'progress')

const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: 0 } }

describe('a roll-out in waves', () => {
  it('goes wave by wave, and leaves the DaemonSet as it was but for the template', async () => {
    const world = await begun({ strategy, annotations: { 'kubernetes.io/change-cause': 'first' } })
    const before = remains(world.read())
    await world.begin('c:2', {}, { changeCause: 'second' })
    expect(world.read().spec?.updateStrategy).toEqual({ type: 'OnDelete' })
    const end = await world.play(world.drive())
    expect(end).toMatchObject({ outcome: 'rolled-out', minAvailable: 3, leftOut: [], why: '' })
    expect(world.images()).toEqual(['node-1 c:2', 'node-2 c:2', 'node-3 c:2', 'node-4 c:2'])
    expect(remains(world.read())).toEqual({
      ...(before as object),
      image: 'c:2',
      annotations: { 'kubernetes.io/change-cause': 'second' },
    })
    expect(kinds(world.events)).toEqual(['wave', 'baking', 'wave', 'baking', 'wave', 'baking'])
    expect(world.events.flatMap((event) => (event.kind === 'wave' ? [event.names] : []))).toEqual([
      ['node-1'],
      ['node-2'],
      ['node-3', 'node-4'],
    ])
    const { items } = await world.observer.list(controllerRevisions, { namespace: 'default' })
    expect(items.map((one) => one.metadata?.annotations?.['kubernetes.io/change-cause'])).toEqual([
      'first',
      'second',
    ])
    expect(JSON.stringify(items)).not.toContain('waves.kds.dev')
  })

  it('neither bakes nor tests a wave that adds no node', async () => {
    const world = await begun({ strategy })
    const tested: number[] = []
    await world.begin('c:2', { waves: [1, '10%', '100%'], gate: 'test' })
    const runGate = async ({ progress }: { readonly progress: { readonly wave: number } }) => {
      tested.push(progress.wave)
      return { state: 'passed' } as const
    }
    expect(await world.play(world.drive({ runGate }))).toMatchObject({ outcome: 'rolled-out' })
    expect(kinds(world.events).filter((kind) => kind === 'baking')).toHaveLength(2)
    expect(tested).toHaveLength(2)
  })

  it('goes back when new pods fail, and leaves the DaemonSet as it was', async () => {
    const world = await begun({ strategy, annotations: { 'kubernetes.io/change-cause': 'first' } })
    const before = remains(world.read())
    await world.begin('c:bad', {}, { changeCause: 'second' })
    const end = await world.play(world.drive())
    expect(end).toMatchObject({ outcome: 'aborted', minAvailable: 3 })
    expect(end.why).toMatch(/^wave 1 of 3 has failed: a-\w+ on node-1: (ErrImagePull|ImagePullBackOff): /)
    expect(world.images()).toEqual(['node-1 c:1', 'node-2 c:1', 'node-3 c:1', 'node-4 c:1'])
    expect(remains(world.read())).toEqual(before)
    expect(kinds(world.events)).toEqual(['wave', 'aborting'])
  })

  it('goes back at once when the API server refuses the new pods, in its words', async () => {
    const world = await begun({ strategy })
    const before = remains(world.read())
    await world.begin('c:2', {}, { pod: { priorityClassName: 'agents' } })
    const began = world.clock.now()
    const end = await world.play(world.drive())
    expect(end).toMatchObject({
      outcome: 'aborted',
      why: 'wave 1 of 3 has failed: the API server refuses new pods: no PriorityClass with name agents was found',
    })
    expect(world.clock.now() - began).toBeLessThan(60_000)
    expect(remains(world.read())).toEqual(before)
  })
})
