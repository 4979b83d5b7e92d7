import { describe, expect, it } from 'vitest'
import { newDaemonPod, podToCreate, withDaemonTolerations } from '#controller/new-pod.ts'
import type { DaemonSet, Toleration } from '#kube/types.ts'
import { now, podState, rulesOf } from './states.ts'

const tolerate = (key: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
})
const added = [
  tolerate('not-ready', 'NoExecute'),
  tolerate('unreachable', 'NoExecute'),
  tolerate('disk-pressure', 'NoSchedule'),
  tolerate('memory-pressure', 'NoSchedule'),
  tolerate('pid-pressure', 'NoSchedule'),
  tolerate('unschedulable', 'NoSchedule'),
]
const pinned = (node: string) => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
  },
})

describe('the tolerations of a daemon pod', () => {
  it('are added to those of the template', () => {
    const own = { key: 'mine', operator: 'Exists' }
    expect(withDaemonTolerations({})).toEqual(added)
    expect(withDaemonTolerations({ tolerations: null, hostNetwork: false })).toEqual(added)
    expect(withDaemonTolerations({ tolerations: [own], hostNetwork: true })).toEqual([
      own,
      ...added,
      tolerate('network-unavailable', 'NoSchedule'),
    ])
  })

  it('take the place of every one for the same taint, with its time', () => {
    const soon = { ...tolerate('not-ready', 'NoExecute'), tolerationSeconds: 5 }
    const empty = { ...tolerate('unschedulable', 'NoSchedule'), value: '' }
    const tolerations = [soon, { key: 'mine' }, empty, { ...soon, tolerationSeconds: 7 }]
    expect(withDaemonTolerations({ tolerations })).toEqual([
      added[0],
      { key: 'mine' },
      added[5],
      added[0],
      ...added.slice(1, 5),
    ])
    expect(tolerations[0]).toBe(soon)
  })

  it.each<[string, Toleration]>([
    ['another key', { ...tolerate('not-ready', 'NoExecute'), key: 'mine' }],
    ['another operator', { ...tolerate('not-ready', 'NoExecute'), operator: 'Equal' }],
    ['another effect', tolerate('not-ready', 'NoSchedule')],
    ['any effect', { key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
    ['a value', { ...tolerate('not-ready', 'NoExecute'), value: 'x' }],
  ])('leave one with %s', (_, own) => {
    expect(withDaemonTolerations({ tolerations: [own] })).toEqual([own, ...added])
  })
})

describe('the pod that is sent', () => {
  it('is the template, pinned to its node, with an owner and labels that tell its revision', () => {
    const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [] }
    const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] }
    const spec = {
      containers: [{ name: 'c', image: 'i' }],
      nodeSelector: { zone: 'a' },
      affinity: { podAffinity, nodeAffinity: { ...pinned('elsewhere'), ...preferred } },
    }
    const daemonSet: DaemonSet = {
      metadata: {
        name: 'a',
        namespace: 'n',
        uid: 'ds',
        annotations: { 'deprecated.daemonset.template.generation': '3' },
      },
      spec: {
        template: {
          metadata: {
            labels: { app: 'a', 'controller-revision-hash': 'mine', 'pod-template-generation': '9' },
            annotations: { note: 'x' },
            finalizers: ['example.com/f'],
          },
          spec,
        },
      },
    }
    expect(podToCreate(daemonSet, 'n1', 'h')).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        generateName: 'a-',
        namespace: 'n',
        labels: { app: 'a', 'controller-revision-hash': 'h', 'pod-template-generation': '3' },
        annotations: { note: 'x' },
        finalizers: ['example.com/f'],
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'DaemonSet',
            name: 'a',
            uid: 'ds',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        ...spec,
        affinity: { podAffinity, nodeAffinity: { ...pinned('n1'), ...preferred } },
        tolerations: added,
      },
    })
  })

  it.each<[string, DaemonSet]>([
    ['nothing', {}],
    ['nulls', { metadata: null, spec: null }],
    ['an empty template', { metadata: {}, spec: { template: { metadata: null, spec: null } } }],
    [
      'an empty affinity',
      { spec: { template: { metadata: {}, spec: { affinity: { nodeAffinity: null } } } } },
    ],
  ])('is made of %s', (_, daemonSet) => {
    const { metadata, spec } = podToCreate(daemonSet, 'n1', 'h')
    expect(metadata).toEqual({
      generateName: '-',
      namespace: undefined,
      labels: { 'controller-revision-hash': 'h' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', controller: true, blockOwnerDeletion: true },
      ],
    })
    expect(spec).toEqual({ affinity: { nodeAffinity: pinned('n1') }, tolerations: added })
    expect(Object.keys(metadata?.labels ?? {})).toEqual(['controller-revision-hash'])
  })
})

it('a pod that was made a moment ago waits for its node', () => {
  const made = {
    ...podState(''),
    bound: false,
    createdAt: now,
    phase: 'Pending',
    ready: false,
    readyAt: Number.NaN,
  }
  expect(newDaemonPod(rulesOf({ generation: '3' }))).toEqual({ ...made, generation: '3' })
  expect(newDaemonPod(rulesOf())).toEqual(made)
})
