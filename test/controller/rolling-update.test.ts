import { describe, expect, it } from 'vitest'
import type { NodeState } from '#controller/daemon-pod.ts'
import type { SettledNodes } from '#controller/rolling-update.ts'
import { rollingUpdate } from '#controller/rolling-update.ts'
import type { PodRules } from '#controller/update-strategy.ts'
import { leaving, nodeState, now, oldPod, podState, rulesOf, unready } from './states.ts'

const minute = 60_000
const notAllowed = { shouldRun: false }

function update(nodes: readonly NodeState[], rules: Partial<PodRules> = {}, settled?: SettledNodes) {
  const { creations, deletions, budget, error } = rollingUpdate(nodes, rulesOf(rules), settled)
  return {
    pods: [
      ...creations.map(({ node, reason }) => `+${node.name} ${reason}`),
      ...deletions.map(({ node, pod, reason }) => `-${pod.name} on ${node.name} ${reason}`),
    ],
    used: budget?.used.map(({ node, pod, cause }) => `${node} ${pod ?? '-'} ${cause}`),
    budget,
    error,
  }
}

/** Nodes n1, n2 … with an old pod each, that is available. */
const old = (count: number) =>
  Array.from({ length: count }, (_, at) => nodeState(`n${at + 1}`, [oldPod(`p${at + 1}`)]))

describe('a rolling update in place', () => {
  it('does nothing where every pod is updated and available', () => {
    expect(update([nodeState('n1', [podState('p1')])])).toEqual({
      pods: [],
      used: [],
      budget: { rule: 'maxUnavailable', allowed: 1, configured: 1, used: [] },
      error: undefined,
    })
  })

  it.each<[string, NodeState, string, string[]]>([
    [
      'nothing, a node that is updated',
      nodeState('a', [podState('x')]),
      '',
      ['-p1 on n1 outdated', '-p2 on n2 outdated'],
    ],
    [
      'nothing, a node that gets no pod and has none',
      nodeState('a', [], notAllowed),
      '',
      ['-p1 on n1 outdated', '-p2 on n2 outdated'],
    ],
    ['a node without a pod', nodeState('a'), 'a - missing', ['-p1 on n1 outdated']],
    [
      'a pod on its way out',
      nodeState('a', [oldPod('x', leaving)]),
      'a x terminating',
      ['-p1 on n1 outdated'],
    ],
    [
      'a pod on its way out on a node that gets none',
      nodeState('a', [oldPod('x', leaving)], notAllowed),
      'a x terminating',
      ['-p1 on n1 outdated'],
    ],
    [
      'a new pod that is not ready',
      nodeState('a', [podState('x', unready)]),
      'a x new-unavailable',
      ['-p1 on n1 outdated'],
    ],
    [
      'an old and a new pod on one node',
      nodeState('a', [oldPod('x'), podState('y')]),
      'a - excess-pods',
      ['-p1 on n1 outdated'],
    ],
    [
      'two old pods on one node',
      nodeState('a', [oldPod('x'), oldPod('y')]),
      'a - excess-pods',
      ['-p1 on n1 outdated'],
    ],
    [
      'two new pods on one node',
      nodeState('a', [podState('x'), podState('y')]),
      'a - excess-pods',
      ['-p1 on n1 outdated'],
    ],
    [
      'an old pod that is not available, which goes at once',
      nodeState('a', [oldPod('x', unready)]),
      'a x old-unavailable',
      ['-x on a outdated-unavailable', '-p1 on n1 outdated'],
    ],
  ])('of two at a time; used up by %s', (_, first, used, pods) => {
    const result = update([first, ...old(3)], { maxUnavailable: 2 })
    expect(result.used).toEqual(used === '' ? [] : [used])
    expect(result.pods).toEqual(pods)
  })

  it('passes over pods on their way out beside one that stays', () => {
    const nodes = [nodeState('n1', [oldPod('gone', leaving), podState('new', leaving), oldPod('p1')])]
    expect(update(nodes).pods).toEqual(['-p1 on n1 outdated'])
  })

  it('replaces nothing that is available once the budget is spent, and every old pod that is not', () => {
    const nodes = [
      ...old(2),
      nodeState('a'),
      nodeState('b', [oldPod('x', unready)]),
      nodeState('c', [oldPod('y', unready)]),
    ]
    expect(update(nodes).pods).toEqual(['-x on b outdated-unavailable', '-y on c outdated-unavailable'])
  })

  it('takes a ready pod for available after minReadySeconds only', () => {
    const young = (name: string) => podState(name, { readyAt: now - minute })
    const nodes = [nodeState('a', [young('x')]), nodeState('b', [{ ...young('y'), hash: 'old' }]), ...old(1)]
    expect(update(nodes, { maxUnavailable: 3, minReady: minute }).pods).toEqual([
      '-y on b outdated',
      '-p1 on n1 outdated',
    ])
    const early = update(nodes, { maxUnavailable: 3, minReady: minute + 1 })
    expect(early.pods).toEqual(['-y on b outdated-unavailable', '-p1 on n1 outdated'])
    expect(early.used).toEqual(['a x new-unavailable', 'b y old-unavailable'])
  })

  it('counts percentages of the nodes that should run a pod, settled ones among them, and rounds up', () => {
    const nodes = [...old(4), nodeState('a', [oldPod('x')], notAllowed)]
    expect(update(nodes, { maxUnavailable: '50%' }).budget).toMatchObject({ allowed: 2, configured: '50%' })
    expect(update(nodes, { maxUnavailable: '51%' }).budget?.allowed).toBe(3)
    expect(update(nodes, { maxUnavailable: '50%' }, { desired: 1, available: 1 }).budget?.allowed).toBe(3)
  })

  it('on a server before 1.31 replaces old pods that are not available outside the budget', () => {
    const nodes = [
      nodeState('a', [oldPod('x', unready)]),
      nodeState('b', [podState('y', unready)]),
      ...old(3),
    ]
    const before = update(nodes, { maxUnavailable: 2, countsOldUnavailable: false })
    expect(before.pods).toEqual(['-x on a outdated-unavailable', '-p1 on n1 outdated'])
    expect(before.used).toEqual(['b y new-unavailable'])
    const since = update(nodes, { maxUnavailable: 2 })
    expect(since.pods).toEqual(['-x on a outdated-unavailable'])
    expect(since.used).toEqual(['a x old-unavailable', 'b y new-unavailable'])
  })

  it('gives up over a setting that cannot be read', () => {
    expect(update(old(1), { maxUnavailable: '1' })).toEqual({
      pods: [],
      used: undefined,
      budget: undefined,
      error: 'invalid value for maxUnavailable: "1" is neither number nor percentage',
    })
  })

  it('with neither limit given takes one node at a time, and says that nothing was configured', () => {
    const { budget, pods } = update(old(2), { maxUnavailable: undefined, maxSurge: undefined })
    expect(budget).toMatchObject({ rule: 'maxUnavailable', allowed: 1, configured: 0 })
    expect(pods).toEqual(['-p1 on n1 outdated'])
  })
})

describe('a rolling update with surge', () => {
  const surge = (
    nodes: readonly NodeState[],
    maxSurge: PodRules['maxSurge'],
    over: Partial<PodRules> = {},
    settled?: SettledNodes,
  ) => update(nodes, { maxUnavailable: 0, maxSurge, ...over }, settled)

  it('makes as many pods beside old ones as maxSurge says', () => {
    expect(surge(old(3), 2)).toEqual({
      pods: ['+n1 surge', '+n2 surge'],
      used: [],
      budget: { rule: 'maxSurge', allowed: 2, configured: 2, used: [] },
      error: undefined,
    })
    expect(surge(old(3), '34%').budget).toMatchObject({ allowed: 2, configured: '34%' })
  })

  it.each<[string, NodeState, string, string[]]>([
    ['nothing, a node that is updated', nodeState('a', [podState('x')]), '', ['+n1 surge', '+n2 surge']],
    [
      'nothing, a new pod that is not ready and alone',
      nodeState('a', [podState('x', unready)]),
      '',
      ['+n1 surge', '+n2 surge'],
    ],
    ['nothing, a node without a pod', nodeState('a'), '', ['+n1 surge', '+n2 surge']],
    [
      'nothing, an old pod that is not available, beside which a new one comes at once',
      nodeState('a', [oldPod('x', unready)]),
      '',
      ['+a surge-unavailable', '+n1 surge', '+n2 surge'],
    ],
    [
      'nothing, a new pod that is available, whose old one goes',
      nodeState('a', [oldPod('x'), podState('y')]),
      '',
      ['+n1 surge', '+n2 surge', '-x on a superseded'],
    ],
    [
      'a new pod beside its old one that is not yet available',
      nodeState('a', [oldPod('x'), podState('y', unready)]),
      'a y new-unavailable',
      ['+n1 surge'],
    ],
    [
      'several pods of one revision',
      nodeState('a', [oldPod('x'), oldPod('y')]),
      'a - excess-pods',
      ['+n1 surge'],
    ],
  ])('two at a time; used up by %s', (_, first, used, pods) => {
    const result = surge([first, ...old(3)], 2)
    expect(result.used).toEqual(used === '' ? [] : [used])
    expect(result.pods).toEqual(pods)
  })

  it('makes no pod beside an available one while others use up maxSurge, wherever they come in the order', () => {
    const busy = nodeState('a', [oldPod('x'), podState('y', unready)])
    expect(surge([busy, ...old(2)], 1).pods).toEqual([])
    expect(surge([...old(2), busy], 1).pods).toEqual([])
    expect(surge([...old(2), busy, { ...busy, name: 'b' }], 1).pods).toEqual([])
  })

  it('heeds minReadySeconds: of the new pod, of the old one, and of one that is left over', () => {
    const young = { readyAt: now - minute }
    const nodes = [
      nodeState('a', [oldPod('x'), podState('y', young)]),
      nodeState('b', [oldPod('z', young)]),
      nodeState('c', [oldPod('l', young)], notAllowed),
    ]
    expect(surge(nodes, 1, { minReady: minute }).pods).toEqual([
      '+b surge',
      '-x on a superseded',
      '-l on c should-not-run',
    ])
    expect(surge(nodes, 2, { minReady: minute + 1 }).pods).toEqual([
      '+b surge-unavailable',
      '-l on c should-not-run',
    ])
  })

  describe('an old pod on a node that would not get one again', () => {
    const shouldNotRun = (name: string, facts = {}) =>
      nodeState(name, [oldPod(`l-${name}`, facts)], notAllowed)

    it('goes at once if it is not available', () => {
      expect(surge([nodeState('n1', [podState('p', unready)]), shouldNotRun('a', unready)], 1).pods).toEqual([
        '-l-a on a should-not-run',
      ])
    })

    it('stays until as many others are available as should be: the constraint has moved, the new node is not ready', () => {
      const moved = (facts: object) => [nodeState('b', [podState('new', facts)]), shouldNotRun('a')]
      expect(surge(moved(unready), 1).pods).toEqual([])
      expect(surge(moved({}), 1).pods).toEqual(['-l-a on a should-not-run'])
    })

    it('goes with only so many others as are to spare', () => {
      const three = [shouldNotRun('a'), shouldNotRun('b'), shouldNotRun('c')]
      const gone = ['-l-a on a should-not-run', '-l-b on b should-not-run', '-l-c on c should-not-run']
      const serving = nodeState('n1', [podState('p')])
      const empty = nodeState('n2')
      expect(surge([...three, serving], 1).pods).toEqual(gone)
      expect(surge([...three, serving, empty], 1).pods).toEqual(gone.slice(0, 2))
      expect(surge([...three, empty], 1).pods).toEqual(gone.slice(0, 2))
      expect(surge([...three, empty, { ...empty, name: 'n3' }], 1).pods).toEqual(gone.slice(0, 1))
      const many = ['n3', 'n4', 'n5'].map((name) => nodeState(name))
      expect(surge([...three, empty, ...many], 1).pods).toEqual([])
    })

    it('counts the old pod of a node as serving, not the new one beside it', () => {
      const nodes = [shouldNotRun('a'), nodeState('n1', [oldPod('x', unready), podState('y')])]
      expect(surge(nodes, 1).pods).toEqual(['-x on n1 superseded'])
    })

    it('counts settled nodes with the others', () => {
      const nodes = [shouldNotRun('a'), shouldNotRun('b')]
      expect(surge(nodes, 1, {}, { desired: 3, available: 2 }).pods).toEqual(['-l-a on a should-not-run'])
    })
  })

  it('gives up over a lone old pod whose node is gone, even one that would go', () => {
    const gone = nodeState('gone', [oldPod('x', unready)], { exists: false, shouldRun: false })
    expect(surge([...old(1), gone], 1)).toEqual({
      pods: [],
      used: undefined,
      budget: undefined,
      error: 'node gone of an old pod does not exist',
    })
    const both = { ...gone, pods: [oldPod('x'), podState('y')] }
    expect(surge([both, ...old(1)], 1).pods).toEqual(['+n1 surge', '-x on gone superseded'])
  })
})
