import { describe, expect, it } from 'vitest'
import { daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { countOwned, deleteDaemonSet, untilGone } from '#rollout/delete.ts'
import { refusedWith } from '../helpers/memory-cluster.ts'
import { daemonSet, pod, ready, revision, world } from '../helpers/rollout-world.ts'

const one = daemonSet('one') as DaemonSet
const lostAnswer = () => refusedWith(0, 'Connection', 'EOF', true)

describe('delete', () => {
  it('counts what the DaemonSet owns', async () => {
    const foreign = pod('x', 'n2', 'one', ready(), { metadata: { ownerReferences: [] } })
    const cluster = world({
      daemonSet: daemonSet('one'),
      revisions: [revision(1, 'old'), revision(2, 'one')],
      pods: [pod('a', 'n1', 'one', ready()), foreign],
    })
    expect(await countOwned(cluster, one)).toEqual({ pods: 1, revisions: 2 })
    cluster.before = () => {
      throw refusedWith(403, 'Forbidden', 'no')
    }
    expect(await countOwned(cluster, one)).toBeUndefined()
  })

  it.each<['before' | 'after', number]>([
    ['after', 1],
    ['before', 2],
  ])('whose answer got lost (%s it was carried out) is looked up', async (when, deletions) => {
    const cluster = world({ daemonSet: daemonSet('one') })
    let faults = 1
    cluster[when] = (call) => {
      if (call === 'delete' && faults-- > 0) throw lostAnswer()
    }
    await deleteDaemonSet(cluster, one, { propagationPolicy: 'Background' })
    expect(cluster.calls.filter((call) => call.startsWith('delete'))).toHaveLength(deletions)
    expect(() => cluster.read(daemonSets, 'a')).toThrow('not found')
  })

  it('waits until it is gone, and no longer than it may', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const { signal } = new AbortController()
    const never = { sleep: () => new Promise<void>(() => {}) }
    const gone = untilGone(cluster, one, { clock: never, signal, timeout: 0 })
    cluster.remove(daemonSets, 'a')
    await gone
    await untilGone(cluster, one, { clock: never, signal, timeout: 0 })
    const there = world({ daemonSet: daemonSet('one') })
    const at = { sleep: () => Promise.resolve() }
    await expect(untilGone(there, one, { clock: at, signal, timeout: 5 })).rejects.toMatchObject({
      message: 'timed out waiting for the condition on daemonsets/a',
    })
  })

  it('takes one made anew for gone', async () => {
    const cluster = world({ daemonSet: daemonSet('one', {}, { metadata: { uid: 'another' } }) })
    const { signal } = new AbortController()
    await untilGone(cluster, one, { clock: { sleep: async () => {} }, signal, timeout: 0 })
  })
})
