import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import type { StoredPod } from '#sandbox/store/store.ts'
import {
  annotateNode,
  begin,
  change,
  clock,
  cluster,
  counters,
  create,
  daemonSet,
  events,
  podOn,
  pods,
  status,
  statuses,
} from '../../helpers/simulation.ts'

beforeEach(() => begin())

const crashing = daemonSet('web', { annotations: { 'sandbox.kds.dev/failure': 'crash' } })

interface Wait {
  readonly seconds: number
  /** What the pod's status says of it: `back-off 10s restarting failed container`. */
  readonly message: string
}

/** Every time that a pod spends waiting for a reason, as it ends. */
function waitsIn(reason: string): Wait[] {
  const waits: Wait[] = []
  let begun: { readonly at: number; readonly message: string } | undefined
  podsOf(cluster.store).subscribe(({ object }) => {
    const waiting = object.status?.containerStatuses?.[0]?.state?.waiting
    if (waiting?.reason === reason) begun ??= { at: clock.now(), message: waiting.message ?? '' }
    else if (begun) {
      waits.push({ seconds: (clock.now() - begun.at) / 1000, message: begun.message })
      begun = undefined
    }
  })
  return waits
}

/** A wait as long as its message says: `1m20s`. */
function restartingAfter(duration: string) {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(\d+)s$/.exec(duration) ?? []
  return {
    seconds: Number(minutes) * 60 + Number(seconds),
    message: expect.stringContaining(`back-off ${duration} restarting failed container=c pod=`),
  }
}

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

  it('keep a crashing container in CrashLoopBackOff, and tell of it', () => {
    create(types.daemonSets, 'default', crashing)
    clock.advance(4000)
    expect(statuses()).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff', 'CrashLoopBackOff'])
    expect(events('BackOff')[0]).toMatch(
      /^Back-off restarting failed container c in pod web-\w+_default\(uid-\d+\)$/,
    )
  })

  it('restart a crashing container at once, then after twice as long each time, five minutes at most', () => {
    begin({ objects: simulatedNodes(1) })
    const waits = waitsIn('CrashLoopBackOff')
    create(types.daemonSets, 'default', crashing)
    clock.advance(1_000_000)
    expect(waits).toEqual(['10s', '20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s'].map(restartingAfter))
    expect(pods()[0]?.status?.containerStatuses?.[0]?.restartCount).toBe(8)
  })

  it('pull a missing image again after twice as long each time, five minutes at most', () => {
    begin({ objects: simulatedNodes(1) })
    const waits = waitsIn('ImagePullBackOff')
    create(types.daemonSets, 'default', daemonSet('web', { image: 'nginx:bad' }))
    clock.advance(1_000_000)
    expect(waits.map(({ seconds }) => seconds)).toEqual([10, 20, 40, 80, 160, 300, 300])
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
