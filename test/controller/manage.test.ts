import { describe, expect, it } from 'vitest'
import type { NodeState } from '#controller/daemon-pod.ts'
import type { FailedPodsBackoff } from '#controller/failed-pods-backoff.ts'
import { manage } from '#controller/manage.ts'
import type { PodRules } from '#controller/update-strategy.ts'
import { leaving, nodeState, now, oldPod, podState, rulesOf, unready } from './states.ts'

const notAllowed = { shouldRun: false, shouldContinueRunning: false }
/** Such as a NoSchedule taint makes it. */
const noNewPods = { shouldRun: false }
const gone = { exists: false, ...notAllowed }
const failed = { phase: 'Failed' }
const surge = { maxUnavailable: 0, maxSurge: 1 }

function changes(nodes: readonly NodeState[], rules: Partial<PodRules> = {}, waits?: FailedPodsBackoff) {
  const { creations, deletions } = manage(nodes, rulesOf(rules), waits)
  return [
    ...creations.map(({ node, reason }) => `+${node.name} ${reason}`),
    ...deletions.map(({ node, pod, reason }) => `-${pod.name} on ${node.name} ${reason}`),
  ]
}

describe('one pod on every node that should have one', () => {
  it.each<[string, NodeState, string[]]>([
    ['it is there', nodeState('a', [podState('p')]), []],
    ['it is there, outdated and not ready: not its business', nodeState('a', [oldPod('p', unready)]), []],
    ['it is missing', nodeState('a'), ['+a missing']],
    ['it is leaving', nodeState('a', [podState('p', leaving)]), []],
    ['it has failed', nodeState('a', [podState('p', failed)]), ['-p on a failed']],
    ['it has ended', nodeState('a', [podState('p', { phase: 'Succeeded' })]), ['-p on a succeeded']],
    ['it has failed and is leaving', nodeState('a', [podState('p', { ...failed, ...leaving })]), []],
    [
      'there are three: the oldest stays',
      nodeState('a', [podState('c'), podState('b', { createdAt: 1 }), podState('a')]),
      ['-a on a duplicate', '-c on a duplicate'],
    ],
    [
      'there are two, of which the older has failed',
      nodeState('a', [podState('new'), podState('old', { createdAt: 1, ...failed })]),
      ['-old on a failed'],
    ],
    [
      'there are two, of which the older is leaving',
      nodeState('a', [podState('new'), podState('old', { createdAt: 1, ...leaving })]),
      [],
    ],
  ])('%s', (_, node, expected) => {
    expect(changes([node])).toEqual(expected)
  })
})

describe('none where it may not stay', () => {
  it.each<[string, NodeState, string[]]>([
    ['and none is', nodeState('a', [], notAllowed), []],
    ['and one is', nodeState('a', [podState('p')], notAllowed), ['-p on a not-allowed']],
    [
      'and one is leaving',
      nodeState('a', [podState('p', leaving), podState('q')], notAllowed),
      ['-q on a not-allowed'],
    ],
    ['it may stay where none is made', nodeState('a', [podState('p')], noNewPods), []],
    ['none is made where it might stay', nodeState('a', [], noNewPods), []],
    [
      'where the node is gone, of those that wait for it',
      nodeState('a', [podState('ran'), podState('waits', { bound: false })], gone),
      ['-waits on a node-gone'],
    ],
    [
      'where the node is gone, and it is leaving',
      nodeState('a', [podState('p', { bound: false, ...leaving })], gone),
      [],
    ],
  ])('%s', (_, node, expected) => {
    expect(changes([node])).toEqual(expected)
  })
})

describe('with surge two pods may share a node', () => {
  const old = (facts = {}) => oldPod('old', { createdAt: 1, ...facts })
  it.each<[string, NodeState, string[]]>([
    [
      'an old one that is ready, and a new one that is not',
      nodeState('a', [podState('new', unready), old()]),
      [],
    ],
    ['until the new one is available', nodeState('a', [podState('new'), old()]), ['-old on a superseded']],
    [
      'until the old one is not ready',
      nodeState('a', [podState('new', unready), old(unready)]),
      ['-old on a superseded'],
    ],
    [
      'but not until the new one is merely ready',
      nodeState('a', [podState('new', { readyAt: now - 999 }), old()]),
      [],
    ],
    [
      'not two of one revision: the older stays',
      nodeState('a', [
        podState('x', unready),
        podState('y', { ...unready, createdAt: 2 }),
        old(),
        oldPod('older', { createdAt: 0.5 }),
      ]),
      ['-old on a duplicate', '-x on a duplicate'],
    ],
    ['not two new ones', nodeState('a', [podState('y'), podState('x')]), ['-y on a duplicate']],
    ['not two old ones', nodeState('a', [oldPod('y'), oldPod('x')]), ['-y on a duplicate']],
    ['one alone stays', nodeState('a', [old(unready)]), []],
    ['a new one comes beside one that is leaving', nodeState('a', [old(leaving)]), ['+a missing']],
    ['and beside one that has failed', nodeState('a', [old(failed)]), ['+a missing', '-old on a failed']],
    ['not where none should run', nodeState('a', [old(leaving)], noNewPods), []],
    ['one leaving does not count', nodeState('a', [podState('new', unready), old(leaving)]), []],
  ])('%s', (_, node, expected) => {
    expect(changes([node], { ...surge, minReady: 1000 })).toEqual(expected)
  })

  it('not with OnDelete', () => {
    const node = nodeState('a', [podState('new', unready), old()])
    expect(changes([node], { ...surge, onDelete: true })).toEqual(['-new on a duplicate'])
  })
})

describe('waiting between replacements of failed pods', () => {
  const second = 1000
  const minute = 60 * second
  const broken = (...names: string[]) => names.map((name) => nodeState(name, [podState(`p-${name}`, failed)]))
  const waited = (delay: number, ms: number): FailedPodsBackoff =>
    new Map([['a', { delay, since: now - ms }]])
  const replaced = ['-p-a on a failed']

  it.each<[string, FailedPodsBackoff, string[], number, number | undefined]>([
    ['the first goes at once, and begins with a second', new Map(), replaced, second, undefined],
    ['the next waits', waited(second, 999), [], second, now + 1],
    ['the next goes after a second, and doubles', waited(second, second), replaced, 2 * second, undefined],
    ['fifteen minutes at most', waited(8 * minute, 8 * minute), replaced, 15 * minute, undefined],
    ['is remembered for half an hour', waited(15 * minute, 30 * minute), replaced, 15 * minute, undefined],
    ['and forgotten then', waited(15 * minute, 30 * minute + 1), replaced, second, undefined],
  ])('%s', (_, waits, expected, delay, retryAt) => {
    const result = manage(broken('a'), rulesOf(), waits)
    expect(changes(broken('a'), {}, waits)).toEqual(expected)
    expect(result.backoff.get('a')?.delay).toBe(delay)
    expect(result.retryAt).toBe(retryAt)
  })

  it('is kept for each node, and asks for the next sync when the first is over', () => {
    const waits = new Map([
      ['a', { delay: 4000, since: now - 1000 }],
      ['b', { delay: 2000, since: now - 1000 }],
      ['d', { delay: 9000, since: now - 1000 }],
    ])
    const result = manage(broken('a', 'b', 'c'), rulesOf(), waits)
    expect(result.deletions.map(({ pod }) => pod.name)).toEqual(['p-c'])
    expect(result.retryAt).toBe(now + 1000)
    expect([...result.backoff]).toEqual([...waits, ['c', { delay: 1000, since: now }]])
    expect([...waits.keys()]).toEqual(['a', 'b', 'd'])
  })

  it('is not done where nobody keeps the times', () => {
    const result = manage(broken('a'), rulesOf(), undefined)
    expect(result.deletions).toHaveLength(1)
    expect([result.backoff, result.retryAt]).toEqual([new Map(), undefined])
  })
})
