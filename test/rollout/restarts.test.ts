import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '#cluster/port.ts'
import { podCells, type Resource } from '#cluster/resources.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { restartedPods, restartedSince } from '#rollout/restarts.ts'
import type { StoredObject } from '#sandbox/store/objects.ts'
import { podColumns } from '#sandbox/tables/pod-columns.ts'
import { restartsText, summaryText } from '#views/status/summary.ts'
import { runs } from '../helpers/random-cases.ts'
import { daemonSet, pod, ready, world } from '../helpers/rollout-world.ts'

const ended = (exitCode: number, finishedAt: string, reason = 'Error') => ({
  lastState: { terminated: { exitCode, finishedAt, reason } },
})
const restarted = (count: number, more: object) => ({
  ...ready(),
  containerStatuses: [
    { name: 'c', ready: true, restartCount: count, state: { running: {} }, ...more },
    {
      name: 'd',
      ready: true,
      restartCount: 1,
      state: {},
      ...ended(137, '2026-11-20T19:00:00Z', 'OOMKilled'),
    },
  ],
})

const running = { running: { startedAt: '2026-11-20T20:00:00Z' } }
const finished = { terminated: { exitCode: 0, reason: 'Completed', finishedAt: '2026-11-20T19:59:00Z' } }
const started = (name: string, restartCount: number, state: JsonObject): JsonObject => ({
  name,
  ready: true,
  restartCount,
  state,
  ...(restartCount > 0 ? ended(1, '2026-11-20T19:58:00Z') : {}),
})

/** A cluster that answers with the cells which the sandbox prints. */
const withTables = (cluster: Cluster, asked: Resource[] = []): Cluster =>
  Object.assign(Object.create(cluster), {
    list: async (resource: Resource, options: object) => {
      asked.push(resource)
      if (!resource.asTable) return cluster.list(resource, options)
      const keep = (options as { keep?: (row: object) => unknown }).keep ?? ((row) => row)
      const list = await cluster.list(resource, { ...options, keep: (one) => one })
      const now = Date.parse('2026-11-20T21:00:00Z')
      const cellsOf = (one: object) =>
        Object.fromEntries(podColumns.map(({ name, cell }) => [name, cell(one as StoredObject, now)]))
      return { ...list, items: list.items.map((one) => keep({ cells: cellsOf(one) })) }
    },
  })

describe('pods that restart', () => {
  it('are told with all their restarts and the last end, the most first', async () => {
    const cluster = world({
      pods: [
        pod('well', 'n1', 'two', ready()),
        pod('p', 'n2', 'two', restarted(2, ended(1, '2026-11-20T20:00:00Z'))),
        pod('q', 'n3', 'two', restarted(7, {})),
      ],
    })
    const found = await restartedPods(cluster, daemonSet('two') as DaemonSet)
    expect(
      found.map(({ pod: name, node, restarts, exit }) => [name, node, restarts, exit?.exitCode]),
    ).toEqual([
      ['q', 'n3', 8, 137],
      ['p', 'n2', 3, 1],
    ])
    expect(restartsText(found)).toBe(
      '2 pods restart: q on n3 (8 restarts, exit code 137 (OOMKilled)), p on n2 (3 restarts, exit code 1)',
    )
  })

  it('are the same where the cells of a table tell first whether there are any', async () => {
    const count = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constant(3))
    const inits = fc.constantFrom<{ name: string }[]>([], [{ name: 'i' }])
    const pods = fc.array(fc.tuple(count, count, count), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(inits, pods, async (initContainers, all) => {
        const cluster = world({
          pods: all.map(([init, first, second], at) =>
            pod(`p${at}`, 'n1', 'two', {
              ...ready(),
              initContainerStatuses: initContainers.map(({ name }) => started(name, init, finished)),
              containerStatuses: [started('c', first, running), started('d', second, running)],
            }),
          ),
        })
        const spec = { template: { spec: { initContainers } } }
        const of = daemonSet('two', {}, { spec }) as DaemonSet
        expect(await restartedPods(withTables(cluster), of)).toEqual(await restartedPods(cluster, of))
      }),
      runs(100),
    )
  })

  it('are not read where the cells tell that there are none', async () => {
    const cluster = world({ pods: [pod('well', 'n1', 'two', ready())] })
    const asked: Resource[] = []
    expect(await restartedPods(withTables(cluster, asked), daemonSet('two') as DaemonSet)).toEqual([])
    expect(asked).toEqual([podCells])
  })

  it('since a moment are those with more restarts than then', () => {
    const one = { pod: 'p', uid: 'u', node: 'n', exit: undefined, at: undefined }
    expect(restartedSince([{ ...one, restarts: 2 }], [{ ...one, restarts: 2 }])).toEqual([])
    expect(restartedSince([{ ...one, restarts: 2 }], [{ ...one, restarts: 5 }])).toEqual([
      { ...one, restarts: 3 },
    ])
    expect(restartedSince([], [{ ...one, restarts: 1 }])).toHaveLength(1)
  })

  it('are counted in the summary', () => {
    const one = { pod: 'p', uid: 'u', node: 'n', exit: undefined, at: undefined, restarts: 1 }
    const summary = { nodes: 12, took: 71_000, atFirst: 12, fewest: 11, restarted: [one] }
    expect(summaryText(summary)).toBe('12 nodes in 71s, never fewer than 11 available, 1 restart')
    expect(summaryText({ ...summary, atFirst: 0, fewest: 0 })).toBe('12 nodes in 71s, 1 restart')
    expect(summaryText({ ...summary, fewest: 0 })).toBe(
      '12 nodes in 71s, at times with none available, 1 restart',
    )
    expect(summaryText({ ...summary, nodes: 1, restarted: undefined })).toBe(
      '1 node in 71s, never fewer than 11 available',
    )
  })
})
