import { describe, expect, it, vi } from 'vitest'
import { controllerRevisions, daemonSets } from '#cluster/resources.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { readStates, type StatesOptions } from '#rollout/states.ts'
import { detailedExitCode, type FollowOptions, followRollout } from '#rollout/status.ts'
import { statusLine } from '#views/status/status.ts'
import type { MemoryCluster } from '../helpers/memory-cluster.ts'
import {
  type Counters,
  daemonSet,
  node,
  pod,
  ready,
  revision,
  waiting,
  world,
} from '../helpers/rollout-world.ts'

const never = { sleep: () => new Promise<void>(() => {}) }
const target = { name: 'a', namespace: 'default' }

/** Follows `a`, playing one step after each line; the lines, and how it ended. */
async function followed(
  cluster: MemoryCluster,
  steps: readonly (() => void)[] = [],
  options: Partial<FollowOptions> = {},
): Promise<{ lines: string[]; ended: string; error?: unknown }> {
  const lines: string[] = []
  const left = [...steps]
  try {
    for await (const { daemonSet: one, judgement } of followRollout(cluster, target, {
      clock: never,
      ...options,
    })) {
      lines.push(statusLine(one.metadata?.name ?? '', judgement))
      left.shift()?.()
    }
    return { lines, ended: 'done' }
  } catch (error) {
    return { lines, ended: error instanceof Error ? error.message : String(error), error }
  }
}

const at = (cluster: MemoryCluster, counters: Counters) => () =>
  cluster.put(daemonSets, daemonSet('two', counters))

describe('following a roll-out', () => {
  it("prints kubectl's line for each change until it is done", async () => {
    const cluster = world({ daemonSet: daemonSet('two', { observed: 1 }) })
    const { lines, ended } = await followed(cluster, [
      at(cluster, { updated: 0 }),
      at(cluster, { updated: 0, available: 2 }),
      at(cluster, { updated: 3, available: 2 }),
      at(cluster, {}),
    ])
    expect(lines).toEqual([
      'Waiting for daemon set spec update to be observed...',
      'Waiting for daemon set "a" rollout to finish: 0 out of 3 new pods have been updated...',
      'Waiting for daemon set "a" rollout to finish: 0 out of 3 new pods have been updated...',
      'Waiting for daemon set "a" rollout to finish: 2 of 3 updated pods are available...',
      'daemon set "a" successfully rolled out',
    ])
    expect(ended).toBe('done')
  })

  it('looks once without --watch', async () => {
    const cluster = world({ daemonSet: daemonSet('two', { updated: 1 }) })
    expect(await followed(cluster, [], { watch: false })).toEqual({
      lines: ['Waiting for daemon set "a" rollout to finish: 1 out of 3 new pods have been updated...'],
      ended: 'done',
    })
  })

  it('ends when the DaemonSet is deleted, or is not there any more', async () => {
    const cluster = world({ daemonSet: daemonSet('two', { updated: 1 }) })
    const { lines, ended, error } = await followed(cluster, [() => cluster.remove(daemonSets, 'a')])
    expect([lines.length, ended]).toEqual([1, 'object has been deleted'])
    expect(error).toMatchObject({ code: 'deleted' })
    expect((await followed(world({}))).ended).toBe('object has been deleted')
  })

  describe('with a time limit', () => {
    /** A clock that rings when it is told to, and what it was asked. */
    function alarm() {
      const asked: [number, AbortSignal?][] = []
      const clock = {
        ring: () => {},
        sleep: (ms: number, signal?: AbortSignal) => {
          asked.push(signal ? [ms, signal] : [ms])
          return new Promise<void>((resolve) => {
            clock.ring = resolve
          })
        },
      }
      return { clock, asked }
    }

    it('ends when the time is up', async () => {
      const { clock, asked } = alarm()
      const cluster = world({ daemonSet: daemonSet('two', { updated: 1 }) })
      const { lines, ended, error } = await followed(cluster, [() => clock.ring()], { clock, timeout: 1000 })
      expect([lines.length, ended]).toEqual([1, 'timed out waiting for the condition'])
      expect(error).toMatchObject({ code: 'timeout' })
      expect(asked.map(([ms]) => ms)).toEqual([1000])
    })

    it('stops the clock when it ends before', async () => {
      const { clock, asked } = alarm()
      await followed(world({ daemonSet: daemonSet('two') }), [], { clock, timeout: 1000 })
      expect(asked[0]?.[1]?.aborted).toBe(true)
    })

    it('of nothing waits forever', async () => {
      const { clock, asked } = alarm()
      const cluster = world({ daemonSet: daemonSet('two') })
      for (const options of [{}, { timeout: 0 }]) await followed(cluster, [], { clock, ...options })
      expect(asked).toEqual([])
    })
  })

  it('heeds no other DaemonSet', async () => {
    const cluster = world({ daemonSet: daemonSet('two', {}, { metadata: { name: 'b', uid: 'uid-b' } }) })
    cluster.put(daemonSets, daemonSet('two', { updated: 1 }))
    const step = () => {
      cluster.put(daemonSets, daemonSet('two', {}, { metadata: { namespace: 'n' } }))
      at(cluster, {})()
    }
    expect((await followed(cluster, [step])).lines).toEqual([
      'Waiting for daemon set "a" rollout to finish: 1 out of 3 new pods have been updated...',
      'daemon set "a" successfully rolled out',
    ])
  })

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController()
    const cluster = world({ daemonSet: daemonSet('two', { updated: 1 }) })
    const { ended } = await followed(cluster, [() => controller.abort(new Error('Ctrl-C'))], {
      signal: controller.signal,
    })
    expect(ended).toBe('Ctrl-C')
  })

  it('refuses OnDelete as kubectl does, unless it is asked to follow it', async () => {
    const spec = { updateStrategy: { type: 'OnDelete' } }
    const cluster = world({ daemonSet: daemonSet('two', {}, { spec }) })
    expect((await followed(cluster)).ended).toBe(
      'rollout status is only available for RollingUpdate strategy type',
    )
    expect((await followed(cluster, [], { onDelete: true })).lines).toEqual([
      'daemon set "a" successfully rolled out',
    ])
    const judgements: unknown[] = []
    for await (const { judgement } of followRollout(cluster, target, { clock: never }))
      judgements.push(judgement)
    expect(judgements).toEqual([{ state: 'unsupported', strategy: 'OnDelete' }])
  })

  it.each([
    ['is done', {}, {}, ['daemon set "a" successfully rolled out'], 0],
    ['is looked at once', { updated: 1 }, { watch: false }, 1, 0],
    ['goes on', { updated: 1 }, {}, 1, 1],
  ] as const)(
    'asks nothing more of one that has just been read where it %s',
    async (_, counters, options, lines, asked) => {
      const known = daemonSet('two', counters)
      const cluster = world({ daemonSet: known })
      const watch = vi.spyOn(cluster, 'watch')
      const told = await followed(cluster, [at(cluster, {})], { ...options, known })
      if (typeof lines === 'number') expect(told.lines[0]).toContain('1 out of 3 new pods have been updated')
      else expect(told.lines).toEqual(lines)
      expect({ ended: told.ended, asked: watch.mock.calls.length }).toEqual({ ended: 'done', asked })
    },
  )

  it('with --revision, ends when another revision is rolled out', async () => {
    const revisions = [revision(1, 'one'), revision(2, 'two')]
    const cluster = world({ daemonSet: daemonSet('two', { updated: 1 }), revisions })
    const { ended: other, error } = await followed(cluster, [], { revision: 1 })
    expect(other).toBe('revision 1 is not the one that is rolled out: that is revision 2')
    expect(error).toMatchObject({
      code: 'superseded',
      hint: 'kubectl ignores --revision for DaemonSets; leave it out to wait for revision 2',
    })
    const moves = () => cluster.put(daemonSets, daemonSet('one', { updated: 0, observed: 3 }))
    const { lines, ended } = await followed(cluster, [moves], { revision: 2 })
    expect([lines.length, ended]).toEqual([
      1,
      'revision 2 is not the one that is rolled out: that is revision 1',
    ])
    expect((await followed(cluster, [], { revision: 7 })).ended).toBe('unable to find the specified revision')
    const none = await followed(world({ daemonSet: daemonSet('two') }), [], { revision: 7 })
    expect(none).toMatchObject({
      ended: 'unable to find the specified revision',
      error: { hint: 'there are no revisions' },
    })
  })

  it('with --revision, waits until the controller has made it', async () => {
    const cluster = world({ daemonSet: daemonSet('two', { observed: 1 }), revisions: [revision(1, 'one')] })
    const made = () => {
      cluster.put(controllerRevisions, revision(2, 'two'))
      at(cluster, {})()
    }
    expect(await followed(cluster, [made], { revision: 2 })).toMatchObject({ ended: 'done' })
  })

  it('with --revision, looks at the revisions once for each change that the controller has taken up', async () => {
    const revisions = [revision(1, 'one'), revision(2, 'two')]
    const cluster = world({ daemonSet: daemonSet('two', { observed: 1 }), revisions })
    const steps = [at(cluster, { updated: 0 }), at(cluster, { updated: 1 }), at(cluster, {})]
    expect(await followed(cluster, steps, { revision: 2 })).toMatchObject({ ended: 'done' })
    expect(cluster.calls).toEqual(['watch daemonsets', 'list controllerrevisions'])
    expect(cluster.options[1]?.signal).toBe(cluster.options[0]?.signal)
    cluster.calls.length = 0
    await followed(cluster)
    expect(cluster.calls).toEqual(['watch daemonsets'])
  })
})

async function stateOf(cluster: MemoryCluster, of: JsonObject, options: StatesOptions) {
  const [state] = await readStates(cluster, [of as DaemonSet], { revisions: true, ...options })
  if (!state) throw new Error('no state')
  return state
}

describe('why pods are not available', () => {
  const now = Date.UTC(2026, 10, 20, 20, 1)
  const attributed = (
    pods: readonly JsonObject[],
    nodes: readonly JsonObject[],
    counters: Counters,
    spec = {},
  ) =>
    stateOf(
      world({
        daemonSet: daemonSet('two', counters, { spec }),
        revisions: [revision(1, 'one'), revision(2, 'two')],
        pods,
        nodes,
      }),
      daemonSet('two', counters, { spec }),
      { now },
    )
  const nodes = [node('n1'), node('n2'), node('n3', 'Unknown', 'Kubelet stopped posting node status.')]

  const on = (place: string, status: JsonObject) => pod('p', place, 'two', status)
  const unplaced = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }
  const refused = { phase: 'Pending', conditions: [unplaced] }
  const unready = { phase: 'Running', containerStatuses: [{ name: 'c', state: { running: {} } }] }
  const leaving = pod('p', 'n1', 'one', ready(), { metadata: { deletionTimestamp: '2026-11-20T20:00:30Z' } })

  it.each<[string, JsonObject, string, string, string]>([
    [
      'image',
      on('n1', waiting('ImagePullBackOff', 'no such tag')),
      'release',
      'ImagePullBackOff',
      'no such tag',
    ],
    ['crash', on('n1', waiting('CrashLoopBackOff')), 'release', 'CrashLoopBackOff', ''],
    ['config', on('n1', waiting('CreateContainerConfigError')), 'release', 'CreateContainerConfigError', ''],
    ['node-not-ready', on('n3', ready()), 'nodes', 'NodeUnreachable', 'Kubelet stopped posting node status.'],
    ['node-gone', on('n9', ready()), 'nodes', 'NodeGone', 'there is no node n9 any more'],
    ['unschedulable', on('', refused), 'nodes', 'Unschedulable', '0/3 nodes'],
    ['terminating', leaving, 'time', 'Terminating', ''],
    ['starting', on('n1', waiting('ContainerCreating')), 'time', 'ContainerCreating', ''],
    ['not-ready', on('n1', unready), 'time', 'NotReady', ''],
  ])('%s', async (cause, one, side, reason, message) => {
    const { held, rolledOut } = await attributed([one], nodes, {})
    expect(held).toMatchObject([{ pod: 'p', cause, side, reason, message }])
    expect(rolledOut.number).toBe(2)
  })

  it('reads its own pods only, with the signal, and keeps no more of them than it needs', async () => {
    const labels = { app: 'a' }
    const cluster = world({
      daemonSet: daemonSet('two'),
      pods: [pod('p', 'n1', 'two', ready(), { spec: { containers: [], affinity: {} } })],
      nodes: [
        { ...node('n1'), spec: { unschedulable: true }, status: { images: [], conditions: [{ type: 'X' }] } },
      ],
    })
    const lists = vi.spyOn(cluster, 'list')
    const { signal } = new AbortController()
    const given = daemonSet('two', {}, { spec: { selector: { matchLabels: labels } } })
    await stateOf(cluster, given, { now, signal })
    const query = { namespace: 'default', labelSelector: 'app=a', signal }
    expect(cluster.calls).toEqual(['list nodes', 'list pods', 'list controllerrevisions'])
    expect(cluster.options).toMatchObject([{ signal }, query, query])
    const [keptNodes, kept] = await Promise.all(lists.mock.results.map((result) => result.value))
    expect(kept.items).toEqual([
      {
        metadata: {
          name: 'p',
          namespace: 'default',
          labels: { app: 'a', 'controller-revision-hash': 'hash-two' },
          ownerReferences: [expect.objectContaining({ uid: 'uid-a' })],
          uid: 'uid-p',
          creationTimestamp: '2026-11-20T20:00:00Z',
        },
        spec: { nodeName: 'n1', containers: [] },
        status: ready(),
      },
    ])
    expect(keptNodes.items).toEqual([
      { metadata: { name: 'n1' }, spec: { unschedulable: true }, status: { conditions: [] } },
    ])
  })

  it('of a pod that waits for a node that is gone', async () => {
    const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n9'] }] }
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } }
    const waits = pod(
      'p',
      '',
      'two',
      { phase: 'Pending' },
      { spec: { affinity: { nodeAffinity: required } } },
    )
    expect((await attributed([waits], nodes, {})).held).toMatchObject([{ node: 'n9', cause: 'node-gone' }])
  })

  it('of bare objects, and without any revision', async () => {
    const ownerReferences = [{ uid: 'uid-a', controller: true }]
    const bare = { metadata: { name: 'p', namespace: 'default', labels: { app: 'a' }, ownerReferences } }
    const cluster = world({ pods: [bare], nodes: [{ metadata: { name: 'n1' } }] })
    expect(await stateOf(cluster, daemonSet('two'), { now })).toMatchObject({
      rolledOut: { number: undefined },
      held: [{ pod: 'p', node: '', updated: false, cause: 'starting' }],
      health: 'moving',
    })
  })

  it('of pods of the newest revision, while there is none of the template', async () => {
    const bad = pod('p', 'n1', 'two', waiting('ErrImagePull'))
    const cluster = world({ revisions: [revision(1, 'one'), revision(2, 'two')], pods: [bad], nodes })
    const { rolledOut, held } = await stateOf(cluster, daemonSet('three'), { now })
    expect([rolledOut.number, held[0]?.updated]).toEqual([2, true])
    const back = await stateOf(cluster, daemonSet('one'), { now })
    expect([back.rolledOut.number, back.held[0]?.updated]).toEqual([1, false])
  })

  it('waiting for minReadySeconds', async () => {
    const spec = { minReadySeconds: 90 }
    const young = pod('p', 'n1', 'two', ready('2026-11-20T20:00:00Z'))
    const old = pod('q', 'n2', 'two', ready('2026-11-20T19:59:00Z'))
    const { held } = await attributed([young, old], nodes, {}, spec)
    expect(held.map((hold) => [hold.pod, hold.cause])).toEqual([['p', 'min-ready-seconds']])
  })

  const bad = pod('bad', 'n1', 'two', waiting('ErrImagePull'))
  const oldBad = pod('old', 'n1', 'one', waiting('CrashLoopBackOff'))
  const lost = pod('lost', 'n3', 'one', ready())
  const fine = pod('fine', 'n2', 'two', ready())
  const half = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } } }
  it('--detailed-exitcode: a strategy without a roll-out', () => {
    expect(detailedExitCode({ state: 'unsupported', strategy: 'OnDelete' }, 'nodes')).toBe(1)
    expect(detailedExitCode({ state: 'unobserved' }, undefined)).toBe(2)
  })

  it.each<[string, JsonObject[], Counters, JsonObject, number]>([
    ['done', [fine], {}, {}, 0],
    ['no node matches', [], { desired: 0, updated: 0, available: 0 }, {}, 5],
    ['moves', [fine], { updated: 1 }, {}, 2],
    ['an old pod that crashes is no fault of the release', [oldBad], { updated: 1 }, {}, 2],
    ['the release fails', [bad, lost], { updated: 1, available: 1 }, {}, 3],
    ['a lost node uses up the budget', [fine, lost], { updated: 1, available: 2 }, {}, 4],
    ['a lost node within the budget', [fine, lost], { updated: 1, available: 2 }, half, 2],
    ['a lost node is all that is left', [fine, lost], { updated: 2, available: 2 }, half, 4],
  ])('--detailed-exitcode: %s', async (_name, pods, counters, spec, code) => {
    const { health } = await attributed(pods, nodes, counters, spec)
    const { judgeRollout } = await import('#controller/rollout-status.ts')
    expect(detailedExitCode(judgeRollout(daemonSet('two', counters, { spec })), health)).toBe(code)
  })
})
