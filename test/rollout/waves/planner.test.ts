import { describe, expect, it } from 'vitest'
import type { WavesPlan } from '#controller/waves/plan.ts'
import { surveyOf } from '#controller/waves/survey.ts'
import { timelineOf } from '#controller/waves/timeline.ts'
import { groupOf, waveSets } from '#controller/waves/wave-sets.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { begun, plan } from './world.ts'

const daemonSet: DaemonSet = {
  metadata: { name: 'a', namespace: 'default', uid: 'u' },
  spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } } } },
}

const podOn = (node: string, hash: string, ready = true): Pod => ({
  metadata: {
    name: `a-${node}`,
    namespace: 'default',
    uid: `uid-${node}`,
    labels: { app: 'a', 'controller-revision-hash': hash },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'a', uid: 'u', controller: true }],
  },
  spec: { nodeName: node },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})

const silent = (node: Node): Node => ({
  ...node,
  status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
})

interface Scene {
  readonly nodes?: readonly Node[]
  /** Nodes whose pod is new, and whose pod is down. */
  readonly done?: readonly string[]
  readonly down?: readonly string[]
  readonly maxUnavailable?: number | string
}

function survey({ done = [], down = [], maxUnavailable = 1, nodes = simulatedNodes(12) }: Scene) {
  const names = nodes.map((node) => node.metadata?.name ?? '')
  return surveyOf({
    daemonSet,
    plan: {},
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } },
    nodes,
    pods: names.map((name) => podOn(name, done.includes(name) ? 'new' : 'old', !down.includes(name))),
    target: 'new',
    now: 0,
  })
}

const sets = (how: Partial<WavesPlan>, scene: Scene = {}) =>
  waveSets(plan({ canary: undefined, ...how }), survey(scene)).map(({ label, nodes }) => [
    label,
    nodes.map(({ state }) => state.name.replace('node-', '')).join(' '),
  ])

describe('the nodes of a wave', () => {
  it('are counted from the start, in the order of their names', () => {
    expect(sets({ waves: [2, '25%', '100%'] })).toEqual([
      ['2', '01 02'],
      ['25%', '01 02 03'],
      ['100%', '01 02 03 04 05 06 07 08 09 10 11 12'],
    ])
    expect(sets({ waves: ['100%'] }, { nodes: simulatedNodes(11, { names: 'node-%d' }) })[0]?.[1]).toBe(
      '1 2 3 4 5 6 7 8 9 10 11',
    )
  })

  it.each<[string, WavesPlan['canary'], string]>([
    ['a number', { kind: 'count', value: 2 }, '01 02'],
    ['a percentage, rounded up', { kind: 'count', value: '10%' }, '01 02'],
    ['names', { kind: 'nodes', names: ['node-07', 'node-03'] }, '03 07'],
    ['a selector', { kind: 'selector', selector: 'topology.kubernetes.io/zone=zone-c' }, '03 06 09 12'],
  ])('begin with canaries: %s', (_, canary, first) => {
    const [canaries, all] = sets({ canary, waves: ['100%'] })
    expect(canaries).toEqual(['canary', first])
    expect(all?.[1]?.startsWith(first)).toBe(true)
  })

  it('are whole groups, where no counts are given', () => {
    expect(sets({ canary: { kind: 'count', value: 1 }, waves: [], by: 'zone' })).toEqual([
      ['canary', '01'],
      ['zone-a', '01 04 07 10'],
      ['zone-b', '01 04 07 10 02 05 08 11'],
      ['zone-c', '01 04 07 10 02 05 08 11 03 06 09 12'],
    ])
    expect(sets({ waves: ['50%', '100%'], by: 'zone' })[0]).toEqual(['50%', '01 04 07 10 02 05'])
    expect(sets({ waves: [], by: 'rack' })).toEqual([['no rack', '01 02 03 04 05 06 07 08 09 10 11 12']])
  })

  it('are first those that are done already, last those that are not ready', () => {
    const nodes = simulatedNodes(4).map((node, at) => (at === 0 ? silent(node) : node))
    expect(sets({ waves: [1, '100%'] }, { nodes, done: ['node-3'] })).toEqual([
      ['1', '3'],
      ['100%', '3 2 4 1'],
    ])
  })

  it('know the pools of the usual clouds', () => {
    const labelled = (labels: Record<string, string>): Node => ({ metadata: { name: 'n', labels } })
    expect(groupOf(labelled({ 'cloud.google.com/gke-nodepool': 'x' }), 'pool')).toBe('x')
    expect(groupOf(labelled({ 'karpenter.sh/nodepool': 'y' }), 'pool')).toBe('y')
    expect(groupOf(labelled({ 'failure-domain.beta.kubernetes.io/zone': 'z' }), 'zone')).toBe('z')
    expect(groupOf(labelled({ 'own/rack': 'r' }), 'own/rack')).toBe('r')
  })
})

describe('the time that waves take', () => {
  const pace = { readyAfter: 10_000, terminateAfter: 5000 }

  it('is that of their rounds and bakes', () => {
    const how = plan({ waves: ['50%', '100%'], bake: 60_000 })
    const timeline = timelineOf(how, survey({ maxUnavailable: 2 }), pace)
    expect(timeline.waves.map((wave) => [wave.nodes.length, wave.startSeconds, wave.readySeconds])).toEqual([
      [1, 0, 15],
      [5, 75, 120],
      [6, 180, 225],
    ])
    expect(timeline).toMatchObject({ totalSeconds: 285, minAvailable: 10, allowed: 2, down: 0 })
  })

  it('is not spent on a wave that adds no node', () => {
    const how = plan({ waves: [1, '50%', '100%'], bake: 60_000 })
    const { totalSeconds, waves } = timelineOf(how, survey({ maxUnavailable: 99 }), pace)
    expect(waves.map(({ endSeconds }) => endSeconds)).toEqual([75, 75, 150, 225])
    expect(totalSeconds).toBe(225)
    expect(timelineOf(how, survey({ maxUnavailable: 99 }), pace).allowed).toBe(12)
  })

  it('is longer where nodes that are not ready use the budget, and forever where they use all of it', () => {
    const nodes = simulatedNodes(4).map((node, at) => (at === 0 ? silent(node) : node))
    const how = plan({ canary: undefined, waves: ['100%'], bake: 0 })
    const scene = { nodes, down: ['node-1'] }
    expect(timelineOf(how, survey({ ...scene, maxUnavailable: 2 }), pace)).toMatchObject({
      totalSeconds: 45,
      minAvailable: 2,
      waves: [{ nodes: ['node-2', 'node-3', 'node-4'], leftOut: ['node-1'], updated: 3 }],
    })
    expect(timelineOf(how, survey({ ...scene, maxUnavailable: 1 }), pace)).toMatchObject({
      totalSeconds: null,
      waves: [{ startSeconds: 0, readySeconds: null, endSeconds: null }],
    })
  })

  it.each([
    ['one at a time', {}, 1],
    ['three at a time, in groups', { by: 'zone', waves: [] }, 3],
    ['in percentages', { canary: undefined, waves: ['10%', '30%', '100%'] }, '20%'],
  ])('and their nodes are what is played: %s', async (_, how, maxUnavailable) => {
    const rollingUpdate = { maxUnavailable, maxSurge: 0 }
    const world = await begun({
      nodes: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate },
      behaviour: { terminationSeconds: 5, pullSeconds: 8, startSeconds: 1, readySeconds: 1 },
    })
    const given = { bake: 30_000, ...how }
    const planned = timelineOf(
      plan(given),
      surveyOf({
        daemonSet: world.read(),
        plan: {},
        strategy: { type: 'RollingUpdate', rollingUpdate },
        nodes: world.nodes(),
        // They are old ones to a revision that is none of theirs.
        pods: world.pods().map((pod) => ({ ...pod, metadata: { ...pod.metadata, labels: { app: 'a' } } })),
        target: 'new',
        now: world.clock.now(),
      }),
      pace,
    )
    const began = world.clock.now()
    await world.begin('c:2', given)
    const end = await world.play(world.drive())
    const played = world.events.flatMap((event) => (event.kind === 'wave' ? [event.names] : []))
    expect(played).toEqual(planned.waves.map(({ nodes }) => nodes))
    expect(end.minAvailable).toBe(planned.minAvailable)
    const took = (world.clock.now() - began) / 1000
    // A round takes the test's clock a few steps more.
    expect(took).toBeGreaterThanOrEqual(planned.totalSeconds ?? 0)
    expect(took).toBeLessThan((planned.totalSeconds ?? 0) * 1.1)
  })
})
