import { Agent, request as httpsRequest } from 'node:https'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { decide, prepareDaemonSet } from '#placement/placement.ts'
import type { GroupResource } from '#sandbox/api/status-errors.ts'
import type { FaultKind } from '#sandbox/faults/faults.ts'
import { nodesOf, podsOf } from '#sandbox/loops/context.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { manualClock } from '../helpers/manual-clock.ts'
import { type Ask, ask, until } from '../helpers/sandbox-client.ts'

const namespace = '/apis/apps/v1/namespaces/default'
const operations = 2000
const clients = 4
const names = ['a', 'b', 'c', 'd']
/** SOAK_OPERATIONS=20000 makes it long enough for a sharp bound. */
const longSoak = Number(process.env.SOAK_OPERATIONS ?? 1000)
/** Events live for an hour: each half sees several. */
const soakedHours = 8 * 3_600_000

/** mulberry32: the same soak every time. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

const daemonSet = (name: string, image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, labels: { app: name } },
  spec: {
    selector: { matchLabels: { app: name } },
    updateStrategy: { rollingUpdate: { maxUnavailable: '50%' } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
  },
})

interface WatchEvent {
  readonly type: string
  readonly object: { readonly metadata: { readonly uid: string; readonly resourceVersion: string } }
}

const versionOf = (event: WatchEvent | undefined) => Number(event?.object.metadata.resourceVersion ?? 0)

/** A watch of everything of a resource from its beginning, and what the store says of the same. */
function follow(sandbox: Sandbox, path: string, resource: GroupResource) {
  const collection = sandbox.control.store.collection(resource)
  let newest = 0
  collection.subscribe(({ version }) => {
    newest = version
  })
  const events: WatchEvent[] = []
  let rest = ''
  const request = httpsRequest(
    {
      host: '127.0.0.1',
      port: sandbox.port,
      ca: sandbox.caPem,
      path: `${path}?watch=1&resourceVersion=0`,
      headers: { authorization: `Bearer ${sandbox.token}` },
      agent: false,
    },
    (response) => {
      response.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString('utf8')).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) events.push(JSON.parse(line) as WatchEvent)
      })
      response.on('error', () => undefined)
    },
  )
  request.on('error', () => undefined)
  request.end()
  return { events, collection, newest: () => newest, stop: () => request.destroy() }
}

/** Requests that change things at random. */
function randomActs(random: () => number, pick: <T>(list: readonly T[]) => T): readonly (() => Ask)[] {
  const patch = (path: string, body: object) => ({
    method: 'PATCH',
    path,
    body,
    contentType: 'application/strategic-merge-patch+json',
  })
  const image = () => `nginx:${Math.floor(random() * 5)}`
  const setImage = (name: string, wanted: string) =>
    patch(`${namespace}/daemonsets/${name}`, {
      spec: { template: { spec: { containers: [{ name: 'c', image: wanted }] } } },
    })
  return [
    () => ({ method: 'POST', path: `${namespace}/daemonsets`, body: daemonSet(pick(names), image()) }),
    () => setImage(pick(names), image()),
    () => setImage(pick(names), 'nginx:0'),
    () => ({ method: 'DELETE', path: `${namespace}/daemonsets/${pick(names)}` }),
    () =>
      patch(`/api/v1/nodes/node-${1 + Math.floor(random() * 8)}`, {
        spec: { taints: random() < 0.5 ? [] : [{ key: 'x', effect: pick(['NoSchedule', 'NoExecute']) }] },
      }),
    () =>
      patch(`/api/v1/nodes/node-${1 + Math.floor(random() * 8)}`, {
        spec: { unschedulable: random() < 0.3 },
      }),
    () =>
      patch(`/api/v1/nodes/node-${1 + Math.floor(random() * 8)}`, { metadata: { labels: { x: image() } } }),
    () => ({
      method: 'DELETE',
      path: `/api/v1/namespaces/default/pods?labelSelector=app%3D${pick(names)}`,
    }),
    () => ({ path: '/api/v1/pods?limit=5' }),
    () => ({ path: `${namespace}/controllerrevisions` }),
  ]
}

describe('a soak', () => {
  it(`of ${operations} random operations by ${clients} clients leaves everything in order`, async () => {
    const clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
    const sandbox = await startSandbox({ nodes: 8, clock, logCapacity: 100_000 })
    const watches = [
      follow(sandbox, '/api/v1/pods', { group: '', plural: 'pods' }),
      follow(sandbox, `${namespace}/daemonsets`, { group: 'apps', plural: 'daemonsets' }),
      follow(sandbox, '/api/v1/nodes', { group: '', plural: 'nodes' }),
    ]
    const random = seeded(7)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const codes = new Map<number, number>()
    const versions: number[][] = []

    const acts = randomActs(random, pick)
    const client = async (count: number) => {
      const seen: number[] = []
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      versions.push(seen)
      for (let at = 0; at < count; at += 1) {
        const answer = await ask(sandbox, { ...pick(acts)(), agent })
        clock.advance(100)
        codes.set(answer.status, (codes.get(answer.status) ?? 0) + 1)
        const { kind, metadata } = answer.body as { kind: string; metadata: { resourceVersion?: string } }
        if (kind.endsWith('List')) seen.push(Number(metadata.resourceVersion))
      }
      agent.destroy()
    }
    const heap = () => process.memoryUsage().heapUsed
    await Promise.all(Array.from({ length: clients }, () => client(operations / clients / 2)))
    const halfway = heap()
    await Promise.all(Array.from({ length: clients }, () => client(operations / clients / 2)))
    const grown = heap() - halfway

    // Let it come to rest: every DaemonSet there is says that it is done.
    const daemonSets = sandbox.control.store.collection({ group: 'apps', plural: 'daemonsets' })
    const isDone = () => [...daemonSets.values()].every(settled)
    for (let round = 0; round < 400 && !isDone(); round += 1) clock.advance(1000)
    expect(isDone()).toBe(true)
    clock.advance(5000)

    const pods = [...podsOf(sandbox.control.store).values()]
    const places = pods.map((pod) => `${ownerOf(pod)} on ${pod.spec?.nodeName}`)
    expect(new Set(places).size).toBe(places.length)
    const nodes = [...nodesOf(sandbox.control.store).values()]
    for (const object of daemonSets.values()) {
      const prepared = prepareDaemonSet(object as DaemonSet)
      for (const node of nodes) {
        const { shouldRun, shouldContinueRunning } = decide(prepared, node)
        const place = `${object.metadata.name} on ${node.metadata.name}`
        expect(places.includes(place) ? shouldContinueRunning : !shouldRun, place).toBe(true)
      }
    }
    for (const pod of pods)
      expect(daemonSets.get(`default/${ownerOf(pod)}`)?.metadata.uid).toBe(ownerUid(pod))
    expect([...codes.keys()].filter((code) => code >= 500)).toEqual([])
    for (const seen of versions) expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(grown).toBeLessThan(150_000_000)

    await until(() => watches.every(({ events, newest }) => versionOf(events.at(-1)) >= newest()))
    for (const { events, collection } of watches) {
      const order = events.map(versionOf)
      expect(order).toEqual([...new Set(order)].sort((a, b) => a - b))
      expect(replayed(events)).toEqual(
        new Map([...collection.values()].map(({ metadata }) => [metadata.uid, metadata.resourceVersion])),
      )
    }
    expect(sandbox.control.openWatches()).toBe(3)
    for (const watch of watches) watch.stop()
    await until(() => sandbox.control.openWatches() === 0)
    await sandbox.close()
  })
})

interface Counted {
  readonly metadata: { readonly generation?: number | null }
  readonly status?: unknown
}

function settled(object: object): boolean {
  const { metadata, status } = object as Counted
  const counts = (status ?? {}) as Readonly<Record<string, number | undefined>>
  return (
    counts.observedGeneration === metadata.generation &&
    (counts.updatedNumberScheduled ?? 0) >= (counts.desiredNumberScheduled ?? 0) &&
    (counts.numberAvailable ?? 0) >= (counts.desiredNumberScheduled ?? 0)
  )
}

const ownerOf = (pod: Pod) => pod.metadata?.ownerReferences?.[0]?.name
const ownerUid = (pod: Pod) => pod.metadata?.ownerReferences?.[0]?.uid

/** All that can be collected is, before what is held is measured. */
function held(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 3; round += 1) collect()
  return process.memoryUsage().heapUsed
}

describe('memory', { timeout: 60_000 + longSoak * 30 }, () => {
  it(`after ${longSoak} operations with faults is what it was in the middle`, async () => {
    const clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
    const sandbox = await startSandbox({ nodes: 8, clock, faults: true, logCapacity: 500 })
    const random = seeded(11)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const acts = randomActs(random, pick)
    const faults: readonly FaultKind[] = [
      'internal-error',
      'too-many-requests',
      'drop',
      'lost-answer',
      'conflict',
      'unavailable',
    ]
    const some = () => ({ kind: pick(faults), times: 1 + Math.floor(random() * 3) })
    const half = async () => {
      for (let at = 0; at < longSoak / 2; at += 1) {
        if (random() < 0.05) sandbox.control.setFaults([some(), some()])
        await ask(sandbox, pick(acts)()).catch(() => undefined)
        clock.advance(Math.ceil(soakedHours / longSoak))
      }
      sandbox.control.setFaults([])
      for (const name of names)
        await ask(sandbox, { method: 'DELETE', path: `${namespace}/daemonsets/${name}` })
      const owned = { group: 'apps', plural: 'daemonsets' }
      await until(() => {
        clock.advance(1000)
        return podsOf(sandbox.control.store).size === 0 && sandbox.control.store.collection(owned).size === 0
      })
      return held()
    }
    const middle = await half()
    const end = await half()
    expect(end / middle).toBeLessThan(longSoak < 20_000 ? 1.3 : 1.1)
    await sandbox.close()
  })
})

/** What a reader of a watch believes there is, in the end. */
function replayed(events: readonly WatchEvent[]): Map<string, string> {
  const objects = new Map<string, string>()
  for (const { type, object } of events) {
    const { uid, resourceVersion } = object.metadata
    if (type === 'DELETED') objects.delete(uid)
    else objects.set(uid, resourceVersion)
  }
  return objects
}
