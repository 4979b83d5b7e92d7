import { describe, expect, it } from 'vitest'
import type { DaemonPod } from '#controller/daemon-pod.ts'
import { byAge, daemonPodOf, isAvailable, isFinished, targetNodeOf } from '#controller/daemon-pod.ts'
import type { NodeSelectorTerm, Pod } from '#kube/types.ts'
import { isoTime } from './cluster.ts'
import { now, podState } from './states.ts'

describe('the facts of a pod', () => {
  it('are read off the object', () => {
    const pod: Pod = {
      metadata: {
        name: 'p',
        creationTimestamp: isoTime(now - 2000),
        deletionTimestamp: isoTime(now),
        labels: { 'controller-revision-hash': 'h', 'pod-template-generation': '3' },
      },
      spec: { nodeName: 'n1' },
      status: {
        phase: 'Running',
        conditions: [
          { type: 'PodScheduled', status: 'False', lastTransitionTime: isoTime(0) },
          { type: 'Ready', status: 'True', lastTransitionTime: isoTime(now - 1000) },
        ],
      },
    }
    expect(daemonPodOf(pod)).toEqual({
      name: 'p',
      bound: true,
      createdAt: now - 2000,
      deleting: true,
      phase: 'Running',
      ready: true,
      readyAt: now - 1000,
      hash: 'h',
      generation: '3',
      source: pod,
    })
  })

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['nulls', { metadata: null, spec: null, status: null }],
    ['inner nulls', { metadata: { labels: null }, spec: { nodeName: null }, status: { conditions: null } }],
    [
      'a null condition',
      { metadata: { labels: {} }, spec: { nodeName: '' }, status: { conditions: [null] } },
    ],
    ['another condition', { status: { conditions: [{ type: 'PodScheduled', status: 'True' }] } }],
    ['a bare condition', { status: { conditions: [{ type: 'Ready' }] } }],
  ])('are none of a pod of %s', (_, pod) => {
    expect(daemonPodOf(pod as Pod)).toEqual({
      name: '',
      bound: false,
      createdAt: Number.NaN,
      deleting: false,
      phase: '',
      ready: false,
      readyAt: Number.NaN,
      hash: '',
      generation: '',
      source: pod,
    })
  })
})

describe('the node that a pod is meant for', () => {
  const field = (values: string[], key = 'metadata.name', operator = 'In') => ({ key, operator, values })
  const wanting = (nodeSelectorTerms: unknown): Pod => ({
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: nodeSelectorTerms as NodeSelectorTerm[],
          },
        },
      },
    },
  })

  it.each<[string, Pod, string | undefined]>([
    ['the one it has', { spec: { nodeName: 'n1' } }, 'n1'],
    [
      'the one it has, whatever it wanted',
      { spec: { ...wanting([{ matchFields: [field(['n2'])] }]).spec, nodeName: 'n1' } },
      'n1',
    ],
    ['the one its affinity names', wanting([{ matchFields: [field(['n1'])] }]), 'n1'],
    [
      'the one that a later field names',
      wanting([{ matchFields: [field(['x'], 'other'), field(['n1'])] }]),
      'n1',
    ],
    [
      'the one that a later term names',
      wanting([null, {}, { matchFields: [null] }, { matchFields: [field(['n1'])] }]),
      'n1',
    ],
    [
      'none of two in one field',
      wanting([{ matchFields: [field(['n1', 'n2'])] }, { matchFields: [field(['n3'])] }]),
      undefined,
    ],
    ['none of an empty field', wanting([{ matchFields: [field([])] }]), undefined],
    [
      'none where the field has no values',
      wanting([{ matchFields: [{ key: 'metadata.name', operator: 'In' }] }]),
      undefined,
    ],
    [
      'none where it must not be on it',
      wanting([{ matchFields: [field(['n1'], 'metadata.name', 'NotIn')] }]),
      undefined,
    ],
    ['none of a label', wanting([{ matchExpressions: [field(['n1'])] }]), undefined],
    ['none without terms', wanting(null), undefined],
    ['none without a required affinity', { spec: { affinity: { nodeAffinity: {} } } }, undefined],
    ['none without node affinity', { spec: { affinity: {} } }, undefined],
    ['none without affinity', { spec: {} }, undefined],
    ['none without spec', {}, undefined],
  ])('%s', (_, pod, target) => {
    expect(targetNodeOf(pod)).toBe(target)
  })
})

it.each([
  ['Failed', true],
  ['Succeeded', true],
  ['Running', false],
  ['Pending', false],
])('a pod that is %s has ended: %s', (phase, finished) => {
  expect(isFinished(podState('p', { phase }))).toBe(finished)
})

describe('availability', () => {
  it.each<[string, Partial<DaemonPod>, number, boolean]>([
    ['ready, nothing to wait for', { readyAt: now + 1 }, 0, true],
    ['ready, since when is not known', { readyAt: Number.NaN }, 0, true],
    ['ready for just long enough', { readyAt: now - 1000 }, 1000, true],
    ['ready, a moment too short', { readyAt: now - 999 }, 1000, false],
    ['ready, since when is not known, for a while', { readyAt: Number.NaN }, 1000, false],
    ['not ready', { ready: false }, 0, false],
    ['not ready any more', { ready: false, readyAt: now - 5000 }, 1000, false],
  ])('%s', (_, facts, minReady, available) => {
    expect(isAvailable(podState('p', facts), minReady, now)).toBe(available)
  })
})

describe('the order of pods on a node', () => {
  it.each<[string, Partial<DaemonPod>, Partial<DaemonPod>]>([
    [
      'one that has its node, before an older one that has not',
      { createdAt: 2 },
      { createdAt: 1, bound: false },
    ],
    ['the older', { name: 'b', createdAt: 1 }, { name: 'a', createdAt: 2 }],
    ['one without a time of creation', { name: 'b', createdAt: Number.NaN }, { name: 'a', createdAt: 2 }],
    ['by name, of the same age', { name: 'a' }, { name: 'b' }],
  ])('%s', (_, first, second) => {
    const [one, other] = [podState('p', first), podState('p', second)]
    expect(byAge(one, other)).toBeLessThan(0)
    expect(byAge(other, one)).toBeGreaterThan(0)
  })

  it('of two alike is none', () => {
    expect(byAge(podState('p'), podState('p'))).toBe(0)
  })
})
