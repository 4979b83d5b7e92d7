import { describe, expect, it } from 'vitest'
import type { Fit } from '#scheduler/fit.ts'
import { preemptingPriority } from '#scheduler/preempting-priority.ts'

const amount = (value: number) => ({ value, text: String(value) })
const user = (priority: number, value: number) => ({
  namespace: 'batch',
  pod: `p${priority}`,
  priority,
  amount: amount(value),
})

const fitOf = (over: Partial<Fit>): Fit => ({
  node: 'a',
  fits: false,
  shortages: [],
  portConflicts: [],
  priority: { value: 0, className: undefined, known: true },
  couldPreempt: false,
  evicts: [],
  unknown: [],
  message: '',
  ...over,
})

const cpu = (wants: number, free: number, ...users: ReturnType<typeof user>[]) => ({
  resource: 'cpu',
  wants: amount(wants),
  free: amount(free),
  allocatable: amount(10),
  usedBy: users,
  preemptible: amount(0),
})

const port = (priority: number) => ({
  port: 80,
  protocol: 'TCP',
  hostIP: '0.0.0.0',
  heldBy: { namespace: 'batch', pod: 'p', priority },
})

describe('the priority that would let a pod preempt', () => {
  it.each([
    ['nothing is missing', fitOf({ fits: true }), null],
    ['the lowest pod alone makes room', fitOf({ shortages: [cpu(3, 1, user(100, 2), user(5, 2))] }), 5],
    ['two pods must go', fitOf({ shortages: [cpu(4, 1, user(100, 2), user(5, 2))] }), 100],
    ['all together are not enough', fitOf({ shortages: [cpu(9, 1, user(100, 2), user(5, 2))] }), null],
    [
      'one resource needs more than the other',
      fitOf({ shortages: [cpu(3, 1, user(5, 2)), { ...cpu(3, 1, user(900, 2)), resource: 'memory' }] }),
      900,
    ],
    [
      'the first resource needs more than the second',
      fitOf({ shortages: [cpu(3, 1, user(900, 2)), { ...cpu(3, 1, user(5, 2)), resource: 'memory' }] }),
      900,
    ],
    ['a pod holds the port', fitOf({ portConflicts: [port(70)] }), 70],
    ['a pod of negative priority holds the port', fitOf({ portConflicts: [port(-5)] }), -5],
    [
      'no priority would give the CPU, one would the port',
      fitOf({ shortages: [cpu(9, 1)], portConflicts: [port(70)] }),
      null,
    ],
    [
      'no priority would give the second resource, or the third',
      fitOf({ shortages: [cpu(3, 1, user(5, 2)), cpu(9, 1), cpu(9, 1)] }),
      null,
    ],
  ])('%s', (_, given, expected) => {
    expect(preemptingPriority(given)).toBe(expected)
  })
})
