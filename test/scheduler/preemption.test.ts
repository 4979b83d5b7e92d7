import { describe, expect, it } from 'vitest'
import type { Pod, PodDisruptionBudget } from '#kube/types.ts'
import { DisruptionBudgets } from '#scheduler/disruption-budgets.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import { leastHarm } from '#scheduler/preemption.ts'
import { resourcesFit } from '#scheduler/resources-fit.ts'
import { schedule } from '#scheduler/schedule.ts'

interface Given {
  readonly cpu?: string
  readonly priority?: number
  readonly start?: string
  readonly labels?: Record<string, string>
  readonly more?: Partial<Pod>
}

const podOf = (
  name: string,
  { cpu = '1', priority = 0, start, labels = {}, more = {} }: Given = {},
): Pod => ({
  metadata: { name, namespace: 'ns', labels },
  spec: { priority, containers: [{ resources: { requests: { cpu } } }] },
  status: { phase: 'Running', startTime: start },
  ...more,
})

const budgetOf = (app: string, allowed: number, disrupted = {}): PodDisruptionBudget => ({
  metadata: { name: app, namespace: 'ns' },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed: allowed, disruptedPods: disrupted },
})

/** Names of those evicted for a pod of priority 100 that wants so much of a node of 4 cores. */
function evicted(cpu: string, pods: readonly Pod[], budgets: readonly PodDisruptionBudget[] = []) {
  const pod = new PodInfo(podOf('new', { cpu, priority: 100 }), [])
  const outcome = schedule({
    pod,
    preempts: true,
    node: { metadata: { name: 'n' }, status: { allocatable: { cpu: '4', pods: '10' } } },
    pods: pods.map((one) => new PodInfo(one, [])),
    filters: [resourcesFit(pod)],
    budgets: () => new DisruptionBudgets(budgets),
  })
  return outcome.victims.length > 0 ? outcome.victims.map((one) => one.name) : outcome.noVictims
}

const at = (minute: number) => `2026-01-01T00:0${minute}:00Z`

describe('whom a pod evicts', () => {
  it.each<[string, string, readonly Pod[], readonly PodDisruptionBudget[], readonly string[]]>([
    [
      'those of lowest priority, as few as give room',
      '2',
      [
        podOf('a', { priority: 3 }),
        podOf('b', { priority: 1 }),
        podOf('c', { priority: 2 }),
        podOf('d', { priority: 4 }),
      ],
      [],
      ['c', 'b'],
    ],
    [
      'of one priority the youngest',
      '1',
      [
        podOf('a', { start: at(1) }),
        podOf('b', { start: at(3) }),
        podOf('c', { start: at(2) }),
        podOf('d', { start: at(0) }),
      ],
      [],
      ['b'],
    ],
    [
      'one that has not started before all that have',
      '1',
      [podOf('a'), podOf('b', { start: at(3) }), podOf('c', { start: at(2) }), podOf('d', { start: at(0) })],
      [],
      ['a'],
    ],
    [
      'a large pod, and the small ones of less importance stay if they still have room',
      '2',
      [podOf('large', { cpu: '3', priority: 9 }), podOf('small', { cpu: '1', priority: 1 })],
      [],
      ['large'],
    ],
    [
      'none of its own priority',
      '1',
      [podOf('a', { cpu: '4', priority: 100 })],
      [],
      ['No preemption victims found for incoming pod'],
    ],
    [
      'nobody where others of its priority leave no room',
      '2',
      [podOf('a', { cpu: '3', priority: 100 }), podOf('b', { cpu: '1', priority: 1 })],
      [],
      ['Insufficient cpu'],
    ],
    [
      'those that no budget protects, although they are more important',
      '1',
      [podOf('a', { cpu: '2', priority: 1, labels: { app: 'db' } }), podOf('b', { cpu: '2', priority: 50 })],
      [budgetOf('db', 0)],
      ['b'],
    ],
    [
      'as many as a budget allows, the most important of its pods counted first',
      '2',
      [
        podOf('a', { priority: 1, labels: { app: 'db' } }),
        podOf('b', { priority: 2, labels: { app: 'db' } }),
        podOf('c', { priority: 3 }),
        podOf('d', { priority: 4 }),
      ],
      [budgetOf('db', 1)],
      ['c', 'b'],
    ],
    [
      'protected ones, too, where the others are not enough',
      '3',
      [podOf('a', { cpu: '2', labels: { app: 'db' } }), podOf('b', { cpu: '2', priority: 5 })],
      [budgetOf('db', 0)],
      ['b', 'a'],
    ],
    [
      'one that its budget has counted already like one without a budget',
      '1',
      [podOf('a', { cpu: '2', priority: 1, labels: { app: 'db' } }), podOf('b', { cpu: '2', priority: 50 })],
      [budgetOf('db', 0, { a: at(0) })],
      ['a'],
    ],
    [
      'whom a budget of another namespace selects',
      '1',
      [podOf('a', { cpu: '2', priority: 1, labels: { app: 'db' } }), podOf('b', { cpu: '2', priority: 50 })],
      [{ ...budgetOf('db', 0), metadata: { name: 'db', namespace: 'elsewhere' } }],
      ['a'],
    ],
    [
      'whom a budget selects that selects all or cannot be read',
      '1',
      [podOf('a', { cpu: '2', priority: 1, labels: { app: 'db' } }), podOf('b', { cpu: '2', priority: 50 })],
      [
        { ...budgetOf('db', 0), spec: { selector: {} } },
        { ...budgetOf('db', 0), spec: { selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } } },
      ],
      ['a'],
    ],
    [
      'whom a budget without a status protects',
      '1',
      [podOf('a', { cpu: '2', priority: 1, labels: { app: 'db' } }), podOf('b', { cpu: '2', priority: 50 })],
      [{ metadata: { namespace: 'ns' }, spec: { selector: { matchLabels: { app: 'db' } } } }],
      ['b'],
    ],
    [
      'one without labels, which no budget selects',
      '1',
      [podOf('a', { cpu: '2', priority: 1 }), podOf('b', { cpu: '2', priority: 50, labels: { app: 'b' } })],
      [
        {
          ...budgetOf('db', 0),
          spec: { selector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } },
        },
      ],
      ['a'],
    ],
  ])('%s', (_, cpu, pods, budgets, expected) => {
    expect(evicted(cpu, pods, budgets)).toEqual(expected)
  })

  it('is nobody where the whole node is too small', () => {
    expect(evicted('5', [podOf('a', { cpu: '4' })])).toEqual(['Preemption is not helpful for scheduling'])
  })
})

describe('a pod for which room is made already', () => {
  const evictedByUs = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }
  const going = (conditions: unknown, { priority = 1, ...metadata }: Record<string, unknown> = {}): Pod =>
    ({
      metadata: { name: 'going', namespace: 'ns', deletionTimestamp: at(5), ...metadata },
      spec: { priority, containers: [{ resources: { requests: { cpu: '3' } } }] },
      status: { conditions },
    }) as Pod
  const outcomeWith = (one: Pod, nominated = true) => {
    const pod = new PodInfo(podOf('new', { cpu: '2', priority: 100 }), [])
    return schedule({
      pod,
      preempts: true,
      node: { metadata: { name: 'n' }, status: { allocatable: { cpu: '4', pods: '10' } } },
      pods: [one, podOf('stays', { priority: 2 })].map((each) => new PodInfo(each, [])),
      filters: [resourcesFit(pod)],
      budgets: () => new DisruptionBudgets([]),
      nominated,
    })
  }

  it('waits for those of lower priority that the scheduler has evicted, and evicts nobody else', () => {
    const { victims, ...more } = outcomeWith(going([null, { type: 'Ready', status: 'True' }, evictedByUs]))
    expect(victims.map(({ name }) => name)).toEqual(['going'])
    expect(more).toMatchObject({ violations: 0, noVictims: [], waits: true })
  })

  // podEligibleToPreemptOthers and podTerminatingByPreemption
  it.each<[string, Pod, boolean]>([
    ['that go for another reason', going([{ ...evictedByUs, reason: 'EvictionByEvictionAPI' }]), true],
    ['whose eviction came to nothing', going([{ ...evictedByUs, status: 'False' }]), true],
    ['with a condition of another kind', going([{ ...evictedByUs, type: 'Ready' }]), true],
    ['that are of its own priority', going([evictedByUs], { priority: 100 }), true],
    ['that do not go', going([evictedByUs], { deletionTimestamp: undefined }), true],
    ['that tell nothing', going(undefined), true],
    ['on a node that is not the one nominated', going([evictedByUs]), false],
  ])('does not wait for those %s', (_, one, nominated) => {
    expect(outcomeWith(one, nominated).waits).toBeUndefined()
  })
})

describe('on which node making room does the least harm', () => {
  const leaving = (priorities: readonly number[], starts: readonly string[] = []) =>
    priorities.map((priority, at) => new PodInfo(podOf('v', { priority, start: starts[at] ?? '' }), []))
  const node = (name: string, violations: number, ...victims: Parameters<typeof leaving>) => ({
    name,
    violations,
    victims: leaving(...victims),
  })

  // pickOneNodeForPreemption: the first criterion that tells two nodes apart decides.
  it.each<[string, ReturnType<typeof node>, ReturnType<typeof node>]>([
    ['fewest broken budgets', node('a', 1, [1]), node('b', 0, [9, 9])],
    ['the most important victim matters least', node('a', 0, [9]), node('b', 0, [8, 8])],
    ['the least importance in all', node('a', 0, [5, 4]), node('b', 0, [5, 3])],
    ['few of negative importance rather than many', node('a', 0, [-1, -9, -9]), node('b', 0, [-1, -2])],
    [
      'fewer victims, where those of negative importance weigh nothing',
      node('a', 0, [1_000_000_000, -(2 ** 31)]),
      node('b', 0, [1_000_000_000]),
    ],
    [
      'the most important victims run for the shortest time',
      node('a', 0, [5, 5], [at(1), at(3)]),
      node('b', 0, [5, 5], [at(2), at(2)]),
    ],
    [
      'how long the less important run does not matter',
      node('a', 0, [5, 1], [at(1), at(9)]),
      node('b', 0, [5, 1], [at(2), at(0)]),
    ],
  ])('%s', (_, worse, better) => {
    expect(leastHarm([worse, better])?.name).toBe('b')
    expect(leastHarm([better, worse])?.name).toBe('b')
  })

  it('is the first of those that are alike, and none without any', () => {
    expect(leastHarm([node('a', 0, [1]), node('b', 0, [1])])?.name).toBe('a')
    expect(leastHarm([])).toBeUndefined()
  })
})

describe('how many of the evicted a budget protects', () => {
  it('is told beside them', () => {
    const pod = new PodInfo(podOf('new', { cpu: '4', priority: 100 }), [])
    const given = [podOf('a', { cpu: '2', labels: { app: 'db' } }), podOf('b', { cpu: '2' })]
    const { violations, victims } = schedule({
      pod,
      preempts: true,
      node: { metadata: { name: 'n' }, status: { allocatable: { cpu: '4', pods: '10' } } },
      pods: given.map((one) => new PodInfo(one, [])),
      filters: [resourcesFit(pod)],
      budgets: () => new DisruptionBudgets([budgetOf('db', 0)]),
    })
    expect([violations, victims.length]).toEqual([1, 2])
  })
})
