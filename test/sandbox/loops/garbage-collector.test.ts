import { beforeEach, describe, expect, it } from 'vitest'
import { types } from '#sandbox/api/resources.ts'
import { begin, clock, cluster, counters, create, daemonSet, pods } from '../../helpers/simulation.ts'

beforeEach(() => begin())

describe('deletion', () => {
  beforeEach(() => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(1000)
  })
  const revisions = () => [...cluster.store.collection(types.controllerRevisions).values()]
  const drop = (propagationPolicy: 'Orphan' | 'Background' | 'Foreground') =>
    cluster.registry.delete(types.daemonSets, 'default', 'web', { propagationPolicy })

  it('in the background takes the owner at once, then what it owned', () => {
    expect(drop('Background').done).toBe(true)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')).toBeUndefined()
    clock.advance(2000)
    expect(pods()).toEqual([])
    expect(revisions()).toEqual([])
  })

  it('in the foreground takes the owner last', () => {
    expect(drop('Foreground').done).toBe(false)
    clock.advance(100)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')?.metadata.finalizers).toEqual([
      'foregroundDeletion',
    ])
    clock.advance(2000)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')).toBeUndefined()
    expect(pods()).toEqual([])
  })

  it('of an orphaning kind leaves what it owned, and a new owner adopts it', () => {
    drop('Orphan')
    clock.advance(100)
    expect(cluster.store.get(types.daemonSets, 'default', 'web')).toBeUndefined()
    expect(pods().map((pod) => pod.metadata.ownerReferences)).toEqual([undefined, undefined, undefined])
    const before = pods().map((pod) => pod.metadata.uid)
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(1000)
    expect(pods().map((pod) => pod.metadata.uid)).toEqual(before)
    expect(counters('web')).toMatchObject({ numberReady: 3, updatedNumberScheduled: 3 })
  })

  it('of a namespace empties it first, and lets nothing new in', () => {
    create(types.namespaces, undefined, { metadata: { name: 'logs' } })
    create(types.daemonSets, 'logs', daemonSet('agent'))
    clock.advance(1000)
    cluster.registry.delete(types.namespaces, undefined, 'logs', {})
    expect(() => create(types.daemonSets, 'logs', daemonSet('other'))).toThrow(
      'daemonsets.apps "other" is forbidden: unable to create new content in namespace logs because it is being terminated',
    )
    clock.advance(5000)
    expect(cluster.store.get(types.namespaces, undefined, 'logs')).toBeUndefined()
    expect(pods().filter((pod) => pod.metadata.namespace === 'logs')).toEqual([])
  })
})
