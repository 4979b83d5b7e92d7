import { describe, expect, it } from 'vitest'
import type { Node } from '#kube/types.ts'
import { daemonSet, node, play, podOn, unready } from './scene.ts'

const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at + 1}`)
const failing = (...on: string[]) => Object.fromEntries(on.map((name) => [name, 'image' as const]))
const lost = (name: string) => node(name, 'Unknown')
const pulled = (name: string) => `the new pod of fluentd on ${name}: its image cannot be pulled`
const onDelete = (more: object = {}) => daemonSet(1, 0, { updateStrategy: { type: 'OnDelete' }, ...more })

const allDone = {
  desired: 3,
  current: 3,
  ready: 3,
  updated: 3,
  available: 3,
  unavailable: 0,
  misscheduled: 0,
}

describe('how a roll-out ends', () => {
  it('done', () => {
    expect(play().end).toEqual({
      state: 'done',
      message: 'all 3 pods are updated and available',
      counters: allDone,
      holds: [],
      waiting: [],
      budget: { rule: 'maxUnavailable', allowed: 1, configured: 1, used: 0 },
    })
  })

  it('with nothing to do', () => {
    const tainted = { ...node('n1'), spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }
    expect(play({ nodes: [tainted], pods: [] }).end).toMatchObject({
      state: 'nothing-desired',
      message: 'no node matches: 0 pods',
    })
  })

  it.each<[string, Node[], string]>([
    ['one', [node('n1')], '1 node of 1 keeps the old pod until someone deletes it'],
    ['two', [node('n1'), node('n2')], '2 nodes of 2 keep the old pod until someone deletes it'],
  ])('waiting for somebody to delete %s', (_, nodes, words) => {
    const { end } = play({ daemonSet: onDelete(), nodes })
    expect(end.state).toBe('waits-for-delete')
    expect(end.message).toBe(`the strategy is OnDelete: ${words}`)
    expect(end).not.toHaveProperty('budget')
    expect([...end.waiting].sort()).toEqual(nodes.map((one) => one.metadata?.name))
  })

  it('waiting for somebody to delete, while another pod is held', () => {
    const nodes = [node('n1'), node('n2')]
    const bad = podOn('n2', unready([{ state: { waiting: { reason: 'ErrImagePull' } } }]))
    expect(play({ daemonSet: onDelete(), nodes, pods: [podOn('n1'), bad] }).end).toMatchObject({
      waiting: ['n1'],
      message:
        'the strategy is OnDelete: 2 nodes of 2 keep the old pod until someone deletes it; fluentd-n2 on n2: its image cannot be pulled (ErrImagePull)',
    })
  })

  it('stuck with OnDelete: every pod is new, one is held', () => {
    const { end } = play({
      daemonSet: onDelete(),
      nodes: names(2).map((name) => node(name)),
      pods: [],
      failures: failing('n1'),
    })
    expect(end).toMatchObject({ state: 'stuck', message: `${pulled('n1')} (2 of 2 updated, 1 available)` })
  })

  it('stuck: one waits for one', () => {
    const nodes = names(2).map((name) => node(name))
    const { end } = play({ nodes, failures: failing(...names(2)) })
    expect(end.state).toBe('stuck')
    expect(end.message).toMatch(
      /^budget 1 is used up by the new pod of fluentd on n\d: its image cannot be pulled; 1 node with the old pod waits$/,
    )
    expect(end.counters).toMatchObject({ updated: 1, available: 1, unavailable: 1 })
    expect(end.budget).toEqual({ rule: 'maxUnavailable', allowed: 1, configured: 1, used: 1 })
  })

  it('stuck: names the first three', () => {
    const nodes = names(6).map((name) => node(name))
    const { end } = play({ daemonSet: daemonSet('80%'), nodes, failures: failing(...names(6)) })
    expect(end.message.split('; ')).toEqual([
      expect.stringMatching(
        /^budget 5 \(80% of 6\) is used up by the new pod of fluentd on n\d: its image cannot be pulled$/,
      ),
      expect.stringMatching(/^the new pod of fluentd on n\d: its image cannot be pulled$/),
      expect.stringMatching(/^the new pod of fluentd on n\d: its image cannot be pulled$/),
      'and 2 more',
      '1 node with the old pod waits',
    ])
  })

  it('stuck: exactly three are named without more', () => {
    const nodes = names(3).map((name) => node(name))
    const { end } = play({ daemonSet: daemonSet(3), nodes, failures: failing(...names(3)), seed: 3 })
    expect(end.message.split('; ').toSorted()).toEqual([
      expect.stringContaining('fluentd on n1: its'),
      expect.stringContaining('fluentd on n2: its'),
      expect.stringContaining('fluentd on n3: its'),
    ])
    expect(end.message).toMatch(/ \(3 of 3 updated, 0 available\)$/)
  })

  it('stuck: names who spends the budget, not who is held besides', () => {
    const nodes = [node('n1'), node('n2'), lost('n3')]
    const { end } = play({
      nodes,
      daemonSet: daemonSet(1),
      serverVersion: 'v1.27.0',
      failures: failing('n1', 'n2'),
    })
    expect(end.state).toBe('stuck')
    expect(end.holds.map((hold) => hold.node).toSorted()).toContain('n3')
  })

  it('stuck with surge, which is a share of the nodes', () => {
    const nodes = names(4).map((name) => node(name))
    const { end } = play({ daemonSet: daemonSet(0, '25%'), nodes, failures: failing(...names(4)) })
    expect(end.message).toMatch(
      /^surge 1 \(25% of 4\) is used up by .* cannot be pulled; 3 nodes with the old pod wait$/,
    )
    expect(end.holds).toHaveLength(1)
    expect(end.holds[0]).not.toHaveProperty('pod')
  })

  it('stuck: the update cannot go on', () => {
    const { end, strategy } = play({ daemonSet: daemonSet('1') })
    expect(end.state).toBe('stuck')
    expect(end.message).toBe(
      'the update cannot go on: invalid value for maxUnavailable: "1" is neither number nor percentage (0 of 3 updated, 3 available)',
    )
    expect(end).not.toHaveProperty('budget')
    expect(strategy).toEqual({ type: 'RollingUpdate', maxUnavailable: 0, maxSurge: 0, desired: 3 })
  })
})

describe('the strategy', () => {
  it.each<[string, object, object]>([
    ['its own', {}, { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0 }],
    ['surge alone', { strategy: { maxSurge: 2 } }, { type: 'RollingUpdate', maxUnavailable: 0, maxSurge: 2 }],
    ['a share', { strategy: { maxUnavailable: '50%' } }, { maxUnavailable: 2, maxSurge: 0 }],
    ['nothing at all', { strategy: {} }, { maxUnavailable: 1, maxSurge: 0 }],
    ['OnDelete', { daemonSet: onDelete() }, { type: 'OnDelete' }],
    [
      'another instead of OnDelete',
      { daemonSet: onDelete(), strategy: { maxUnavailable: 3 } },
      { type: 'RollingUpdate', maxUnavailable: 3 },
    ],
  ])('is %s', (_, input, strategy) => {
    expect(play(input).strategy).toMatchObject({ ...strategy, desired: 3 })
  })
})

describe('without pods in the snapshot', () => {
  it('every node has an old one, which is ready where its node is', () => {
    const nodes = [
      node('n1'),
      lost('n2'),
      { ...node('n3'), spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } },
    ]
    expect(play({ nodes, pods: undefined }).start).toEqual({
      desired: 2,
      current: 2,
      ready: 1,
      updated: 0,
      available: 1,
      unavailable: 1,
      misscheduled: 0,
    })
  })
})

describe('waves', () => {
  it('begin and end, with the counters of their end', () => {
    const { waves, totalSeconds, minAvailable } = play({ daemonSet: daemonSet(2) })
    expect(waves).toEqual([
      {
        number: 1,
        startSeconds: 0,
        endSeconds: 30,
        nodes: [expect.any(String), expect.any(String)],
        counters: {
          desired: 3,
          current: 3,
          ready: 3,
          updated: 2,
          available: 3,
          unavailable: 0,
          misscheduled: 0,
        },
      },
      {
        number: 2,
        startSeconds: 30,
        endSeconds: 60,
        nodes: [expect.any(String)],
        counters: allDone,
      },
    ])
    expect([totalSeconds, minAvailable]).toEqual([60, 1])
  })

  it('that never end have the counters of the end', () => {
    const { waves, end } = play({ daemonSet: daemonSet(3), failures: failing('n1') })
    expect(waves).toMatchObject([{ number: 1, endSeconds: null, counters: end.counters }])
  })

  it('that never end tell where they stuck, whatever comes after them', () => {
    const { waves, end } = play({ daemonSet: daemonSet(2), failures: failing('n1') })
    const stuck = waves.filter((wave) => wave.endSeconds === null)
    expect(end.counters.updated).toBe(3)
    expect(stuck).toHaveLength(1)
    for (const wave of waves)
      if (wave.endSeconds === null) expect(wave.stuckAt?.updated).toBeLessThan(3)
      else expect(wave).not.toHaveProperty('stuckAt')
  })
})

it('what is broken in the snapshot is warned of', () => {
  const { warnings } = play({ pods: [podOn('n1'), podOn('gone')], nodes: [node('n1')] })
  const message = 'pod fluentd-gone is on node gone, which is not there'
  expect(warnings).toEqual([{ severity: 'warning', code: 'DanglingNode', message }])
})
