import { describe, expect, it } from 'vitest'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import { healthOf } from '#controller/state/health.ts'
import type { Health, HeldPod, StateInput } from '#controller/state/types.ts'
import type { DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import { daemonSet, node, pod, ready, revision, waiting } from '../../helpers/rollout-world.ts'

const now = Date.UTC(2026, 10, 20, 20, 1)
const made = Date.UTC(2026, 10, 20, 20, 0)
const nodes = [node('n1'), node('n2')] as Node[]

const held = (pods: readonly unknown[], more: Partial<StateInput> = {}, spec: JsonObject = {}) =>
  daemonSetState({
    daemonSet: daemonSet('two', {}, { spec }) as DaemonSet,
    pods: pods as Pod[],
    nodes,
    revisions: [revision(2, 'two')],
    now,
    ...more,
  }).held

/** A pod of the new revision on n1. */
const on1 = (status: JsonObject, more: JsonObject = {}) => pod('p', 'n1', 'two', status, more)
const scheduled = (more: JsonObject) => ({
  phase: 'Pending',
  conditions: [
    { type: 'Ready', status: 'False' },
    { type: 'PodScheduled', status: 'False', ...more },
  ],
})

describe('a pod that is held', () => {
  it('by nothing is not told of', () => {
    expect(held([on1(ready())])).toEqual([])
  })

  it.each<[string, JsonObject, Omit<HeldPod, 'pod' | 'node' | 'updated' | 'restarts'>]>([
    [
      'by an image that is not to be had',
      on1(waiting('ImagePullBackOff', 'no such tag')),
      { side: 'release', cause: 'image', reason: 'ImagePullBackOff', message: 'no such tag' },
    ],
    [
      'by a container that ended',
      on1({
        containerStatuses: [{ name: 'c', state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }],
      }),
      {
        side: 'release',
        cause: 'crash',
        reason: 'OOMKilled',
        message: 'container c ended with exit code 137',
      },
    ],
    [
      'by a container that ended without a word',
      on1({ containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1 } } }] }),
      { side: 'release', cause: 'crash', reason: 'Error', message: 'container c ended with exit code 1' },
    ],
    [
      'by an init container that crashes, while the others wait',
      on1({
        initContainerStatuses: [
          { name: 'done', state: { terminated: { exitCode: 0 } } },
          { name: 'i', state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ],
        containerStatuses: [{ name: 'c', state: { waiting: { reason: 'PodInitializing' } } }],
      }),
      { side: 'release', cause: 'crash', reason: 'CrashLoopBackOff', message: '' },
    ],
    [
      'by its start: an init container is done, the container is being made',
      on1({
        phase: 'Pending',
        startTime: '2026-11-20T20:00:30Z',
        initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: 0 } } }],
        containerStatuses: [
          { name: 'c' },
          { name: 'd', state: { waiting: { reason: 'ContainerCreating', message: 'soon' } } },
        ],
      }),
      { side: 'time', cause: 'starting', reason: 'ContainerCreating', message: 'soon', since: made + 30_000 },
    ],
    [
      'by its start, of which nobody knows more than its phase',
      on1({ phase: 'Unknown' }),
      { side: 'time', cause: 'starting', reason: 'Unknown', message: '', since: made },
    ],
    [
      'by its start, of which nobody knows anything',
      {
        ...on1({}),
        status: null,
        metadata: { ...(on1({}).metadata as JsonObject), creationTimestamp: null },
      },
      { side: 'time', cause: 'starting', reason: 'Pending', message: '' },
    ],
    [
      'by one container that runs and is not ready, beside one that waits',
      on1({
        containerStatuses: [
          { name: 'c', state: { waiting: { reason: 'ContainerCreating' } } },
          { name: 'd', state: { running: {} } },
        ],
      }),
      { side: 'time', cause: 'not-ready', reason: 'NotReady', message: '', since: made },
    ],
    [
      'by its end',
      on1({ ...ready(), message: 'bye' }, { metadata: { deletionTimestamp: '2026-11-20T20:00:30Z' } }),
      { side: 'time', cause: 'terminating', reason: 'Terminating', message: 'bye', since: made + 30_000 },
    ],
    [
      'by having been evicted',
      on1({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }),
      { side: 'time', cause: 'terminating', reason: 'Evicted', message: 'low on memory' },
    ],
    [
      'by having ended, without a reason',
      on1({ phase: 'Succeeded' }),
      { side: 'time', cause: 'terminating', reason: 'Finished', message: '' },
    ],
    [
      'by the scheduler',
      pod(
        'p',
        '',
        'two',
        scheduled({ reason: 'SchedulerError', message: 'oh', lastTransitionTime: '2026-11-20T20:00:10Z' }),
      ),
      {
        side: 'nodes',
        cause: 'unschedulable',
        reason: 'SchedulerError',
        message: 'oh',
        since: made + 10_000,
      },
    ],
    [
      'by the scheduler, which says no more',
      pod('p', '', 'two', { conditions: [{ type: 'PodScheduled', status: 'False' }] }),
      { side: 'nodes', cause: 'unschedulable', reason: 'Unschedulable', message: '' },
    ],
  ])('%s', (_, given, why) => {
    const [hold, ...more] = held([given])
    expect(more).toEqual([])
    expect(hold).toEqual({
      pod: 'p',
      node: (given.spec as { nodeName: string }).nodeName,
      updated: true,
      restarts: hold?.restarts,
      ...why,
    })
  })

  it.each([
    ['ErrImagePull', 'image'],
    ['ImagePullBackOff', 'image'],
    ['ImageInspectError', 'image'],
    ['InvalidImageName', 'image'],
    ['ErrImageNeverPull', 'image'],
    ['RegistryUnavailable', 'image'],
    ['CreateContainerConfigError', 'config'],
    ['CreateContainerError', 'config'],
    ['RunContainerError', 'config'],
    ['PreStartHookError', 'config'],
    ['PostStartHookError', 'config'],
    ['CrashLoopBackOff', 'crash'],
  ])('by %s is held by its release: %s', (reason, cause) => {
    expect(held([on1(waiting(reason))])).toMatchObject([{ side: 'release', cause, reason, message: '' }])
  })

  it.each<[string, string, Partial<HeldPod>]>([
    ['Unknown', 'gone quiet', { reason: 'NodeUnreachable', message: 'gone quiet' }],
    ['False', 'no network', { reason: 'NodeNotReady', message: 'no network' }],
  ])('by a node whose Ready is %s', (status, message, told) => {
    const bad = [node('n1', status, message)] as Node[]
    const since = Date.UTC(2026, 10, 20, 19)
    expect(held([on1(waiting('ErrImagePull'))], { nodes: bad })).toMatchObject([
      { side: 'nodes', cause: 'node-not-ready', since, ...told },
    ])
  })

  it('by a node that says nothing of it', () => {
    const bare = { metadata: { name: 'n1' }, status: { conditions: [{ type: 'Ready', status: 'False' }] } }
    const [hold] = held([on1(ready())], { nodes: [{}, bare] })
    expect(hold).toEqual({
      pod: 'p',
      node: 'n1',
      updated: true,
      side: 'nodes',
      cause: 'node-not-ready',
      reason: 'NodeNotReady',
      message: '',
      restarts: 0,
    })
  })

  it.each<[string, Node]>([
    ['no status', { metadata: { name: 'n1' } }],
    ['no conditions', { metadata: { name: 'n1' }, status: {} }],
    [
      'no Ready among them',
      { metadata: { name: 'n1' }, status: { conditions: [{ type: 'DiskPressure', status: 'Unknown' }] } },
    ],
  ])('not by a node with %s', (_, one) => {
    expect(held([on1(ready())], { nodes: [one] })).toEqual([])
  })

  it('not by a node that it has not got yet', () => {
    expect(held([pod('p', '', 'two', ready())], { nodes: [] })).toEqual([])
  })

  it('by a node that is gone', () => {
    expect(held([on1(ready())], { nodes: [] })).toEqual([
      {
        pod: 'p',
        node: 'n1',
        updated: true,
        side: 'nodes',
        cause: 'node-gone',
        reason: 'NodeGone',
        message: 'there is no node n1 any more',
        restarts: 0,
      },
    ])
  })

  it('by minReadySeconds, to the second', () => {
    const spec = { minReadySeconds: 60 }
    expect(held([on1(ready('2026-11-20T20:00:00Z'))], {}, spec)).toEqual([])
    expect(held([on1(ready('2026-11-20T20:00:01Z'))], {}, spec)).toMatchObject([
      {
        side: 'time',
        cause: 'min-ready-seconds',
        reason: 'MinReadySeconds',
        message: '',
        since: made + 1000,
      },
    ])
    const [unknown] = held([on1({ conditions: [{ type: 'Ready', status: 'True' }] })], {}, spec)
    expect(unknown).not.toHaveProperty('since')
  })

  it('tells how often its containers were started again, at most', () => {
    const state = { waiting: { reason: 'CrashLoopBackOff' } }
    const given = on1({
      initContainerStatuses: [{ name: 'i', restartCount: 3, state: {} }],
      containerStatuses: [{ name: 'c', restartCount: 7, state }, { name: 'd' }],
    })
    expect(held([given])[0]?.restarts).toBe(7)
    expect(held([on1({})])[0]?.restarts).toBe(0)
  })

  it('is updated if it carries the hash of the revision that is rolled out', () => {
    const old = pod('p', 'n1', 'one', waiting('ErrImagePull'))
    expect(held([old])).toMatchObject([{ updated: false }])
    const none = { ...old, metadata: { ...(old.metadata as JsonObject), labels: { app: 'a' } } }
    expect(held([none], { revisions: [] })).toMatchObject([{ updated: false }])
  })
})

describe('the pods that are held', () => {
  it('are the own ones of the DaemonSet, by node and name', () => {
    const ownerReferences = [{ kind: 'DaemonSet', name: 'b', uid: 'uid-b', controller: true }]
    const foreign = on1(waiting('ErrImagePull'), { metadata: { ownerReferences } })
    const bad = (name: string, on: string) => pod(name, on, 'two', waiting('ErrImagePull'))
    const pods = [bad('b', 'n2'), bad('z', 'n1'), bad('a', 'n2'), foreign, bad('c', 'n2'), bad('y', '')]
    expect(held(pods).map((hold) => hold.pod)).toEqual(['y', 'z', 'a', 'b', 'c'])
    expect(held([...pods].reverse()).map((hold) => hold.pod)).toEqual(['y', 'z', 'a', 'b', 'c'])
  })

  it('may lack everything but an owner', () => {
    const ownerReferences = [{ uid: 'uid-a', controller: true }]
    const bare = { metadata: { uid: 'uid-a' }, spec: { selector: {} } }
    expect(held([{ metadata: { ownerReferences } }], { daemonSet: bare })).toEqual([
      {
        pod: '',
        node: '',
        updated: false,
        side: 'time',
        cause: 'starting',
        reason: 'Pending',
        message: '',
        restarts: 0,
      },
    ])
  })
})

describe('how a roll-out stands', () => {
  const hold = (over: Partial<HeldPod>): HeldPod => ({
    pod: 'p',
    node: 'n1',
    updated: true,
    side: 'nodes',
    cause: 'node-not-ready',
    reason: '',
    message: '',
    restarts: 0,
    ...over,
  })
  const lost = (...names: string[]) => names.map((name) => hold({ node: name, updated: false }))
  const rolling = (
    desired: number,
    updated: number,
    available: number,
    rollingUpdate: JsonObject | null = {},
  ) =>
    daemonSet(
      'two',
      { desired, updated, available },
      { spec: { updateStrategy: { rollingUpdate } } },
    ) as DaemonSet

  it.each<[string, DaemonSet, HeldPod[], Health]>([
    ['nothing is held', rolling(5, 1, 4), [], 'moving'],
    ['time holds a new pod', rolling(5, 1, 4), [hold({ side: 'time' })], 'moving'],
    ['the release holds an old pod', rolling(5, 1, 4), [hold({ side: 'release', updated: false })], 'moving'],
    ['the release holds a new pod', rolling(5, 1, 4), [hold({ side: 'release' })], 'release'],
    [
      'the release holds one, nodes another',
      rolling(5, 1, 3),
      [...lost('n2'), hold({ side: 'release' })],
      'release',
    ],
    ['nodes hold as many as may be unavailable', rolling(5, 1, 4), lost('n1'), 'nodes'],
    ['nodes hold fewer', rolling(5, 1, 4, { maxUnavailable: 2 }), lost('n1'), 'moving'],
    ['what was on a node that is gone', rolling(5, 1, 4), [hold({ cause: 'node-gone' })], 'moving'],
    ['two pods on a lost node are one', rolling(5, 1, 4, { maxUnavailable: 2 }), lost('n1', 'n1'), 'moving'],
    ['nodes hold more', rolling(5, 1, 2, { maxUnavailable: 2 }), lost('n1', 'n2', 'n3'), 'nodes'],
    ['nodes hold a share', rolling(6, 1, 4, { maxUnavailable: '33%' }), lost('n1', 'n2'), 'nodes'],
    ['nodes hold less than a share', rolling(6, 1, 5, { maxUnavailable: '33%' }), lost('n1'), 'moving'],
    ['one, without a strategy', { ...rolling(5, 1, 4), spec: null }, lost('n1'), 'nodes'],
    ['one, without a limit', rolling(5, 1, 4, null), lost('n1'), 'nodes'],
    [
      'nodes hold some, with surge',
      rolling(5, 1, 4, { maxUnavailable: 0, maxSurge: 1 }),
      lost('n1'),
      'moving',
    ],
    ['a limit that cannot be read', rolling(5, 1, 4, { maxUnavailable: 'x' }), lost('n1'), 'moving'],
    ['nodes hold all that is left to update', rolling(5, 4, 5, { maxUnavailable: 3 }), lost('n1'), 'nodes'],
    [
      'nodes hold all that is left to be available',
      rolling(5, 5, 3, { maxUnavailable: 3 }),
      lost('n1', 'n2'),
      'nodes',
    ],
    ['nodes hold all but one', rolling(5, 5, 2, { maxUnavailable: 3 }), lost('n1', 'n2'), 'moving'],
    ['no counters yet', { ...rolling(5, 1, 4, { maxUnavailable: 3 }), status: null }, lost('n1'), 'nodes'],
  ])('%s', (_, given, holds, health) => {
    const all = holds.map(({ cause, node, side, updated }) => ({
      cause: cause === 'unschedulable' ? ('no-room' as const) : cause,
      side,
      updated,
      stuck: side === 'release',
      nodes: [node],
    }))
    expect(healthOf(given, all)).toBe(health)
  })
})
