import { describe, expect, it } from 'vitest'
import { keyOf } from '#sandbox/store/objects.ts'
import { Store } from '#sandbox/store/store.ts'
import { thing, things } from './things.ts'

const others = { group: 'x', plural: 'things' }

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

  it('tells every change from its floor on, and nothing from one version below', () => {
    const store = new Store(4)
    const collection = store.collection(things)
    const other = store.collection(others)
    for (let at = 0; at < 10; at += 1) {
      collection.put(thing('c', at))
      other.put(thing('o', at))
    }
    const { floor } = collection
    const position = collection.positionAfter(floor) ?? Number.NaN
    expect(collection.changeAt(position)).toMatchObject({ version: floor + 2 })
    expect(collection.changeAt(position - 1)).toBe('dropped')
    expect(collection.positionAfter(floor - 1)).toBeUndefined()
    expect(collection.snapshotAt(floor)?.get('n/c')?.metadata.resourceVersion).toBe(String(floor))
    expect(collection.snapshotAt(floor - 1)).toBeUndefined()
  })

  it('forgets what was before a compaction, and no more', () => {
    const collection = new Store().collection(things)
    collection.put(thing('a', 1))
    collection.put(thing('a', 2))
    collection.compact()
    collection.put(thing('a', 3))
    expect(collection.floor).toBe(2)
    expect(collection.changeAt(collection.positionAfter(2) ?? Number.NaN)).toMatchObject({ version: 3 })
    expect(collection.positionAfter(1)).toBeUndefined()
  })

  it('lists keys by namespace and name', () => {
    const collection = new Store().collection(things)
    for (const name of ['b', 'a-1', 'a']) collection.put(thing(name))
    expect(collection.sortedKeys()).toEqual(['n/a', 'n/a-1', 'n/b'])
    expect(keyOf(undefined, 'x')).toBe('x')
  })
})
