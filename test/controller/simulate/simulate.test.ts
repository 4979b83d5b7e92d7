import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { podToCreate } from '#controller/new-pod.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import { type SimulateInput, startOf } from '#controller/simulate/start.ts'
import { Timeline } from '#controller/simulate/timeline.ts'
import type { DaemonSet, Pod, PodSpec } from '#kube/types.ts'
import { runs } from '../../helpers/random-cases.ts'
import { daemonSet, node, now, secondsAgo } from './scene.ts'

const hoursAgo = (hours: number) => secondsAgo(hours * 3600)
const nodes = (count: number) => Array.from({ length: count }, (_, index) => node(`node-${index + 1}`))

const play = (input: Partial<SimulateInput>) =>
  simulate({
    daemonSet: daemonSet(1),
    nodes: nodes(5),
    now,
    readyAfterSeconds: 20,
    terminateAfterSeconds: 10,
    ...input,
  })

describe('a roll-out that comes to its end', () => {
  it('goes node by node with maxUnavailable 1', () => {
    const result = play({})
    expect(
      result.waves.map(({ nodes: on, startSeconds, endSeconds }) => [on.length, startSeconds, endSeconds]),
    ).toEqual([
      [1, 0, 30],
      [1, 30, 60],
      [1, 60, 90],
      [1, 90, 120],
      [1, 120, 150],
    ])
    expect(result.waves.map((wave) => wave.counters.updated)).toEqual([1, 2, 3, 4, 5])
    expect(result).toMatchObject({
      totalSeconds: 150,
      minAvailable: 4,
      end: { state: 'done', holds: [], waiting: [] },
    })
  })

  it('never has fewer pods available with surge', () => {
    const result = play({ daemonSet: daemonSet(0, 2) })
    expect(result).toMatchObject({ minAvailable: 5, totalSeconds: 70, end: { state: 'done' } })
  })

  it('takes percentages of the nodes that count, rounded up', () => {
    const result = play({ daemonSet: daemonSet('25%') })
    expect(result.strategy).toEqual({ type: 'RollingUpdate', maxUnavailable: 2, maxSurge: 0, desired: 5 })
    expect(result.waves.map((wave) => wave.nodes.length)).toEqual([2, 2, 1])
  })

  it('tries another strategy', () => {
    const result = play({ strategy: { maxUnavailable: '100%' } })
    expect(result).toMatchObject({ totalSeconds: 30, minAvailable: 0 })
    expect(result.waves).toHaveLength(1)
  })

  it('waits for minReadySeconds', () => {
    expect(play({ daemonSet: daemonSet(5, 0, { minReadySeconds: 15 }) }).totalSeconds).toBe(45)
  })

  it('serves the nodes in an order that the seed decides', () => {
    const order = (seed: number) =>
      play({ seed })
        .waves.flatMap((wave) => wave.nodes)
        .join()
    expect(order(1)).toBe(order(1))
    expect(new Set([1, 2, 3, 4, 5, 6].map(order)).size).toBeGreaterThan(1)
  })

  it('makes all pods of a new DaemonSet at once', () => {
    const result = play({ pods: [] })
    expect(result).toMatchObject({ totalSeconds: 20, start: { current: 0 }, end: { state: 'done' } })
    expect(result.waves).toHaveLength(1)
  })

  it('is written as JSON', () => {
    const result = play({ failures: { 'node-1': 'crash' } })
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })
})

describe('a roll-out that gets stuck', () => {
  it('names the pod that cannot leave its unreachable node', () => {
    const result = play({ nodes: [...nodes(4), node('node-7', 'Unknown')] })
    expect(result.end.state).toBe('stuck')
    expect(result.end.message).toBe(
      'budget 1 is used up by the old pod of fluentd on node-7: terminating, node unreachable for 3 h; 4 nodes with the old pod wait',
    )
    expect(result.end.holds).toMatchObject([
      { node: 'node-7', cause: 'terminating-on-unreachable-node', usesBudget: true },
    ])
    expect(result.end.budget).toEqual({ rule: 'maxUnavailable', allowed: 1, configured: 1, used: 1 })
  })

  it('names the rounding when the budget is a percentage', () => {
    const failures = {
      'node-1': 'image',
      'node-2': 'image',
      'node-3': 'image',
      'node-4': 'image',
      'node-5': 'image',
    } as const
    const { end, waves } = play({ daemonSet: daemonSet('25%'), failures })
    expect(end.message).toMatch(
      /^budget 2 \(25% of 5\) is used up by the new pod of fluentd on node-\d: its image cannot be pulled; /,
    )
    expect(end.message).toMatch(/; 3 nodes with the old pod wait$/)
    expect(waves).toMatchObject([{ endSeconds: null, counters: { available: 3, updated: 2 } }])
  })

  it.each(['image', 'crash', 'never-ready'] as const)('by a failure %s with surge', (failure) => {
    const { end } = play({
      daemonSet: daemonSet(0, 1),
      failures: Object.fromEntries(nodes(5).map((one) => [one.metadata?.name, failure])),
    })
    expect(end).toMatchObject({
      state: 'stuck',
      counters: { available: 5, updated: 0 },
      holds: [{ cause: failure, usesBudget: true }],
    })
    expect(end.message).toMatch(/^surge 1 is used up by .*; 4 nodes with the old pod wait$/)
  })

  it('only at its end when the budget was large enough', () => {
    const { end } = play({ daemonSet: daemonSet(2), failures: { 'node-2': 'crash' } })
    expect(end.message).toBe(
      'the new pod of fluentd on node-2: its container crashes again and again (5 of 5 updated, 4 available)',
    )
    expect(end.waiting).toEqual([])
  })

  it('by pods that do not fit', () => {
    const small = { ...node('small'), status: { allocatable: { cpu: '1', memory: '1Gi', pods: '9' } } }
    const spec = { containers: [{ name: 'c', image: 'i:2', resources: { requests: { cpu: '2' } } }] }
    const { end } = play({ daemonSet: daemonSet(1, 0, {}, spec), nodes: [small] })
    expect(end).toMatchObject({ state: 'stuck', holds: [{ node: 'small', cause: 'unplaceable' }] })
    expect(end.message).toContain('cpu: needs 2, only 1 of 1 free')
  })

  it('not by pods of lower priority: they are evicted, and the new pod waits until they are gone', () => {
    const small = { ...node('small'), status: { allocatable: { cpu: '2', memory: '1Gi', pods: '9' } } }
    const spec = {
      priority: 9,
      containers: [{ name: 'c', image: 'i:2', resources: { requests: { cpu: '2' } } }],
    }
    const lower = {
      metadata: { name: 'lower', namespace: 'o' },
      spec: { nodeName: 'small', priority: 1, containers: [{ resources: { requests: { cpu: '1' } } }] },
    }
    const played = play({ daemonSet: daemonSet(1, 0, {}, spec), nodes: [small], pods: [lower] })
    expect(played).toMatchObject({
      totalSeconds: 30,
      end: { state: 'done' },
      evictions: [{ node: 'small', atSeconds: 0, pods: [{ namespace: 'o', name: 'lower', priority: 1 }] }],
    })
  })

  it('by a host port that the old pod holds, with surge', () => {
    const spec = { containers: [{ name: 'c', image: 'i:2', ports: [{ hostPort: 80 }] }] }
    const given = snapshot(['n1', 'n2'], spec)
    const { end } = play({
      ...given,
      daemonSet: daemonSet(
        0,
        1,
        {},
        { containers: [{ name: 'c', image: 'i:3', ports: [{ hostPort: 80 }] }] },
      ),
    })
    expect(end).toMatchObject({ state: 'stuck', holds: [{ cause: 'unplaceable', usesBudget: true }] })
    expect(end.message).toContain('port 80/TCP is used by n/fluentd-n')
  })
})

it('throws instead of going on forever', () => {
  const { rollout } = startOf({ daemonSet: daemonSet(1), nodes: nodes(5), now })
  expect(() => rollout.run(8)).toThrow('has not finished in 8 syncs')
})

describe('a roll-out with nothing to roll', () => {
  it('leaves old pods alone with OnDelete, and says so', () => {
    const { end, waves } = play({ daemonSet: daemonSet(1, 0, { updateStrategy: { type: 'OnDelete' } }) })
    expect(waves).toEqual([])
    expect(end).toMatchObject({
      state: 'waits-for-delete',
      waiting: expect.arrayContaining(['node-1', 'node-5']),
    })
    expect(end.message).toBe(
      'the strategy is OnDelete: 5 nodes of 5 keep the old pod until someone deletes it',
    )
  })

  it.each([
    ['no nodes', []],
    ['no node that takes it', [{ ...node('n1'), spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }]],
  ])('has %s', (_, given) => {
    expect(play({ nodes: given })).toMatchObject({
      waves: [],
      totalSeconds: 0,
      end: { state: 'nothing-desired' },
    })
  })

  it('finds everything up to date', () => {
    const given = snapshot(['n1', 'n2'])
    expect(play({ ...given, daemonSet: given.current })).toMatchObject({ waves: [], end: { state: 'done' } })
  })
})

/** A DaemonSet of image i:1 with a healthy pod on each node. */
function snapshot(names: readonly string[], spec: PodSpec = { containers: [{ name: 'c', image: 'i:1' }] }) {
  const current: DaemonSet = {
    ...daemonSet(1, 0, {}, spec),
    metadata: {
      name: 'fluentd',
      namespace: 'n',
      uid: 'ds',
      generation: 1,
      annotations: { 'deprecated.daemonset.template.generation': '1' },
    },
  }
  const pods = names.map((name): Pod => {
    const made = podToCreate(current, name, 'old')
    return {
      ...made,
      metadata: { ...made.metadata, name: `fluentd-${name}`, creationTimestamp: hoursAgo(9) },
      spec: { ...made.spec, nodeName: name },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: hoursAgo(9) }],
      },
    }
  })
  return { current, pods, nodes: names.map((name) => node(name)) }
}

describe('a roll-out from a snapshot', () => {
  const withPod = (given: ReturnType<typeof snapshot>, at: number, change: (pod: Pod) => Pod) => ({
    ...given,
    pods: given.pods.map((pod, index) => (index === at ? change(pod) : pod)),
  })
  const unready =
    (waiting?: string) =>
    (pod: Pod): Pod => ({
      ...pod,
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: hoursAgo(1) }],
        ...(waiting && { containerStatuses: [{ state: { waiting: { reason: waiting } } }] }),
      },
    })

  it('replaces old pods that are not available at once, beside the budget they use', () => {
    const { waves, end } = play(withPod(snapshot(['n1', 'n2', 'n3']), 1, unready()))
    expect(waves[0]).toMatchObject({ nodes: ['n2'], startSeconds: 0, endSeconds: 30 })
    expect(end.state).toBe('done')
  })

  it('does so on an older server without minding the budget', () => {
    const given = withPod(snapshot(['n1', 'n2', 'n3']), 1, unready())
    expect(play({ ...given, serverVersion: 'v1.27.3' }).waves[0]?.nodes).toHaveLength(2)
  })

  it('goes on from the middle of a roll-out that is stuck, by the pod that the snapshot shows failing', () => {
    const given = snapshot(['n1', 'n2', 'n3'])
    const annotations = { 'deprecated.daemonset.template.generation': '2' }
    const second = {
      ...given.current,
      metadata: { ...given.current.metadata, annotations },
      spec: daemonSet(1).spec,
    }
    const stuck = withPod({ ...given, current: second }, 0, (pod) => ({
      ...unready('ImagePullBackOff')(pod),
      metadata: {
        ...pod.metadata,
        name: 'fluentd-x',
        labels: { app: 'f', 'controller-revision-hash': 'new', 'pod-template-generation': '2' },
        creationTimestamp: hoursAgo(2),
      },
    }))
    const { end } = play({ ...stuck, revisions: [] })
    expect(end).toMatchObject({ state: 'stuck', holds: [{ pod: 'fluentd-x', cause: 'image' }] })
    expect(end.message).toBe(
      'budget 1 is used up by fluentd-x on n1: its image cannot be pulled (ImagePullBackOff); 2 nodes with the old pod wait',
    )
  })

  it('keeps a terminating pod on a node that is not ready forever, and waits for one elsewhere', () => {
    const given = snapshot(['n1', 'n2', 'n3'])
    const terminating = (pod: Pod): Pod => ({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: secondsAgo(30) },
    })
    expect(play(withPod(given, 0, terminating)).end.state).toBe('done')
    const held = { ...withPod(given, 0, terminating), nodes: [node('n1', 'False'), node('n2'), node('n3')] }
    expect(play(held).end.message).toBe(
      'budget 1 is used up by fluentd-n1 on n1: terminating, node not ready for 3 h; 2 nodes with the old pod wait',
    )
  })

  const named = (name: string, phase?: string) => (pod: Pod) => ({
    ...pod,
    metadata: { ...pod.metadata, name },
    ...(phase && { status: { phase } }),
  })

  it('replaces a failed pod without waiting for a kubelet, and the next one on its node a second later', () => {
    const one = withPod(snapshot(['n1']), 0, named('a', 'Failed'))
    expect(play({ ...one, daemonSet: one.current })).toMatchObject({
      totalSeconds: 20,
      end: { state: 'done' },
    })
    const two = { ...one, pods: one.pods.flatMap((pod) => [pod, named('b')(pod)]) }
    expect(play({ ...two, daemonSet: two.current })).toMatchObject({
      totalSeconds: 21,
      end: { state: 'done' },
    })
  })

  it('keeps a pod whose node is gone until the collector takes it', () => {
    const given = snapshot(['n1', 'gone'])
    const result = play({ ...given, nodes: given.nodes.slice(0, 1), daemonSet: daemonSet(0, 1) })
    expect(result).toMatchObject({ totalSeconds: 70, end: { state: 'done' } })
    expect(result.waves.map((wave) => wave.startSeconds)).toEqual([40])
  })

  it('makes more than 250 pods at one moment, in several syncs', () => {
    const result = play({ nodes: nodes(600), pods: [] })
    expect(result).toMatchObject({ totalSeconds: 20, end: { state: 'done', counters: { available: 600 } } })
    expect(result.waves).toHaveLength(1)
  })

  it('takes pods off nodes that no longer match, outside the budget', () => {
    const given = snapshot(['n1', 'n2', 'n3'])
    const selecting = daemonSet(1, 0, {}, { nodeSelector: { chosen: 'yes' } })
    const chosen = { ...node('n1'), metadata: { name: 'n1', labels: { chosen: 'yes' } } }
    const result = play({ ...given, daemonSet: selecting, nodes: [chosen, node('n2'), node('n3')] })
    expect(result.end).toMatchObject({ state: 'done', counters: { desired: 1, misscheduled: 0 } })
    expect(result.waves[0]?.nodes.toSorted()).toEqual(['n2', 'n3'])
  })
})

describe('random roll-outs over healthy nodes', () => {
  const limit = fc.oneof(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
  )

  it('touch every node once, keep within the limits and end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        limit,
        fc.boolean(),
        fc.nat(),
        (count, amount, surges, seed) => {
          const given = surges ? daemonSet(0, amount) : daemonSet(amount)
          const result = play({ daemonSet: given, nodes: nodes(count), seed })
          const touched = result.waves.flatMap((wave) => wave.nodes)
          const { maxUnavailable, maxSurge } = result.strategy
          expect(result.end.state).toBe('done')
          expect(touched.toSorted()).toEqual(
            nodes(count)
              .map((one) => one.metadata?.name ?? '')
              .sort(),
          )
          expect(result.minAvailable).toBe(count - Math.min(count, maxUnavailable))
          const waves = Math.ceil(count / Math.max(maxUnavailable, maxSurge))
          expect(result.totalSeconds).toBe(surges ? waves * 20 + 10 : waves * 30)
        },
      ),
      runs(100),
    )
  })
})

describe('the timeline', () => {
  it('gives events in order of time, those of one moment together and as added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (times) => {
        const timeline = new Timeline<number>()
        for (const [index, at] of times.entries()) timeline.add(at, index)
        const taken: [number, number][] = []
        for (let next = timeline.takeNext(); next; next = timeline.takeNext())
          for (const event of next.events) taken.push([next.at, event])
        expect(taken).toEqual(
          times.map((at, index): [number, number] => [at, index]).sort((a, b) => a[0] - b[0] || a[1] - b[1]),
        )
      }),
      runs(100),
    )
  })
})
