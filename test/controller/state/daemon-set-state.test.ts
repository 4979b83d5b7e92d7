import { describe, expect, it } from 'vitest'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import type { StateInput } from '#controller/state/types.ts'
import type { KubeEvent } from '#kube/events.ts'
import type { DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import { daemonSet, node, pod, ready, revision, waiting } from '../../helpers/rollout-world.ts'

const now = Date.UTC(2026, 10, 20, 20, 1)
const nodes = ['n1', 'n2', 'n3'].map((name) => node(name)) as Node[]
const revisions = [revision(1, 'one'), revision(2, 'two')]
const old = (name: string, on: string, more: JsonObject = {}) => pod(name, on, 'one', ready(), more)
const fresh = (name: string, on: string, status: JsonObject = ready()) => pod(name, on, 'two', status)
const leaving = (name: string, on: string, at: string) =>
  old(name, on, { metadata: { deletionTimestamp: at, deletionGracePeriodSeconds: 30 } })
const lost = (name: string) => node(name, 'Unknown', 'Kubelet stopped posting node status.') as Node

const stateOf = (pods: readonly JsonObject[], more: Partial<StateInput> = {}, spec: JsonObject = {}) =>
  daemonSetState({
    daemonSet: daemonSet('two', {}, { spec }) as DaemonSet,
    pods: pods as readonly Pod[],
    nodes,
    revisions,
    now,
    ...more,
  })

const event = (kind: string, name: string, reason: string, message: string, more: JsonObject = {}) =>
  ({
    metadata: { namespace: 'default' },
    involvedObject: { kind, name, namespace: 'default' },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: '2026-11-20T20:00:00Z',
    lastTimestamp: '2026-11-20T20:00:30Z',
    ...more,
  }) as KubeEvent

describe('a DaemonSet that is well', () => {
  const state = stateOf([fresh('a', 'n1'), fresh('b', 'n2'), fresh('c', 'n3')])

  it('is held by nothing', () => {
    expect(state).toMatchObject({
      verdict: { text: 'ok', code: 'ok' },
      holds: [],
      counts: { ready: 3 },
      finishes: { can: true, done: true },
      misscheduled: 0,
      restarts: 0,
    })
  })

  it('has a row for each node that should have a pod', () => {
    expect(state.rows.map((row) => [row.node, row.phase, row.updated, row.pods[0]?.revision])).toEqual([
      ['n1', 'ready', true, 2],
      ['n2', 'ready', true, 2],
      ['n3', 'ready', true, 2],
    ])
  })
})

describe('verdicts', () => {
  const selecting = { template: { metadata: { labels: { app: 'a' } }, spec: { nodeSelector: { x: 'y' } } } }
  const three = [fresh('a', 'n1'), old('b', 'n2'), old('c', 'n3')]
  it.each<[string, string, JsonObject[], Partial<StateInput>, JsonObject]>([
    ['under way', 'updating 1/3', three, {}, {}],
    [
      'the last pod starts',
      'starting 2/3',
      [fresh('a', 'n1'), fresh('b', 'n2'), fresh('c', 'n3', waiting('ContainerCreating'))],
      {},
      {},
    ],
    [
      'an image that is not to be had',
      'stuck: image',
      [fresh('a', 'n1', waiting('ErrImagePull')), ...three.slice(1)],
      {},
      {},
    ],
    ['a crash', 'stuck: crash', [fresh('a', 'n1', waiting('CrashLoopBackOff')), ...three.slice(1)], {}, {}],
    ['a dead node', 'stuck: n3', three, { nodes: [...nodes.slice(0, 2), lost('n3')] }, {}],
    ['two dead nodes', 'stuck: 2 nodes', three, { nodes: [nodes[0] as Node, lost('n2'), lost('n3')] }, {}],
    ['no node matches', 'no node', [], {}, selecting],
    ['a pod where none should be', 'no node', three, {}, selecting],
    ['OnDelete', 'waits for delete 1/3', three, {}, { updateStrategy: { type: 'OnDelete' } }],
    [
      'refused by the API server',
      'no pods: PriorityClass',
      [],
      {
        events: [
          event(
            'DaemonSet',
            'a',
            'FailedCreate',
            'Error creating: pods "a-" is forbidden: no PriorityClass with name x was found',
          ),
        ],
      },
      {},
    ],
    [
      'refused on some nodes',
      'stuck: quota',
      [fresh('a', 'n1')],
      {
        events: [
          event(
            'DaemonSet',
            'a',
            'FailedCreate',
            'Error creating: pods "a-q" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
          ),
        ],
      },
      {},
    ],
  ])('%s: %s', (_, text, pods, more, spec) => {
    expect(stateOf(pods, more, spec).verdict.text).toBe(text)
  })

  it('misscheduled', () => {
    const tainted = { ...nodes[2], spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } } as Node
    const state = stateOf([fresh('a', 'n1'), fresh('b', 'n2'), fresh('c', 'n3')], {
      nodes: [...nodes.slice(0, 2), tainted],
    })
    expect(state.verdict).toEqual({ text: 'misscheduled 1', code: 'misscheduled' })
    expect(state.rows[2]).toMatchObject({ misscheduled: true, shouldRun: false, shouldContinueRunning: true })
  })
})

describe('a budget that a dead node uses up', () => {
  const state = stateOf([fresh('a', 'n1'), old('b', 'n2'), leaving('c', 'n3', '2026-11-20T19:30:00Z')], {
    nodes: [...nodes.slice(0, 2), lost('n3')],
  })

  it('is told with who uses it', () => {
    expect(state.budget).toMatchObject({
      rule: 'maxUnavailable',
      allowed: 1,
      configured: 1,
      used: [
        { node: 'n3', pod: 'c', cause: 'terminating', why: 'terminating, node unreachable 1 h', stuck: true },
      ],
    })
  })

  it('never lets it finish', () => {
    expect(state.finishes).toEqual({
      can: false,
      done: false,
      why: 'budget',
      waiting: 1,
      sentence:
        'the budget of 1 is used up by c on n3 (terminating, node unreachable 1 h): 1 node keeps the old revision',
    })
  })

  it('has three ways out', () => {
    expect(state.holds).toMatchObject([
      {
        side: 'nodes',
        cause: 'node-not-ready',
        nodes: ['n3'],
        order: 'before',
        next: [
          { kind: 'delete-node', node: 'n3' },
          { kind: 'raise-budget', rule: 'maxUnavailable', from: 1, to: 2 },
          { kind: 'describe', what: 'node', name: 'n3' },
        ],
      },
    ])
  })

  it('is blamed on the release where the node failed after it got that', () => {
    const late = {
      ...lost('n3'),
      status: {
        conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-11-20T20:00:40Z' }],
      },
    }
    const { holds } = stateOf(
      [fresh('c', 'n3', { ...ready(), conditions: [] }), old('a', 'n1'), old('b', 'n2')],
      {
        nodes: [...nodes.slice(0, 2), late as Node],
      },
    )
    expect(holds[0]).toMatchObject({
      order: 'after',
      next: [{ kind: 'undo', toRevision: 1 }, { kind: 'delete-node' }, {}, {}],
    })
  })
})

describe('the first words about an image', () => {
  const backOff = fresh('a', 'n1', waiting('ImagePullBackOff', 'Back-off pulling image "two"'))
  const failed = event('Pod', 'a', 'Failed', 'Failed to pull image "two": not found')

  it('are those of the first Event', () => {
    const again = event('Pod', 'a', 'Failed', 'Error: ImagePullBackOff', {
      firstTimestamp: '2026-11-20T19:59:00Z',
    })
    const { holds } = stateOf([backOff], { events: [again, failed] })
    expect(holds[0]).toMatchObject({ cause: 'image', message: 'Failed to pull image "two": not found' })
  })

  it('are those that a watcher remembers', () => {
    const { holds } = stateOf([backOff], {
      firstWords: new Map([['a', 'manifest unknown']]),
      events: [failed],
    })
    expect(holds[0]?.message).toBe('manifest unknown')
  })

  it('are within those of newer kubelets', () => {
    const long = 'Back-off pulling image "two": ErrImagePull: two: not found'
    expect(stateOf([fresh('a', 'n1', waiting('ImagePullBackOff', long))]).holds[0]?.message).toBe(
      'two: not found',
    )
  })
})

describe('time', () => {
  const running = (startTime: string) =>
    fresh('a', 'n1', {
      phase: 'Running',
      startTime,
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [{ name: 'c', ready: false, restartCount: 0, state: { running: {} } }],
    })

  it('holds a pod that is not ready, and then its release', () => {
    const { holds } = stateOf([running('2026-11-20T20:00:30Z')])
    const young = holds.find(({ cause }) => cause === 'not-ready')
    expect(young).toMatchObject({ side: 'time', cause: 'not-ready', stuck: false, next: [{ kind: 'logs' }] })
    const late = stateOf([running('2026-11-20T19:50:00Z')], {
      events: [event('Pod', 'a', 'Unhealthy', 'Readiness probe failed: statuscode: 503')],
    }).holds[0]
    expect(late).toMatchObject({
      side: 'release',
      stuck: true,
      sentence: 'container c runs and has not been ready for 11 min: Readiness probe failed: statuscode: 503',
      next: [
        { kind: 'undo', toRevision: 1 },
        { kind: 'logs', pod: 'a', container: 'c', previous: false },
      ],
    })
  })

  it('holds a pod that ends, until long after its grace period', () => {
    const hold = (at: string) =>
      stateOf([leaving('a', 'n1', at)]).holds.find(({ cause }) => cause === 'terminating')
    expect(hold('2026-11-20T20:01:10Z')).toMatchObject({ stuck: false, next: [{ kind: 'wait' }] })
    expect(hold('2026-11-20T19:55:00Z')).toMatchObject({
      stuck: true,
      next: [{}, { kind: 'delete-pod', pod: 'a', force: true }],
    })
  })

  it('tells of a volume that does not come as of the release', () => {
    const waits = fresh('a', 'n1', { ...waiting('ContainerCreating'), startTime: '2026-11-20T19:59:00Z' })
    const mount = event(
      'Pod',
      'a',
      'FailedMount',
      'MountVolume.SetUp failed for volume "c" : configmap "c" not found',
    )
    expect(stateOf([waits], { events: [mount] }).holds[0]).toMatchObject({
      side: 'release',
      cause: 'config',
      reason: 'FailedMount',
      stuck: true,
    })
  })
})

describe('room', () => {
  const pending = fresh('a', 'n1', {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/3 nodes are available: 1 Insufficient cpu.',
      },
    ],
  })
  const unbound = {
    ...pending,
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }],
          },
        },
      },
    },
  }
  const small = {
    ...nodes[0],
    status: { ...nodes[0]?.status, allocatable: { cpu: '1', memory: '1Gi', pods: '10' } },
  } as Node
  const template = {
    metadata: { labels: { app: 'a' } },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: '500m' } } }] },
  }
  const user = {
    metadata: { name: 'big', namespace: 'other' },
    spec: {
      nodeName: 'n1',
      priority: 0,
      containers: [{ name: 'x', resources: { requests: { cpu: '800m' } } }],
    },
    status: { phase: 'Running' },
  }

  it('is told in numbers, with who uses it, beside the scheduler’s words', () => {
    const [hold] = stateOf(
      [unbound],
      { nodes: [small, ...nodes.slice(1)], room: { pods: [user] } },
      { template },
    ).holds
    expect(hold).toMatchObject({
      side: 'scheduling',
      cause: 'no-room',
      nodes: ['n1'],
      stuck: true,
      sentence:
        'does not fit: cpu: needs 500m, only 200m of 1 free; cpu is used most by other/big 800m; the scheduler says: 0/3 nodes are available: 1 Insufficient cpu.',
      next: [
        { kind: 'set-priority-class', className: 'system-node-critical' },
        { kind: 'why', node: 'n1' },
      ],
    })
  })

  it('is the scheduler’s word alone where nobody knows who has it', () => {
    const [hold] = stateOf([unbound]).holds
    expect(hold?.sentence).toBe('0/3 nodes are available: 1 Insufficient cpu.')
  })
})
