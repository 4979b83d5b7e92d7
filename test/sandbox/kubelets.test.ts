import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject, KubeObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { simulatedNodes } from '#sandbox/cluster.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import type { StoredPod } from '#sandbox/store/store.ts'
import {
  annotateNode,
  begin,
  change,
  clock,
  cluster,
  conditionOf,
  counters,
  create,
  daemonSet,
  events,
  podOn,
  pods,
  status,
  statuses,
  taintsOf,
} from './simulation.ts'

beforeEach(() => begin())

describe('kubelets', () => {
  it('take pods from Pending to Ready, and tell of it', () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(50)
    expect(statuses()).toEqual(['ContainerCreating', 'ContainerCreating', 'ContainerCreating'])
    clock.advance(1000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
    expect(pods()[0]?.status).toMatchObject({
      phase: 'Running',
      qosClass: 'BestEffort',
      hostIP: expect.any(String),
    })
    expect(counters('web')).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3, numberAvailable: 3 })
    for (const reason of ['SuccessfulCreate', 'Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'])
      expect(events(reason), reason).toHaveLength(3)
  })

  it('keep an image with "bad" in its name in ImagePullBackOff, and let it go once it is corrected', () => {
    create(types.daemonSets, 'default', daemonSet('web', { image: 'nginx:bad' }))
    clock.advance(1000)
    expect(statuses()).toEqual(['ImagePullBackOff', 'ImagePullBackOff', 'ImagePullBackOff'])
    expect(events('Failed')).toContain('Error: ErrImagePull')
    expect(events('BackOff')).toContain('Back-off pulling image "nginx:bad"')
    change(types.daemonSets, 'default', 'web', () => daemonSet('web', { image: 'nginx:2' }))
    clock.advance(5000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
  })

  it('restart crashing containers ever later', () => {
    create(
      types.daemonSets,
      'default',
      daemonSet('web', { annotations: { 'sandbox.kds.dev/failure': 'crash' } }),
    )
    clock.advance(3000)
    expect(statuses()).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff', 'CrashLoopBackOff'])
    clock.advance(60_000)
    const restarts = pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0
    expect(restarts).toBeGreaterThan(1)
    clock.advance(60_000)
    expect((pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0) - restarts).toBeLessThan(3)
    expect(events('BackOff')[0]).toMatch(
      /^Back-off restarting failed container c in pod web-\w+_default\(uid-\d+\)$/,
    )
  })

  it('leave never-ready pods running and not ready, until the annotation goes', () => {
    create(
      types.daemonSets,
      'default',
      daemonSet('web', { annotations: { 'sandbox.kds.dev/failure': 'never-ready' } }),
    )
    clock.advance(60_000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
    expect(counters('web')).toMatchObject({ numberReady: 0, numberUnavailable: 3 })
    for (const { metadata } of pods())
      change(types.pods, 'default', metadata.name, (pod) => ({
        ...pod,
        metadata: { ...(pod.metadata as JsonObject), annotations: {} },
      }))
    clock.advance(2000)
    expect(counters('web')).toMatchObject({ numberReady: 3 })
  })

  it('make a running pod fail while it runs', () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(1000)
    const name = podOn('node-2')?.metadata.name ?? ''
    change(types.pods, 'default', name, (pod) => ({
      ...pod,
      metadata: {
        ...(pod.metadata as JsonObject),
        annotations: { 'sandbox.kds.dev/failure': 'never-ready' },
      },
    }))
    clock.advance(1000)
    expect(counters('web')).toMatchObject({ numberReady: 2, numberUnavailable: 1 })
  })

  it('follow the times that pods, nodes and options give', () => {
    begin({ behaviour: { pullSeconds: 5 } })
    annotateNode('node-2', { 'sandbox.kds.dev/pull-seconds': '20' })
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(10_000)
    expect(statuses()).toEqual(['ContainerCreating', 'Running', 'Running'])
    clock.advance(11_000)
    expect(statuses()).toEqual(['Running', 'Running', 'Running'])
  })

  it('end slow pods within their grace period', () => {
    create(
      types.daemonSets,
      'default',
      daemonSet('web', { annotations: { 'sandbox.kds.dev/termination-seconds': '60' } }),
    )
    clock.advance(1000)
    const { metadata } = podOn('node-1') as StoredPod
    cluster.registry.delete(types.pods, 'default', metadata.name, {})
    clock.advance(29_000)
    expect(status(podsOf(cluster.store).get(`default/${metadata.name}`))).toBe('Terminating')
    clock.advance(2000)
    expect(podsOf(cluster.store).get(`default/${metadata.name}`)).toBeUndefined()
    expect(podOn('node-1')).toBeDefined()
  })
})

describe('a node whose kubelet is down', () => {
  const silence = () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(2000)
    annotateNode('node-2', { 'sandbox.kds.dev/kubelet': 'down' })
    clock.advance(60_000)
  }
  it('turns NotReady, with its taints, and its pods count as not ready but stay', () => {
    silence()
    expect(taintsOf('node-2')?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    expect(conditionOf(podOn('node-2'), 'Ready')).toMatchObject({ status: 'False' })
    expect(counters('web')).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2 })
    expect(events('NodeNotReady')).toHaveLength(1)
  })

  it('keeps deleted pods Terminating, and everything comes back when it does', () => {
    silence()
    const { metadata } = podOn('node-2') as StoredPod
    cluster.registry.delete(types.pods, 'default', metadata.name, {})
    clock.advance(600_000)
    expect(status(podsOf(cluster.store).get(`default/${metadata.name}`))).toBe('Terminating')
    annotateNode('node-2', { 'sandbox.kds.dev/silenced': 'true' })
    clock.advance(5000)
    expect(podsOf(cluster.store).get(`default/${metadata.name}`)).toBeUndefined()
    expect(taintsOf('node-2')).toBeUndefined()
    expect(counters('web')).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3 })
  })

  it('loses its pods some time after it is deleted', () => {
    silence()
    cluster.registry.delete(types.nodes, undefined, 'node-2', {})
    clock.advance(10_000)
    expect(podOn('node-2')).toBeDefined()
    clock.advance(60_000)
    expect(podOn('node-2')).toBeUndefined()
  })

  it('is so from the start if it comes NotReady from a dump', () => {
    const dumped = {
      ...simulatedNodes(1)[0],
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
    } as KubeObject
    begin({ objects: [dumped] })
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(60_000)
    expect(statuses()).toEqual(['Pending'])
  })
})
