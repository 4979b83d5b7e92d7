import { describe, expect, it } from 'vitest'
import type { Counters } from '#controller/daemon-set-status.ts'
import { countNodes, statusDiffers, statusOf } from '#controller/daemon-set-status.ts'
import type { DaemonSetStatus } from '#kube/types.ts'
import { leaving, nodeState, now, oldPod, podState, rulesOf, unready } from './states.ts'

const none: Counters = {
  desired: 0,
  current: 0,
  ready: 0,
  updated: 0,
  available: 0,
  unavailable: 0,
  misscheduled: 0,
}

describe('the counters', () => {
  const notAllowed = { shouldRun: false }
  it.each<[string, Parameters<typeof countNodes>[0], Partial<Counters>]>([
    ['no nodes', [], {}],
    ['a node without its pod', [nodeState('a')], { desired: 1, unavailable: 1 }],
    [
      'a node with its pod',
      [nodeState('a', [podState('p')])],
      { desired: 1, current: 1, ready: 1, updated: 1, available: 1 },
    ],
    [
      'a pod that is not ready',
      [nodeState('a', [podState('p', unready)])],
      { desired: 1, current: 1, updated: 1, unavailable: 1 },
    ],
    [
      'a pod that is not yet available',
      [nodeState('a', [podState('p', { readyAt: now - 999 })])],
      { desired: 1, current: 1, ready: 1, updated: 1, unavailable: 1 },
    ],
    ['an old pod', [nodeState('a', [oldPod('p')])], { desired: 1, current: 1, ready: 1, available: 1 }],
    [
      'a pod on its way out still counts',
      [nodeState('a', [podState('p', leaving)])],
      { desired: 1, current: 1, ready: 1, updated: 1, available: 1 },
    ],
    ['a node that gets none and has none', [nodeState('a', [], notAllowed)], {}],
    [
      'a node that gets none and has two',
      [nodeState('a', [podState('p'), oldPod('q')], notAllowed)],
      { misscheduled: 1 },
    ],
    ['a node that is gone', [nodeState('a', [podState('p')], { exists: false, shouldRun: false })], {}],
    [
      'of two pods the oldest',
      [nodeState('a', [podState('new', unready), oldPod('old', { createdAt: 1 })])],
      { desired: 1, current: 1, ready: 1, available: 1 },
    ],
    [
      'several nodes',
      [
        nodeState('a', [podState('p')]),
        nodeState('b', [podState('q')]),
        nodeState('c'),
        nodeState('d', [podState('r')], notAllowed),
      ],
      { desired: 3, current: 2, ready: 2, updated: 2, available: 2, unavailable: 1, misscheduled: 1 },
    ],
  ])('%s', (_, nodes, counters) => {
    expect(countNodes(nodes, rulesOf({ minReady: 1000 }))).toEqual({ ...none, ...counters })
  })
})

const counters: Counters = {
  desired: 6,
  current: 5,
  ready: 4,
  updated: 3,
  available: 2,
  unavailable: 1,
  misscheduled: 7,
}
const written: DaemonSetStatus = {
  currentNumberScheduled: 5,
  numberMisscheduled: 7,
  desiredNumberScheduled: 6,
  numberReady: 4,
  observedGeneration: 8,
  updatedNumberScheduled: 3,
  numberAvailable: 2,
  numberUnavailable: 1,
}
const metadata = { generation: 8 }

describe('the status that is written', () => {
  it('holds every counter and the generation', () => {
    expect(statusOf({ metadata }, counters, true)).toEqual(written)
  })

  it('leaves out what Go leaves out when it is zero', () => {
    expect(statusOf({}, none, true)).toEqual({
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    })
  })

  it('keeps the generation seen before, when this one was not acted on, and the collisions', () => {
    const before = { observedGeneration: 5, collisionCount: 0 }
    expect(statusOf({ metadata, status: before }, counters, false)).toEqual({ ...written, ...before })
    expect(statusOf({ metadata }, none, false)).not.toHaveProperty('observedGeneration')
    expect(statusOf({ status: { collisionCount: null } }, none, true)).not.toHaveProperty('collisionCount')
  })
})

describe('the status is written', () => {
  it('not when it says the same', () => {
    expect(statusDiffers({ metadata, status: written }, counters)).toBe(false)
    expect(statusDiffers({ metadata, status: { ...written, observedGeneration: 9 } }, counters)).toBe(false)
    expect(statusDiffers({}, none)).toBe(false)
    expect(statusDiffers({ metadata: null, status: null }, none)).toBe(false)
  })

  it.each(Object.keys(written))('when %s differs', (name) => {
    const status = { ...written, [name]: 0 }
    expect(statusDiffers({ metadata, status }, counters)).toBe(true)
  })

  it('when nothing was written before', () => {
    expect(statusDiffers({ metadata }, none)).toBe(true)
  })
})
