import { describe, expect, it } from 'vitest'
import type { ContainerStatus, Node, Pod } from '#kube/types.ts'
import { daemonSet, node, now, play, podFor, podOn, ready, secondsAgo, unready } from './scene.ts'

const waiting = (reason: string): ContainerStatus[] => [{ state: { waiting: { reason } } }]

describe('a node that is not ready', () => {
  const minute = 60
  const hour = 60 * minute
  const held = (one: Node) => play({ nodes: [one] }).end.holds[0]?.message

  it.each<[string, number, string]>([
    ['Unknown', 0, 'node unreachable for 0 s'],
    ['Unknown', 59, 'node unreachable for 59 s'],
    ['Unknown', minute, 'node unreachable for 1 min'],
    ['Unknown', hour - 1, 'node unreachable for 59 min'],
    ['False', hour, 'node not ready for 1 h'],
    ['False', 24 * hour - 1, 'node not ready for 23 h'],
    ['False', 24 * hour, 'node not ready for 1 d'],
    ['False', 80 * hour, 'node not ready for 3 d'],
    ['Unknown', -1, 'node unreachable'],
  ])('holds its pod: %s for %d s', (status, seconds, text) => {
    expect(held(node('n1', status, secondsAgo(seconds)))).toBe(`fluentd-n1 on n1: terminating, ${text}`)
  })

  it('holds its pod, since when is not known', () => {
    expect(held(node('n1', 'False', null))).toBe('fluentd-n1 on n1: terminating, node not ready')
  })

  it.each<[string, Node]>([
    ['that says nothing of it', { metadata: { name: 'n1' } }],
    [
      'that has other conditions',
      { metadata: { name: 'n1' }, status: { conditions: [{ type: 'DiskPressure', status: 'Unknown' }] } },
    ],
    ['with null conditions', { metadata: { name: 'n1' }, status: { conditions: null } }],
  ])('is none %s', (_, one) => {
    expect(play({ nodes: [one] }).end.state).toBe('done')
  })

  it('starts no pod either', () => {
    const { end } = play({ nodes: [node('n1', 'False')], pods: [] })
    expect(end).toMatchObject({
      state: 'stuck',
      holds: [
        {
          node: 'n1',
          cause: 'node-not-ready',
          usesBudget: true,
          message: 'the new pod of fluentd on n1: node not ready for 3 h',
        },
      ],
    })
  })

  it('holds an old pod that is not ready, whatever else is wrong with it', () => {
    const { end } = play({
      nodes: [node('n1', 'False')],
      pods: [podOn('n1', unready(waiting('CrashLoopBackOff')))],
    })
    expect(end.holds).toMatchObject([{ cause: 'terminating-on-unreachable-node' }])
    const onDelete = daemonSet(1, 0, { updateStrategy: { type: 'OnDelete' } })
    const kept = play({
      daemonSet: onDelete,
      nodes: [node('n1', 'False')],
      pods: [podOn('n1', unready(waiting('CrashLoopBackOff')))],
    })
    expect(kept.end.holds).toMatchObject([{ pod: 'fluentd-n1', cause: 'node-not-ready' }])
  })
})

describe('a pod that is being deleted', () => {
  const leaving = (seconds: number) => podOn('n1', ready(), { deletionTimestamp: secondsAgo(seconds) })
  const { end } = play({ nodes: [node('n1')], pods: [leaving(7200)] })

  it('long after its grace period does not go by itself', () => {
    expect(end).toMatchObject({
      state: 'stuck',
      holds: [
        {
          cause: 'terminating',
          usesBudget: true,
          message: 'fluentd-n1 on n1: terminating for 2 h, long after its grace period',
        },
      ],
    })
  })

  it('within it goes', () => {
    expect(play({ nodes: [node('n1')], pods: [leaving(10)] }).end.state).toBe('done')
  })

  it('goes with its node, if that is gone', () => {
    expect(play({ nodes: [node('n2')], pods: [leaving(7200)] }).end.state).toBe('done')
  })
})

describe('a pod that the snapshot shows in trouble', () => {
  const onDelete = daemonSet(1, 0, { updateStrategy: { type: 'OnDelete' } })
  const held = (pod: Pod) => play({ daemonSet: onDelete, nodes: [node('n1')], pods: [pod] }).end.holds

  it.each(['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull'])(
    'is held by %s',
    (reason) => {
      expect(held(podOn('n1', unready(waiting(reason))))).toEqual([
        {
          node: 'n1',
          pod: 'fluentd-n1',
          cause: 'image',
          usesBudget: false,
          message: `fluentd-n1 on n1: its image cannot be pulled (${reason})`,
        },
      ])
    },
  )

  it('is held by a crash, of an init container too', () => {
    const message = 'fluentd-n1 on n1: its container crashes again and again (CrashLoopBackOff)'
    expect(held(podOn('n1', unready(waiting('CrashLoopBackOff'))))).toMatchObject([
      { cause: 'crash', message },
    ])
    const status = {
      ...unready(waiting('PodInitializing')),
      initContainerStatuses: waiting('CrashLoopBackOff'),
    }
    expect(held(podOn('n1', status))).toMatchObject([{ cause: 'crash', message }])
  })

  it.each<[object, string]>([
    [{ message: '0/1 nodes are available', reason: 'Unschedulable' }, '0/1 nodes are available'],
    [{ reason: 'Unschedulable' }, 'Unschedulable'],
    [{}, 'Unschedulable'],
  ])('is held by the scheduler: %j', (said, text) => {
    const status = unready([], { type: 'PodScheduled', status: 'False', ...said })
    expect(held(podFor('n1', status))).toMatchObject([
      { cause: 'unplaceable', message: `fluentd-n1 on n1: it is not scheduled: ${text}` },
    ])
    expect(held(podOn('n1', status))).toMatchObject([{ cause: 'never-ready' }])
  })

  it('is held when it has not become ready in ten minutes', () => {
    const made = (seconds: number) =>
      podOn('n1', unready([{}, { state: {} }]), { creationTimestamp: secondsAgo(seconds) })
    expect(held(made(601))).toMatchObject([
      { cause: 'never-ready', message: 'fluentd-n1 on n1: it has not become ready in 10 min' },
    ])
    expect(held(made(600))).toEqual([])
    expect(held(podOn('n1', unready(), { creationTimestamp: null }))).toEqual([])
    expect(held(podOn('n1', { phase: 'Running' }, { creationTimestamp: secondsAgo(7200) }))).toMatchObject([
      { message: 'fluentd-n1 on n1: it has not become ready in 2 h' },
    ])
  })
})

describe('a pod that was on its way', () => {
  const onDelete = daemonSet(1, 0, { updateStrategy: { type: 'OnDelete' } })
  const starting = (seconds: number, metadata = {}) =>
    podOn('n1', unready(), { creationTimestamp: secondsAgo(seconds), ...metadata })
  const took = (pod: Pod, given = onDelete) => {
    const { totalSeconds, minAvailable, end } = play({ daemonSet: given, nodes: [node('n1')], pods: [pod] })
    return [totalSeconds, minAvailable, end.counters.available]
  }

  it.each<[string, Pod, number]>([
    ['becomes ready when its time has come', starting(5), 15],
    ['becomes ready at once if its time is over', starting(50), 0],
    ['takes its whole time if nobody knows when it was made', starting(0, { creationTimestamp: null }), 20],
  ])('%s', (_, pod, seconds) => {
    expect(took(pod)).toEqual([seconds, 0, 1])
  })

  it('is available after minReadySeconds', () => {
    const given = daemonSet(1, 0, { updateStrategy: { type: 'OnDelete' }, minReadySeconds: 30 })
    expect(took(starting(5), given)).toEqual([45, 0, 1])
    expect(took(podOn('n1', ready(10)), given)).toEqual([20, 0, 1])
    expect(took(podOn('n1', ready(30)), given)).toEqual([0, 1, 1])
    expect(took(podOn('n1', { conditions: [{ type: 'Ready', status: 'True' }] }), given)).toEqual([0, 1, 1])
  })

  it('to its end goes, and makes room for a new one', () => {
    expect(took(podOn('n1', ready(), { deletionTimestamp: secondsAgo(3) }))).toEqual([30, 0, 1])
  })

  it.each(['Failed', 'Succeeded'])('and has %s goes at once', (phase) => {
    expect(took(podOn('n1', { phase }))).toEqual([20, 0, 1])
  })

  it('to a node that is gone is taken away after forty seconds', () => {
    const { totalSeconds, end } = play({ nodes: [node('n1')], pods: [podOn('n1'), podOn('gone')] })
    expect([totalSeconds, end.state]).toEqual([40, 'done'])
    expect(play({ daemonSet: onDelete, nodes: [], pods: [podFor('gone', unready())] }).totalSeconds).toBe(0)
  })
})

it('takes the paces of a usual node where none are given', () => {
  const { totalSeconds } = play({
    nodes: [node('n1')],
    readyAfterSeconds: undefined,
    terminateAfterSeconds: undefined,
    now,
  })
  expect(totalSeconds).toBe(15)
})
