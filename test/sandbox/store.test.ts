import { describe, expect, it } from 'vitest'
import { manualClock, runningClock, type Timers } from '#sandbox/clock.ts'
import { keyOf, type StoredObject } from '#sandbox/store/objects.ts'
import { Store } from '#sandbox/store/store.ts'
import { type WatchEvent, WatchHub, type WatchRequest } from '#sandbox/store/watch-hub.ts'

const things = { group: '', plural: 'things' }
const others = { group: 'x', plural: 'things' }

const thing = (name: string, value = 0): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'n', uid: name, resourceVersion: '', creationTimestamp: '' },
  value,
})

describe('the store', () => {
  it('gives versions out of one line, to deletions too', () => {
    const store = new Store()
    const [one, two] = [store.collection(things), store.collection(others)]
    expect(one.put(thing('a')).metadata.resourceVersion).toBe('1')
    expect(two.put(thing('a')).metadata.resourceVersion).toBe('2')
    expect(one.remove('n/a')?.metadata.resourceVersion).toBe('3')
    expect(one.remove('n/a')).toBeUndefined()
    expect(store.version).toBe(3)
  })

  it('knows what was, as far as its log reaches', () => {
    const collection = new Store(4).collection(things)
    collection.put(thing('a', 1))
    collection.put(thing('b', 1))
    collection.put(thing('a', 2))
    collection.remove('n/b')
    const values = (version: number) =>
      [...(collection.snapshotAt(version)?.values() ?? [])]
        .map((one) => `${one.metadata.name}${one.value}`)
        .sort()
    expect(values(2)).toEqual(['a1', 'b1'])
    expect(values(3)).toEqual(['a2', 'b1'])
    expect(values(4)).toEqual(['a2'])
    for (let at = 0; at < 10; at += 1) collection.put(thing('c', at))
    expect(collection.snapshotAt(2)).toBeUndefined()
    expect(collection.floor).toBeGreaterThan(2)
  })

  it('lists keys by namespace and name', () => {
    const collection = new Store().collection(things)
    for (const name of ['b', 'a-1', 'a']) collection.put(thing(name))
    expect(collection.sortedKeys()).toEqual(['n/a', 'n/a-1', 'n/b'])
    expect(keyOf(undefined, 'x')).toBe('x')
  })
})

describe('watches', () => {
  function setUp(logCapacity = 100) {
    const clock = manualClock(0)
    const deferred: (() => void)[] = []
    const hub = new WatchHub(clock, (task) => deferred.push(task))
    const collection = new Store(logCapacity).collection(things)
    const flush = () =>
      deferred.splice(0).forEach((task) => {
        task()
      })
    const reader = (more: Partial<WatchRequest> = {}, takes = () => true) => {
      const told: string[] = []
      let ended = false
      const watch = hub.open(
        {
          collection,
          after: undefined,
          bookmarks: false,
          timeout: 1_000_000,
          matches: () => true,
          tooOld: (asked, oldest) => ({ message: `${asked} (${oldest})` }),
          ...more,
        },
        {
          send(events) {
            told.push(...events.map(text))
            return takes()
          },
          end() {
            ended = true
          },
        },
      )
      return { told, watch, ended: () => ended }
    }
    return { clock, hub, collection, flush, reader }
  }
  const text = (event: WatchEvent) =>
    event.type === 'BOOKMARK'
      ? `BOOKMARK ${event.version}`
      : event.type === 'ERROR'
        ? `ERROR ${JSON.stringify(event.status)}`
        : `${event.type} ${event.object.metadata.name}${event.object.value}`

  it('tell what there is, then what happens, in pieces', () => {
    const { collection, flush, reader } = setUp()
    collection.put(thing('a'))
    const { told } = reader()
    collection.put(thing('a', 1))
    collection.put(thing('b'))
    collection.remove('n/a')
    expect(told).toEqual(['ADDED a0'])
    flush()
    expect(told).toEqual(['ADDED a0', 'MODIFIED a1', 'ADDED b0', 'DELETED a1'])
  })

  it('hold back while the reader is behind, and lose nothing', () => {
    const { collection, flush, reader } = setUp()
    let free = false
    const { told, watch } = reader({ after: 0 }, () => free)
    collection.put(thing('a'))
    flush()
    for (let at = 1; at < 4; at += 1) collection.put(thing('a', at))
    flush()
    expect(told).toEqual(['ADDED a0'])
    free = true
    watch.resume()
    expect(told).toEqual(['ADDED a0', 'MODIFIED a1', 'MODIFIED a2', 'MODIFIED a3'])
  })

  it('drop a reader that falls behind the log', () => {
    const { collection, flush, reader, hub } = setUp(4)
    const { told, watch, ended } = reader({ after: 0 }, () => false)
    collection.put(thing('a'))
    flush()
    for (let at = 1; at < 20; at += 1) collection.put(thing('a', at))
    flush()
    watch.resume()
    expect(told.at(-1)).toMatch(/^ERROR \{"message":"1 \(\d+\)"\}$/)
    expect([ended(), hub.size]).toEqual([true, 0])
  })

  it('end at their time, after a last bookmark, and send one each minute', () => {
    const { clock, collection, reader } = setUp()
    collection.put(thing('a'))
    const watching = reader({ after: 1, bookmarks: true, timeout: 90_000 })
    clock.advance(60_000)
    expect(watching.told).toEqual(['BOOKMARK 1'])
    clock.advance(30_000)
    expect(watching.told).toEqual(['BOOKMARK 1', 'BOOKMARK 1'])
    expect(watching.ended()).toBe(true)
  })
})

describe('the clock', () => {
  it('runs as fast as it is told, in order, on one timer', () => {
    let now = 1000
    const set: { task: () => void; at: number }[] = []
    const timers: Timers = {
      now: () => now,
      setTimeout: (task, wait) => set.push({ task, at: now + wait }),
      clearTimeout: (handle) => {
        set[Number(handle) - 1] = { task: () => undefined, at: Number.POSITIVE_INFINITY }
      },
    }
    const clock = runningClock(10, timers)
    const done: string[] = []
    clock.schedule(1000, () => done.push('second'))
    clock.schedule(500, () => done.push('first'))
    clock.schedule(500, () => done.push('same moment, later'))
    clock.schedule(600, () => done.push('never'))()
    for (; now <= 1100; now += 10) {
      const waiting = set.splice(0)
      for (const timer of waiting) if (timer.at > now) set.push(timer)
      for (const timer of waiting) if (timer.at <= now) timer.task()
    }
    expect(done).toEqual(['first', 'same moment, later', 'second'])
    expect(clock.now()).toBe(1000 + (now - 1000) * 10)
  })
})
