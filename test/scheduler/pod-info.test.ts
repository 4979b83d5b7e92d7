import { describe, expect, it } from 'vitest'
import type { Pod, PodSpec } from '#kube/types.ts'
import { interPodAffinity } from '#scheduler/inter-pod-affinity.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import { schedulingGates } from '#scheduler/scheduling-gates.ts'
import type { Surroundings } from '#scheduler/surroundings.ts'
import { topologySpread } from '#scheduler/topology-spread.ts'
import { Storage } from '#scheduler/volumes/storage.ts'
import { volumeBinding } from '#scheduler/volumes/volume-binding.ts'
import { volumeLimits } from '#scheduler/volumes/volume-limits.ts'
import { volumeRestrictions } from '#scheduler/volumes/volume-restrictions.ts'
import { volumeZone } from '#scheduler/volumes/volume-zone.ts'

const podOf = (spec?: PodSpec, twin?: PodInfo) => new PodInfo({ ...(spec ? { spec } : {}) }, [], twin)

describe('a pod of the same template', () => {
  const tolerations = [{ operator: 'Exists' }]
  const first = podOf({ tolerations, containers: [{ resources: { requests: { cpu: '1' } } }] })

  it('asks for what the first asks for', () => {
    const second = podOf({}, first)
    expect(second.requests).toBe(first.requests)
    expect(second.ports).toBe(first.ports)
  })

  it('takes what it has by itself while one of the two is resized in place', () => {
    const spec = { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] }
    const resized = {
      spec,
      status: { containerStatuses: [{ name: 'c', resources: { requests: { cpu: '2' } } }] },
    }
    const takes = (pod: Pod, twin: Pod) => new PodInfo(pod, [], new PodInfo(twin, [])).requests.get('cpu')
    expect([takes({ spec }, { spec }), takes(resized, { spec }), takes({ spec }, resized)]).toEqual([
      1000, 2000, 1000,
    ])
  })

  it('tolerates what the first does where they share the list, and else what it says', () => {
    expect(podOf({ tolerations }, first).tolerations).toBe(first.tolerations)
    expect(podOf({ tolerations: [] }, first).tolerations).not.toBe(first.tolerations)
    expect(podOf(undefined, first).tolerations).not.toBe(first.tolerations)
    expect(podOf(undefined, podOf()).tolerations).toBeDefined()
  })
})

describe('a pod for which room is being made', () => {
  it('is one that a node is named for, and that is not there yet', () => {
    const pod = (nodeName?: string, nominatedNodeName?: string) =>
      new PodInfo({ spec: { nodeName }, status: { nominatedNodeName } }, []).isNominated
    expect([pod(), pod(undefined, 'a'), pod('a', 'a'), pod('a')]).toEqual([false, true, false, false])
    expect(new PodInfo({}, []).isNominated).toBe(false)
    expect(new PodInfo({ status: { nominatedNodeName: 'a' } }, []).isNominated).toBe(true)
  })
})

describe('a pod that asks nothing of others', () => {
  const around: Surroundings = {
    nodes: [{}, { metadata: { name: 'n', labels: { zone: 'a' } } }],
    podsOn: () => [podOf(), new PodInfo({ metadata: { name: 'p' }, spec: {} }, [])],
    antiAffineNodes: [{}],
    namespaceLabels: () => undefined,
    storage: new Storage({ persistentVolumeClaims: [{}], persistentVolumes: [{}], csiNodes: [{}] }),
    missing: () => {},
  }
  const aim = { pinned: false, selects: () => true, tolerates: () => true }

  it.each<[string, (pod: PodInfo) => unknown]>([
    ['inter-pod affinity', (pod) => interPodAffinity(pod, around)],
    ['topology spread', (pod) => topologySpread(pod, around, aim)],
    ['volume binding', (pod) => volumeBinding(pod, around)],
    ['volume limits', (pod) => volumeLimits(pod, around)],
    ['volume restrictions', (pod) => volumeRestrictions(pod, around)],
    ['volume zones', (pod) => volumeZone(pod, around)],
    ['scheduling gates', (pod) => schedulingGates(pod)],
  ])('passes by the filter of %s', (_, filterFor) => {
    expect(filterFor(podOf())).toBeUndefined()
    expect(filterFor(podOf({}))).toBeUndefined()
    expect(filterFor(podOf({ volumes: [null as never, {}, { name: 'scratch' }] }))).toBeUndefined()
  })

  it('waits for all its scheduling gates, whoever leaves', () => {
    const gated = podOf({ schedulingGates: [{ name: 'a' }, {}, { name: 'b' }] })
    expect(schedulingGates(gated)?.refusal({}, [])).toEqual({
      reasons: ['Scheduling is blocked due to non-empty scheduling gates'],
      unresolvable: true,
      because: ['the pod stays SchedulingGated until its scheduling gates are removed: a, , b'],
    })
  })
})
