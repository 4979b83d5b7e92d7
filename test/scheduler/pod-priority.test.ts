import { describe, expect, it } from 'vitest'
import type { PodSpec, PriorityClass } from '#kube/types.ts'
import { type PodPriority, podPriority } from '#scheduler/pod-priority.ts'

const high: PriorityClass = { metadata: { name: 'high' }, value: 5000 }
const polite: PriorityClass = { metadata: { name: 'polite' }, value: 5000, preemptionPolicy: 'Never' }
const usual: PriorityClass = { metadata: { name: 'usual' }, value: 2000, globalDefault: true }
const older: PriorityClass = { metadata: { name: 'older' }, value: 1000, globalDefault: true }

describe('the priority of a pod', () => {
  it.each<[string, PodSpec | null, readonly PriorityClass[], Partial<PodPriority>]>([
    ['nothing said, no classes', {}, [], { value: 0, className: undefined, known: true, preempts: true }],
    ['nothing said, no default among the classes', {}, [high], { value: 0, className: undefined }],
    ['no spec at all', null, [usual], { value: 2000, className: 'usual' }],
    [
      'the class for all',
      {},
      [high, usual],
      { value: 2000, className: 'usual', known: true, preempts: true },
    ],
    ['of two classes for all the lower', {}, [usual, older], { value: 1000, className: 'older' }],
    ['of two classes for all the lower, listed first', {}, [older, usual], { className: 'older' }],
    [
      'a class for all without a value is 0',
      {},
      [usual, { metadata: { name: 'zero' }, globalDefault: true }],
      { value: 0, className: 'zero' },
    ],
    [
      'a class for all without a name',
      {},
      [{ value: 7, globalDefault: true }],
      { value: 7, className: undefined, known: true },
    ],
    [
      'a class',
      { priorityClassName: 'high' },
      [usual, high],
      { value: 5000, className: 'high', known: true },
    ],
    ['an empty class name is none', { priorityClassName: '' }, [usual], { className: 'usual' }],
    ['among classes without metadata', { priorityClassName: 'high' }, [{}, high], { value: 5000 }],
    [
      'system-node-critical, which nobody has to list',
      { priorityClassName: 'system-node-critical' },
      [],
      { value: 2_000_001_000, className: 'system-node-critical', known: true },
    ],
    [
      'system-cluster-critical',
      { priorityClassName: 'system-cluster-critical' },
      [],
      { value: 2_000_000_000, known: true },
    ],
    [
      'a class that is not there',
      { priorityClassName: 'what' },
      [usual],
      { value: 0, className: 'what', known: false, preempts: true },
    ],
    [
      'a class that is not there, by a name that JavaScript knows',
      { priorityClassName: 'constructor' },
      [],
      { value: 0, known: false },
    ],
    [
      'a class that is not there, on a pod that was admitted with it',
      { priorityClassName: 'gone', priority: 300 },
      [],
      { value: 300, className: 'gone', known: true },
    ],
    [
      'a pod admitted before its class changed',
      { priorityClassName: 'high', priority: 1 },
      [high],
      { value: 1 },
    ],
    ['a class that never preempts', { priorityClassName: 'polite' }, [polite], { preempts: false }],
    [
      'a pod that says so itself',
      { priorityClassName: 'polite', preemptionPolicy: 'PreemptLowerPriority' },
      [polite],
      { preempts: true },
    ],
    ['a pod that does not preempt', { preemptionPolicy: 'Never' }, [], { preempts: false }],
  ])('%s', (_, spec, classes, expected) => {
    expect(podPriority(spec, classes)).toMatchObject(expected)
  })
})
