import { describe, expect, it } from 'vitest'
import { Store } from '#sandbox/store/store.ts'
import type { WatchEvent, WatchRequest } from '#sandbox/store/watch.ts'
import { WatchHub } from '#sandbox/store/watch-hub.ts'
import { manualClock } from '../../helpers/manual-clock.ts'
import { thing, things } from './things.ts'

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

  it('begin at the floor of the log, and are told 410 one version below it', () => {
    const { collection, reader } = setUp()
    collection.put(thing('a'))
    collection.put(thing('a', 1))
    collection.compact()
    collection.put(thing('a', 2))
    collection.put(thing('b'))
    expect(reader({ after: 2 }).told).toEqual(['MODIFIED a2', 'ADDED b0'])
    const tooOld = reader({ after: 1 })
    expect(tooOld.told).toEqual(['ERROR {"message":"1 (2)"}'])
    expect(tooOld.ended()).toBe(true)
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
