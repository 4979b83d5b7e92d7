import { describe, expect, it } from 'vitest'
import { daemonSets } from '#cluster/resources.ts'
import { SharedWatch } from '#rollout/shared-watch.ts'
import { MemoryCluster } from '../helpers/memory-cluster.ts'
import { daemonSet } from '../helpers/rollout-world.ts'

const named = (name: string, updated = 0) => daemonSet('one', { updated }, { metadata: { name } })

describe('a watch that several share', () => {
  it('tells each of its own DaemonSet, late comers too, and asks once', async () => {
    const cluster = new MemoryCluster()
    cluster.put(daemonSets, named('a'))
    cluster.put(daemonSets, named('b'))
    const { signal } = new AbortController()
    const shared = new SharedWatch(cluster, { namespace: 'default', signal })
    const seen = async (name: string, count: number) => {
      const events: string[] = []
      for await (const event of shared.follow(name, 'default', signal)) {
        events.push(
          event.type === 'SYNCED'
            ? 'SYNCED'
            : `${event.object.metadata?.name} ${event.object.status?.updatedNumberScheduled}`,
        )
        if (events.length === count) break
      }
      return events
    }
    expect(await seen('a', 2)).toEqual(['a 0', 'SYNCED'])
    cluster.put(daemonSets, named('b', 3))
    expect(await seen('b', 3)).toEqual(['b 0', 'SYNCED', 'b 3'])
    expect(cluster.calls).toEqual(['watch daemonsets'])
  })

  it('ends with the reason of the signal, and with the failure of the watch', async () => {
    const cluster = new MemoryCluster()
    const stop = new AbortController()
    const shared = new SharedWatch(cluster, {})
    const events = shared.follow('a', 'default', stop.signal)
    await events.next()
    stop.abort(new Error('enough'))
    await expect(events.next()).rejects.toThrow('enough')
    cluster.before = () => {
      throw new Error('refused')
    }
    const other = new SharedWatch(cluster, {})
    const { signal } = new AbortController()
    await expect(other.follow('a', 'default', signal).next()).rejects.toThrow('refused')
    await expect(other.follow('b', 'default', signal).next()).rejects.toThrow('refused')
  })
})
