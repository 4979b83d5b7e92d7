import { describe, expect, it } from 'vitest'
import { isoTime } from '../cluster.ts'
import { daemonSet, node, now, owner, pod, surge, sync } from './scene.ts'

const hashLabel = 'controller-revision-hash'

describe('rolling update', () => {
  const three = [node('n1'), node('n2'), node('n3')]
  const aged = (hash: string) => ['n1', 'n2', 'n3'].map((name) => pod(`p-${name}`, name, { hash }))

  it('replaces as many old pods as may be unavailable', () => {
    expect(sync({ nodes: three, pods: aged('old') }).pods).toEqual(['-p-n1 outdated'])
    const half = daemonSet({ maxUnavailable: '50%', maxSurge: 0 })
    expect(sync({ daemonSet: half, nodes: three, pods: aged('old') }).pods).toEqual([
      '-p-n1 outdated',
      '-p-n2 outdated',
    ])
  })

  it('says what uses up the budget', () => {
    const pods = [
      pod('new', 'n1', { readySeconds: -1 }),
      pod('going', 'n2', { hash: 'old', deleting: true }),
      pod('p', 'n3', { hash: 'old' }),
    ]
    const result = sync({ nodes: three, pods })
    expect(result.pods).toEqual([])
    expect(result.budget).toEqual({
      rule: 'maxUnavailable',
      allowed: 1,
      configured: 1,
      used: [
        { node: 'n1', pod: 'new', cause: 'new-unavailable' },
        { node: 'n2', pod: 'going', cause: 'terminating' },
      ],
    })
  })

  it.each([
    ['v1.36.2', ['-p-n1 outdated-unavailable']],
    ['v1.30.6', ['-p-n1 outdated-unavailable']],
    ['v1.30.5', ['-p-n1 outdated-unavailable', '-p-n2 outdated']],
    ['v1.27.16', ['-p-n1 outdated-unavailable', '-p-n2 outdated']],
    ['v1.20.0', ['-p-n1 outdated-unavailable']],
  ])('on %s', (serverVersion, expected) => {
    const pods = [pod('p-n1', 'n1', { hash: 'old', readySeconds: -1 }), ...aged('old').slice(1)]
    expect(sync({ nodes: three, pods, serverVersion }).pods).toEqual(expected)
  })

  it('takes a pod for updated by hash or by template generation', () => {
    const pods = [
      pod('p1', 'n1', { hash: 'old', generation: '3' }),
      pod('p2', 'n2'),
      pod('p3', 'n3', { hash: 'old', generation: '2' }),
    ]
    const result = sync({ nodes: three, pods })
    expect(result.pods).toEqual(['-p3 outdated'])
    expect(result.status.updatedNumberScheduled).toBe(2)
  })

  it('counts no node that is gone', () => {
    const half = daemonSet({ maxUnavailable: '50%', maxSurge: 0 })
    const pods = [...aged('old').slice(0, 2), pod('q', 'gone')]
    expect(sync({ daemonSet: half, nodes: three.slice(0, 2), pods }).pods).toEqual(['-p-n1 outdated'])
  })

  it('takes both limits zero for one unavailable', () => {
    const given = daemonSet({ maxUnavailable: '0%', maxSurge: 0 })
    expect(sync({ daemonSet: given, nodes: three, pods: aged('old') }).pods).toEqual(['-p-n1 outdated'])
  })

  it('waits while pods are being made, until the next sync', () => {
    const pods = aged('old').slice(1)
    expect(sync({ daemonSet: daemonSet({ maxUnavailable: 3 }), nodes: three, pods }).pods).toEqual([
      '+n1 missing',
    ])
  })

  it('replaces nothing with OnDelete', () => {
    const given = daemonSet({}, { updateStrategy: { type: 'OnDelete' } })
    const result = sync({ daemonSet: given, nodes: three, pods: aged('old') })
    expect(result.pods).toEqual([])
    expect(result.budget).toBeUndefined()
  })

  it('with surge makes new pods beside old ones, and at once beside unavailable ones', () => {
    const pods = [pod('p1', 'n1', { hash: 'old', readySeconds: -1 }), ...aged('old').slice(1)]
    expect(sync({ daemonSet: surge, nodes: three, pods }).pods).toEqual([
      '+n1 surge-unavailable',
      '+n2 surge',
    ])
  })

  it('with surge removes the old pod once the new one is available, or as soon as the old one is not ready', () => {
    const pods = [
      pod('old1', 'n1', { hash: 'old' }),
      pod('new1', 'n1', { ageSeconds: 60, readySeconds: 30 }),
      pod('old2', 'n2', { hash: 'old', readySeconds: -1 }),
      pod('new2', 'n2', { ageSeconds: 60, readySeconds: -1 }),
      pod('old3', 'n3', { hash: 'old' }),
      pod('new3', 'n3', { ageSeconds: 60, readySeconds: -1 }),
    ]
    expect(sync({ daemonSet: surge, nodes: three, pods }).pods).toEqual([
      '-old1 superseded',
      '-old2 superseded',
    ])
  })

  it('with surge gives up over an old pod whose node is gone, and still writes the status', () => {
    const result = sync({
      daemonSet: surge,
      nodes: [node('n1')],
      pods: [pod('p', 'n1', { hash: 'old' }), pod('q', 'gone', { hash: 'old' })],
    })
    expect(result.pods).toEqual([])
    expect(result.error).toBe('node gone of an old pod does not exist')
    expect(result.statusChanged).toBe(true)
    expect(result.budget).toBeUndefined()
  })

  it('cleans up the history, unless it gives up', () => {
    const revision = (name: string, number: number) => ({
      metadata: { name, namespace: 'n', labels: { app: 'a', [hashLabel]: name }, ownerReferences: [owner] },
      data: { name },
      revision: number,
    })
    const revisions = [revision('one', 1), revision('two', 2)]
    const kinds = (maxUnavailable: string) =>
      sync({ daemonSet: daemonSet({ maxUnavailable }, { revisionHistoryLimit: 1 }), revisions }).actions.map(
        (action) => action.kind,
      )
    expect(kinds('1%')).toEqual(['CreateRevision', 'DeleteRevision'])
    expect(kinds('1')).toEqual(['CreateRevision'])
  })

  it('counts a ready pod as available after minReadySeconds only, and says when that will be', () => {
    const given = daemonSet({ maxUnavailable: 1, maxSurge: 0 }, { minReadySeconds: 30 })
    const pods = [
      pod('p1', 'n1', { readySeconds: 10 }),
      pod('p2', 'n2', { readySeconds: 30 }),
      pod('p3', 'n3'),
    ]
    const result = sync({ daemonSet: given, nodes: three, pods })
    expect(result.status).toMatchObject({ numberReady: 3, numberAvailable: 2, numberUnavailable: 1 })
    expect(result.requeueAfter).toBe(20_000)
    const sooner = [...pods, pod('p4', 'n2', { readySeconds: 25 }), pod('p5', 'n3', { readySeconds: -1 })]
    expect(sync({ daemonSet: given, nodes: three, pods: sooner }).requeueAfter).toBe(5000)
    expect(sync({ daemonSet: given, nodes: three, pods: pods.slice(1) }).requeueAfter).toBeUndefined()
    expect(sync({ nodes: three, pods })).not.toHaveProperty('requeueAfter')
    expect(sync({ nodes: three, pods: [pod('p1', 'n1', { readySeconds: -1 })] })).not.toHaveProperty('error')
    const ahead = { type: 'Ready', status: 'True', lastTransitionTime: isoTime(now + 5000) }
    const early = { ...pod('p1', 'n1'), status: { phase: 'Running', conditions: [ahead] } }
    expect(sync({ nodes: three, pods: [early] })).not.toHaveProperty('requeueAfter')
    const timeless = { ...pod('p4', 'n2'), status: { conditions: [{ type: 'Ready', status: 'True' }] } }
    expect(sync({ daemonSet: given, nodes: three, pods: [...pods, timeless] }).requeueAfter).toBe(20_000)
  })
})

describe('waiting between failed pods', () => {
  const world = { nodes: [node('n1')], pods: [pod('p', 'n1', { phase: 'Failed' })] }

  it('replaces the first at once, the next after a second, then after two', () => {
    const first = sync({ ...world, failedPodsBackoff: new Map() })
    expect(first.pods).toEqual(['-p failed'])
    const soon = sync({ ...world, now: now + 400, failedPodsBackoff: first.failedPodsBackoff })
    expect(soon.pods).toEqual([])
    expect(soon.requeueAfter).toBe(600)
    const second = sync({ ...world, now: now + 1000, failedPodsBackoff: soon.failedPodsBackoff })
    expect(second.pods).toEqual(['-p failed'])
    expect(
      sync({ ...world, now: now + 2500, failedPodsBackoff: second.failedPodsBackoff }).requeueAfter,
    ).toBe(500)
  })
})
