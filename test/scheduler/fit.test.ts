import { describe, expect, it } from 'vitest'
import type { DaemonSet, Node, Pod, PodSpec } from '#kube/types.ts'
import { judgeFit } from '#scheduler/fit.ts'
import { podRequests } from '#scheduler/pod-requests.ts'

const container = (requests: Record<string, string>, more: object = {}) => ({
  name: 'c',
  resources: { requests },
  ...more,
})

const daemonSetOf = (spec: PodSpec): DaemonSet => ({
  metadata: { name: 'a', namespace: 'n', uid: 'ds' },
  spec: { template: { spec } },
})

const nodeOf = (allocatable: Record<string, string>): Node => ({
  metadata: { name: 'n1' },
  status: { allocatable },
})

const podOf = (name: string, spec: PodSpec, more: Partial<Pod> = {}): Pod => ({
  metadata: { name, namespace: 'other' },
  spec: { nodeName: 'n1', ...spec },
  status: { phase: 'Running' },
  ...more,
})

const roomy = nodeOf({ cpu: '4', memory: '8Gi', pods: '110' })

describe('what a pod asks for', () => {
  const requests = (spec: PodSpec) => Object.fromEntries(podRequests(spec))

  it.each([
    [
      'containers together',
      { containers: [container({ cpu: '100m' }), container({ cpu: '1' })] },
      { cpu: 1100 },
    ],
    [
      'a limit where no request is',
      { containers: [{ resources: { limits: { cpu: '2', memory: '1Ki' }, requests: { cpu: '1' } } }] },
      { cpu: 1000, memory: 1024 },
    ],
    [
      'the largest init container, if it is more',
      {
        containers: [container({ cpu: '1' })],
        initContainers: [container({ cpu: '3' }), container({ cpu: '2' })],
      },
      { cpu: 3000 },
    ],
    [
      'sidecars for good',
      {
        containers: [container({ cpu: '1' })],
        initContainers: [container({ cpu: '1' }, { restartPolicy: 'Always' })],
      },
      { cpu: 2000 },
    ],
    [
      'an init container with the sidecars before it, not those after it',
      {
        containers: [container({ cpu: '100m' })],
        initContainers: [
          container({ cpu: '1' }, { restartPolicy: 'Always' }),
          container({ cpu: '2' }),
          container({ cpu: '500m' }, { restartPolicy: 'Always' }),
        ],
      },
      { cpu: 3000 },
    ],
    [
      'overhead on top',
      { containers: [container({ cpu: '1' })], overhead: { cpu: '250m', memory: '1Mi' } },
      { cpu: 1250, memory: 1048576 },
    ],
    [
      'a limit for the whole pod only where no container asks',
      { containers: [container({ cpu: '1' })], resources: { limits: { cpu: '3', memory: '1Ki' } } },
      { cpu: 1000, memory: 1024 },
    ],
    [
      'the figure for the whole pod',
      { containers: [container({ cpu: '1', 'nvidia.com/gpu': '1' })], resources: { requests: { cpu: '3' } } },
      { cpu: 3000, 'nvidia.com/gpu': 1 },
    ],
  ])('%s', (_, spec, expected) => {
    expect(requests(spec)).toEqual(expected)
  })
})

describe('room on a node', () => {
  const wants = daemonSetOf({ containers: [container({ cpu: '500m', memory: '1Gi' })] })

  it('is there', () => {
    expect(judgeFit({ node: roomy, pods: [], daemonSet: wants })).toMatchObject({
      fits: true,
      shortages: [],
      message: '',
    })
  })

  it('is used up: wants, free, and by whom, the largest first', () => {
    const pods = [
      podOf('small', { containers: [container({ cpu: '700m' })] }),
      podOf('large', { containers: [container({ cpu: '3' })], priority: -5 }),
      podOf('ended', { containers: [container({ cpu: '3' })] }, { status: { phase: 'Succeeded' } }),
      podOf('elsewhere', { containers: [container({ cpu: '3' })], nodeName: 'n2' }),
    ]
    const result = judgeFit({ node: roomy, pods, daemonSet: wants })
    expect(result.message).toBe('cpu: wants 500m, 300m of 4 free; pods of lower priority could be preempted')
    expect(result).toMatchObject({
      fits: false,
      couldPreempt: true,
      shortages: [
        {
          resource: 'cpu',
          wants: { value: 0.5, text: '500m' },
          free: { value: 0.3, text: '300m' },
          allocatable: { value: 4, text: '4' },
          preemptible: { value: 3, text: '3' },
          usedBy: [
            { pod: 'large', namespace: 'other', amount: { text: '3' } },
            { pod: 'small', amount: { text: '700m' } },
          ],
        },
      ],
    })
  })

  it('is had by exactly filling it', () => {
    const pods = [podOf('p', { containers: [container({ cpu: '3500m' })] })]
    expect(judgeFit({ node: roomy, pods, daemonSet: wants }).fits).toBe(true)
  })

  it('shows a shortage of one byte as one', () => {
    const pods = [podOf('p', { containers: [container({ memory: '7516192769' })] })]
    expect(judgeFit({ node: roomy, pods, daemonSet: wants }).message).toBe(
      'memory: wants 1Gi, 1023.9Mi of 8Gi free',
    )
  })

  it('does not count the pod that makes way, unless it stays beside the new one', () => {
    const metadata = { name: 'old', namespace: 'n', ownerReferences: [{ uid: 'ds', controller: true }] }
    const pods = [podOf('old', { containers: [container({ cpu: '3800m' })] }, { metadata })]
    expect(judgeFit({ node: roomy, pods, daemonSet: wants }).fits).toBe(true)
    expect(judgeFit({ node: roomy, pods, daemonSet: wants, ownPodsStay: true }).fits).toBe(false)
  })

  it('runs out of pods', () => {
    const pods = [podOf('p', {}), podOf('q', {})]
    const result = judgeFit({ node: nodeOf({ cpu: '4', memory: '8Gi', pods: '2' }), pods, daemonSet: wants })
    expect(result.message).toBe('the node is full: 2 of 2 pods')
  })

  it('has none of a resource that the node does not name', () => {
    const daemonSet = daemonSetOf({ containers: [container({ 'nvidia.com/gpu': '1' })] })
    expect(judgeFit({ node: roomy, pods: [], daemonSet }).message).toBe(
      'nvidia.com/gpu: wants 1, 0 of 0 free',
    )
  })

  it('is not judged where the node names nothing allocatable, or a request cannot be read', () => {
    const daemonSet = daemonSetOf({ containers: [container({ cpu: 'much' })] })
    expect(judgeFit({ node: { metadata: { name: 'n1' } }, pods: [], daemonSet })).toMatchObject({
      fits: true,
      unknown: ['cannot read the request cpu: much', 'the node names no allocatable resources'],
    })
  })
})

describe('host ports', () => {
  const port = (hostPort: number, more: object = {}): PodSpec => ({
    containers: [{ name: 'c', ports: [{ hostPort, ...more }] }],
  })

  it.each([
    ['same port', port(80), port(80), true],
    ['other port', port(80), port(81), false],
    ['other protocol', port(80), port(80, { protocol: 'UDP' }), false],
    ['two addresses', port(80, { hostIP: '10.0.0.1' }), port(80, { hostIP: '10.0.0.2' }), false],
    ['an address and all', port(80, { hostIP: '10.0.0.1' }), port(80), true],
    [
      "hostNetwork makes container ports the node's",
      { hostNetwork: true, ...port(0, { containerPort: 80 }) },
      port(80),
      true,
    ],
    ['a container port without it', port(0, { containerPort: 80 }), port(80), false],
    [
      "a sidecar's",
      { initContainers: [{ restartPolicy: 'Always', ports: [{ hostPort: 80 }] }] },
      port(80),
      true,
    ],
    ["an init container's", { initContainers: [{ ports: [{ hostPort: 80 }] }] }, port(80), false],
  ])('%s', (_, wants, held, conflict) => {
    const result = judgeFit({ node: roomy, pods: [podOf('holder', held)], daemonSet: daemonSetOf(wants) })
    expect(result.fits).toBe(!conflict)
    expect(result.portConflicts).toHaveLength(conflict ? 1 : 0)
    if (conflict) expect(result.message).toBe('port 80/TCP is held by other/holder')
  })
})

describe('priority', () => {
  const full = [podOf('p', { containers: [container({ cpu: '4' })], priority: 1000 })]
  const classes = [
    { metadata: { name: 'high' }, value: 5000 },
    { metadata: { name: 'polite' }, value: 5000, preemptionPolicy: 'Never' },
    { metadata: { name: 'usual' }, value: 2000, globalDefault: true },
  ]
  const asking = (more: PodSpec) => daemonSetOf({ containers: [container({ cpu: '1' })], ...more })

  it.each([
    ['none given, no classes', {}, [], { value: 0, known: true }, false],
    ['the global default', {}, classes, { value: 2000, className: 'usual' }, true],
    ['a class', { priorityClassName: 'high' }, classes, { value: 5000, known: true }, true],
    ['a class that never preempts', { priorityClassName: 'polite' }, classes, { value: 5000 }, false],
    [
      'system-node-critical',
      { priorityClassName: 'system-node-critical' },
      [],
      { value: 2000001000, known: true },
      true,
    ],
    [
      'system-cluster-critical',
      { priorityClassName: 'system-cluster-critical' },
      [],
      { value: 2000000000 },
      true,
    ],
    ['an unknown class', { priorityClassName: 'what' }, classes, { value: 0, known: false }, false],
  ])('%s', (_, spec, priorityClasses, priority, couldPreempt) => {
    const result = judgeFit({ node: roomy, pods: full, daemonSet: asking(spec), priorityClasses })
    expect(result).toMatchObject({ fits: false, priority, couldPreempt })
  })
})
