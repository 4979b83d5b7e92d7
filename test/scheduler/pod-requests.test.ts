import { describe, expect, it } from 'vitest'
import type { Container, PodSpec } from '#kube/types.ts'
import { podRequests } from '#scheduler/pod-requests.ts'

const asks = (requests: Record<string, string>, more: Container = {}): Container => ({
  name: 'c',
  resources: { requests },
  ...more,
})
const sidecar = (requests: Record<string, string>) => asks(requests, { restartPolicy: 'Always' })
const requests = (spec: unknown) => Object.fromEntries(podRequests(spec as PodSpec))

describe('what a pod asks for', () => {
  it.each<[string, PodSpec, Record<string, number>]>([
    ['containers together', { containers: [asks({ cpu: '100m' }), asks({ cpu: '1' })] }, { cpu: 1100 }],
    [
      'a limit where no request is',
      { containers: [{ resources: { limits: { cpu: '2', memory: '1Ki' }, requests: { cpu: '1' } } }] },
      { cpu: 1000, memory: 1024 },
    ],
    [
      'the largest init container, if it is more',
      { containers: [asks({ cpu: '1' })], initContainers: [asks({ cpu: '3' }), asks({ cpu: '2' })] },
      { cpu: 3000 },
    ],
    [
      'the containers, if they are more than an init container',
      { containers: [asks({ cpu: '2' }), asks({ cpu: '3' })], initContainers: [asks({ cpu: '2' })] },
      { cpu: 5000 },
    ],
    [
      'of each resource the larger',
      {
        containers: [asks({ cpu: '2', memory: '1Ki' })],
        initContainers: [asks({ cpu: '1', memory: '2Ki', 'nvidia.com/gpu': '1' })],
      },
      { cpu: 2000, memory: 2048, 'nvidia.com/gpu': 1 },
    ],
    [
      'sidecars for good',
      { containers: [asks({ cpu: '1' })], initContainers: [sidecar({ cpu: '1' })] },
      { cpu: 2000 },
    ],
    [
      'an init container with the sidecars before it, not those after it',
      {
        containers: [asks({ cpu: '100m' })],
        initContainers: [sidecar({ cpu: '1' }), asks({ cpu: '2' }), sidecar({ cpu: '500m' })],
      },
      { cpu: 3000 },
    ],
    [
      'overhead on top',
      { containers: [asks({ cpu: '1' })], overhead: { cpu: '250m', memory: '1Mi' } },
      { cpu: 1250, memory: 1048576 },
    ],
    [
      'overhead on top of the largest init container',
      { initContainers: [asks({ cpu: '2' })], overhead: { cpu: '1' } },
      { cpu: 3000 },
    ],
    [
      'a limit for the whole pod only where no container asks',
      { containers: [asks({ cpu: '1' })], resources: { limits: { cpu: '3', memory: '1Ki' } } },
      { cpu: 1000, memory: 1024 },
    ],
    [
      'the figure for the whole pod',
      { containers: [asks({ cpu: '1', 'nvidia.com/gpu': '1' })], resources: { requests: { cpu: '3' } } },
      { cpu: 3000, 'nvidia.com/gpu': 1 },
    ],
    [
      'the figure for the whole pod, even if containers ask for more',
      {
        containers: [asks({ cpu: '4' })],
        resources: { requests: { cpu: '3', memory: '1Ki', 'hugepages-2Mi': '2Mi' } },
        overhead: { cpu: '1' },
      },
      { cpu: 4000, memory: 1024, 'hugepages-2Mi': 2097152 },
    ],
    [
      'for the whole pod only CPU, memory and huge pages can be asked for',
      {
        resources: {
          requests: { 'nvidia.com/gpu': '1', 'ephemeral-storage': '1Gi' },
          limits: { 'example.com/card': '2' },
        },
      },
      {},
    ],
  ])('%s', (_, spec, expected) => {
    expect(requests(spec)).toEqual(expected)
  })

  it.each<[string, unknown]>([
    ['no spec', null],
    ['an empty spec', {}],
    ['nulls', { containers: null, initContainers: null, resources: null, overhead: null }],
    ['lists with nulls', { containers: [null, {}, { resources: null }], initContainers: [null] }],
    [
      'resources without figures',
      { resources: {}, containers: [{ resources: { requests: null, limits: null } }] },
    ],
  ])('nothing: %s', (_, spec) => {
    expect(requests(spec)).toEqual({})
  })

  it('names the quantities that cannot be read, and counts them as nothing', () => {
    const unreadable = new Set<string>()
    const spec = {
      containers: [asks({ cpu: 'much', memory: '1Ki' }), asks({ cpu: 'much' })],
      initContainers: [{ resources: { limits: { memory: null } } }],
      resources: { requests: { memory: '1x' } },
      overhead: { cpu: 'x' },
    } as unknown as PodSpec
    expect(Object.fromEntries(podRequests(spec, unreadable))).toEqual({ memory: 1024 })
    expect([...unreadable]).toEqual(['cpu: much', 'memory: null', 'memory: 1x', 'cpu: x'])
  })
})
