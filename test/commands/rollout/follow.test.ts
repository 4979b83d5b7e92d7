import { expect, it } from 'vitest'
import type { Context } from '#cli/context.ts'
import { daemonSets, pods } from '#cluster/resources.ts'
import { followAll } from '#commands/rollout/follow.ts'
import type { LoadStates } from '#commands/rollout/following.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { DaemonSet } from '#kube/types.ts'
import { LiveObjects } from '#rollout/live-objects.ts'
import { readStates } from '#rollout/states.ts'
import { MemoryCluster, refusedWith } from '../../helpers/memory-cluster.ts'

const daemonSet = (updated: number) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default', uid: 'u', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [] } },
    updateStrategy: { type: 'RollingUpdate' },
  },
  status: {
    observedGeneration: 1,
    desiredNumberScheduled: 1,
    updatedNumberScheduled: updated,
    numberAvailable: 1,
  },
})

/** Follows a roll-out on a terminal, whose looks fail as `fails` says, until there were four. Answers the looks. */
async function looks(fails: (cluster: MemoryCluster, look: number) => void) {
  const cluster = new MemoryCluster()
  cluster.put(daemonSets, daemonSet(0))
  const seen: boolean[] = []
  const loadStates: LoadStates = async () => ({
    LiveObjects,
    readStates: async (from, of, options) => {
      seen.push(options.live !== undefined)
      if (seen.length === 4) cluster.put(daemonSets, daemonSet(1))
      fails(cluster, seen.length)
      return readStates(from, of, options)
    },
  })
  let now = 0
  const stream = {
    isTerminal: true,
    columns: 80,
    rows: 24,
    write() {},
    draw() {},
    escaped: (text: string) => text,
  }
  const plain = new Proxy({}, { get: () => (text: string) => text })
  const context = {
    stdout: stream,
    stderr: stream,
    env: {},
    style: { stdout: plain, stderr: plain },
    clock: {
      now: () => now,
      sleep: async (ms: number, signal?: AbortSignal) => {
        await new Promise(setImmediate)
        signal?.throwIfAborted()
        now += ms
      },
    },
  } as unknown as Context
  const connected = { cluster, signal: new AbortController().signal } as unknown as Connected
  const flags = { loadStates, timeout: 0 }
  expect(await followAll([daemonSet(0) as unknown as DaemonSet], flags, connected, context)).toBe(0)
  return seen
}

it('a view goes on from its watches when what was asked beside them failed once', async () => {
  const failed = (cluster: MemoryCluster, look: number) => {
    cluster.before = (call, resource) => {
      if (look === 1 && call === 'list' && resource.plural === 'controllerrevisions')
        throw refusedWith(500, 'InternalError', 'it is tired')
    }
  }
  expect((await looks(failed)).slice(0, 4)).toEqual([true, true, true, true])
})

it('a view whose watches are refused looks at lists', async () => {
  const refused = (cluster: MemoryCluster) => {
    cluster.before = (call, resource) => {
      if (call === 'watch' && resource.plural === pods.plural)
        throw refusedWith(403, 'Forbidden', 'pods are secret')
    }
  }
  expect((await looks(refused)).slice(0, 4)).toEqual([true, false, false, false])
})
