import { afterEach, describe, expect, it, vi } from 'vitest'
import type { WatchEvent } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { cut, events, json, type Script, status, testServer } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

afterEach(() => {
  vi.useRealTimers()
})

const object = (name: string, version: number, uid = `uid-${name}`) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'd', uid, resourceVersion: String(version) },
})
const listOf = (version: number, ...items: object[]) =>
  json({
    kind: 'DaemonSetList',
    apiVersion: 'apps/v1',
    metadata: { resourceVersion: String(version) },
    items,
  })
const changed = (name: string, version: number, type = 'MODIFIED', uid?: string) => ({
  type,
  object: object(name, version, uid),
})
const bookmark = (version: number) => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: String(version) } },
})
const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } }

const shown = (event: WatchEvent<DaemonSet>) =>
  event.type === 'SYNCED'
    ? 'SYNCED'
    : `${event.type} ${event.object.metadata?.name}@${event.object.metadata?.resourceVersion}`

/** Reads events until there are `count`, after which the watch is left. */
async function watched(count: number, scripts: Script[], more: Parameters<typeof testHost>[1] = {}) {
  const server = await testServer(scripts)
  const host = testHost({}, more)
  const { cluster } = await connectTo(server.url, host)
  const seen: string[] = []
  for await (const event of cluster.watch(daemonSets, { namespace: 'd' })) {
    seen.push(shown(event))
    if (seen.length >= count) break
  }
  const queries = server.seen.map((one) => new URL(one.url, server.url).searchParams)
  return { seen, host, versions: queries.slice(1).map((query) => query.get('resourceVersion')), queries }
}

const start = listOf(10, object('a', 5))

describe('a watch', () => {
  it('begins with what is there, then tells changes', async () => {
    const { seen, queries } = await watched(5, [
      start,
      events([changed('a', 11), changed('b', 12, 'ADDED'), changed('a', 13, 'DELETED')], 'hang'),
    ])
    expect(seen).toEqual(['ADDED a@5', 'SYNCED', 'MODIFIED a@11', 'ADDED b@12', 'DELETED a@13'])
    expect(Object.fromEntries(queries[1] ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      timeoutSeconds: '450',
    })
  })

  it.each(['end', 'cut'] as const)(
    'goes on from the last version after its connection is at its %s',
    async (how) => {
      const { seen, versions } = await watched(4, [
        start,
        events([changed('a', 11)], how),
        events([changed('a', 12)], 'hang'),
      ])
      expect(seen).toEqual(['ADDED a@5', 'SYNCED', 'MODIFIED a@11', 'MODIFIED a@12'])
      expect(versions).toEqual(['10', '11'])
    },
  )

  it('goes on from a bookmark', async () => {
    const { versions } = await watched(3, [
      start,
      events([bookmark(99)]),
      events([changed('a', 100)], 'hang'),
    ])
    expect(versions).toEqual(['10', '99'])
  })

  it('tells no change twice when a server repeats itself', async () => {
    const { seen } = await watched(4, [
      start,
      events([changed('a', 11), changed('a', 11)], 'cut'),
      events([changed('a', 9), changed('a', 11), changed('a', 12)], 'hang'),
    ])
    expect(seen).toEqual(['ADDED a@5', 'SYNCED', 'MODIFIED a@11', 'MODIFIED a@12'])
  })

  it.each<[string, Script]>([
    ['in the stream', events([gone], 'end')],
    ['as the answer', status(410, 'Expired', 'too old')],
  ])('lists again after 410 %s and tells the difference', async (_name, expired) => {
    const { seen, versions } = await watched(8, [
      listOf(10, object('a', 5), object('b', 6), object('c', 7), object('d', 8)),
      expired,
      listOf(50, object('a', 5), object('b', 40), object('c', 41, 'another'), object('e', 42)),
      events([changed('a', 51)], 'hang'),
    ]).then((result) => result)
    expect(seen.slice(0, 5)).toEqual(['ADDED a@5', 'ADDED b@6', 'ADDED c@7', 'ADDED d@8', 'SYNCED'])
    expect(seen.slice(5)).toEqual(['MODIFIED b@40', 'DELETED c@7', 'ADDED c@41'])
    expect(versions[0]).toBe('10')
  })

  /** Ten watches that have expired at once, each after another list, and how long was waited before the lists. */
  const waits = async (more: Parameters<typeof testHost>[1]) => {
    const expiring = Array.from({ length: 10 }, () => [events([gone]), listOf(10, object('a', 5))]).flat()
    const scripts = [start, ...expiring, events([changed('a', 11)], 'hang')]
    return (await watched(3, scripts, more)).host.slept
  }

  it.each<[string, number, readonly number[]]>([
    ['the shortest', 0, [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000, 30_000]],
    ['middling', 0.5, [1200, 2400, 4800, 9600, 19_200, 38_400, 45_000, 45_000, 45_000, 45_000]],
    ['the longest', 1, [1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000, 60_000, 60_000]],
  ])(
    'that expires again and again is listed at longer intervals, as by client-go: %s',
    async (_, random, ms) => {
      expect(await waits({ random: () => random })).toEqual(ms)
    },
  )

  it('that expires after two minutes is listed soon each time', async () => {
    let time = 0
    const now = () => (time += 60_000)
    expect(new Set(await waits({ now }))).toEqual(new Set([1200]))
  })

  it('tells of an object that vanished while nobody watched', async () => {
    const { seen } = await watched(4, [
      start,
      events([gone]),
      listOf(50),
      events([changed('b', 51, 'ADDED')], 'hang'),
    ])
    expect(seen).toEqual(['ADDED a@5', 'SYNCED', 'DELETED a@5', 'ADDED b@51'])
  })

  it.each<[string, Script]>([
    ['a long silence', events([], 'hang')],
    ['waiting long for an answer', (request) => void request],
  ])('connects anew after %s', async (_name, silent) => {
    const server = await testServer([start, silent, events([changed('a', 11)], 'hang')])
    const host = testHost()
    const { cluster } = await connectTo(server.url, host)
    const stream = cluster.watch(daemonSets, { namespace: 'd' })[Symbol.asyncIterator]()
    await stream.next()
    await stream.next()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const next = stream.next()
    while (server.seen.length < 3) {
      if (server.seen.length === 2) await vi.advanceTimersByTimeAsync(100_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    vi.useRealTimers()
    const { value } = await next
    expect(shown(value)).toBe('MODIFIED a@11')
    await stream.return?.()
  })

  it('gets over servers that come and go', async () => {
    const { seen } = await watched(3, [
      start,
      cut,
      status(503, 'ServiceUnavailable', 'shutting down'),
      status(429, 'TooManyRequests', 'later', { retryAfterSeconds: 1 }),
      events([]),
      events([]),
      events([changed('a', 11)], 'hang'),
    ])
    expect(seen).toEqual(['ADDED a@5', 'SYNCED', 'MODIFIED a@11'])
  })

  it('opens a watch that has held for a while again at once', async () => {
    let time = 0
    const scripts = [start, ...[11, 12, 13].map((version) => events([changed('a', version)]))]
    const { host } = await watched(6, [...scripts, events([changed('a', 14)], 'hang')], {
      now: () => (time += 2000),
    })
    expect(host.slept).toEqual([])
  })

  it('gives up on a server that has been away for two minutes', async () => {
    let time = 0
    const away = watched(9, [start, cut], { now: () => (time += 30_000) })
    await expect(away).rejects.toThrow('Unable to connect to the server')
  })

  it('reads on where a character or a line is cut in two', async () => {
    const line = Buffer.from(
      `${JSON.stringify({ type: 'MODIFIED', object: { ...object('a', 11), note: 'ü€' } })}\n`,
    )
    const { seen } = await watched(3, [
      start,
      (_request, response) => {
        response.writeHead(200)
        const send = (at: number): void => {
          if (at < line.length) response.write(line.subarray(at, at + 7), () => send(at + 7))
        }
        send(0)
      },
    ])
    expect(seen[2]).toBe('MODIFIED a@11')
  })

  it('ends when it is not allowed any more', async () => {
    await expect(watched(9, [start, events([]), status(403, 'Forbidden', 'not any more')])).rejects.toThrow(
      'Error from server (Forbidden): not any more',
    )
  })

  it('ends with the reason of the abort', async () => {
    const server = await testServer([start, events([], 'hang')])
    const controller = new AbortController()
    const { cluster } = await connectTo(server.url, testHost())
    const reading = (async () => {
      for await (const event of cluster.watch(daemonSets, { signal: controller.signal }))
        if (event.type === 'SYNCED') setImmediate(() => controller.abort(new Error('Ctrl-C')))
    })()
    await expect(reading).rejects.toThrow('Ctrl-C')
  })
})
