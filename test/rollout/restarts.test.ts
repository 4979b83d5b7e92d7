import { describe, expect, it } from 'vitest'
import type { DaemonSet } from '#kube/types.ts'
import { restartedPods, restartedSince } from '#rollout/restarts.ts'
import { restartsText, summaryText } from '#views/status/summary.ts'
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
